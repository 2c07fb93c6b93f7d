// memoryapi.h's memory that is given back: three functions that return the error instead of setting it, and one that
// sets it.
#include "../nt/give_back.h"
#include "../nt/status.h"
#include "last_error.h"

#include <winternl.h>

using namespace winmem;
using win32::fail;

namespace {

Address to_address(const void* pointer) { return reinterpret_cast<Address>(pointer); }

DWORD error_of(Status status) { return status == Status::ok ? DWORD{ERROR_SUCCESS} : nt::win32_error(status); }

} // namespace

DWORD WINAPI OfferVirtualMemory(PVOID VirtualAddress, SIZE_T Size, OFFER_PRIORITY Priority) {
  return error_of(nt::offer(to_address(VirtualAddress), Size, static_cast<std::uint32_t>(Priority)));
}

DWORD WINAPI ReclaimVirtualMemory(const void* VirtualAddress, SIZE_T Size) {
  nt::Reclaimed reclaimed = nt::reclaim(to_address(VirtualAddress), Size);
  return reclaimed.may_be_lost ? DWORD{ERROR_BUSY} : error_of(reclaimed.status);
}

DWORD WINAPI DiscardVirtualMemory(PVOID VirtualAddress, SIZE_T Size) {
  return error_of(nt::discard(to_address(VirtualAddress), Size));
}

BOOL WINAPI PrefetchVirtualMemory(HANDLE hProcess, ULONG_PTR NumberOfEntries,
                                  PWIN32_MEMORY_RANGE_ENTRY VirtualAddresses, ULONG Flags) {
  NTSTATUS status =
      NtSetInformationVirtualMemory(hProcess, VmPrefetchInformation, NumberOfEntries,
                                    reinterpret_cast<PMEMORY_RANGE_ENTRY>(VirtualAddresses), &Flags, sizeof Flags);
  return status == 0 ? TRUE : fail(status);
}
