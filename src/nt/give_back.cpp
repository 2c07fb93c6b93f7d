#include "give_back.h"

#include "../host/memory.h"
#include "process_handle.h"
#include "user_memory.h"

#include <algorithm>
#include <winternl.h>

namespace winmem::nt {

namespace {

bool is_legal(Address at, Bytes size) {
  return size != 0 && is_multiple(at, kPage) && is_multiple(size, kPage) && at < kUserEnd && size <= kUserEnd - at;
}

AddressRange range_of(Address at, Bytes size) { return {at, at + size}; }

// C34: each mistake has its own status, found in this order.
Status prefetch(HANDLE process, int info_class, SIZE_T count, const MEMORY_RANGE_ENTRY* entries, const void* flags,
                ULONG flags_size) {
  if (info_class != VmPrefetchInformation) {
    return Status::invalid_parameter_2;
  }
  if (flags == nullptr) {
    return Status::invalid_parameter_5;
  }
  if (flags_size != sizeof(ULONG)) {
    return Status::invalid_parameter_6;
  }
  if (count == 0) {
    return Status::invalid_parameter_3;
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return status;
  }
  ULONG given = 0;
  if (!read_from_user(given, static_cast<const ULONG*>(flags))) {
    return Status::access_violation;
  }
  if (given != 0) {
    return Status::invalid_parameter_5;
  }
  MEMORY_RANGE_ENTRY entry;
  for (SIZE_T i = 0; i < count; ++i) { // all are judged before the first is read in
    if (!read_from_user(entry, entries + i)) {
      return Status::access_violation;
    }
    if (entry.NumberOfBytes == 0) {
      return Status::invalid_parameter_4;
    }
  }
  for (SIZE_T i = 0; i < count && read_from_user(entry, entries + i); ++i) {
    auto at = reinterpret_cast<Address>(entry.VirtualAddress);
    if (at < kUserEnd) {
      Bytes size = std::min(Bytes{entry.NumberOfBytes}, kUserEnd - at);
      host::read_ahead(AddressRange{at, at + size}.round_out(kPage));
    }
  }
  return Status::ok;
}

} // namespace

Status offer(Address at, Bytes size, std::uint32_t priority) {
  constexpr std::uint32_t kLowest = 1;
  constexpr std::uint32_t kHighest = 4;
  if (!is_legal(at, size) || priority < kLowest || priority > kHighest) {
    return Status::invalid_parameter;
  }
  return vm::offer(range_of(at, size));
}

Status discard(Address at, Bytes size) {
  return is_legal(at, size) ? vm::discard(range_of(at, size)) : Status::invalid_parameter;
}

Reclaimed reclaim(Address at, Bytes size) {
  if (!is_legal(at, size)) {
    return {Status::invalid_parameter};
  }
  vm::Undone undone = vm::reclaim(range_of(at, size));
  return {undone == vm::Undone::not_a_region ? Status::conflicting_addresses : Status::ok,
          undone == vm::Undone::maybe_lost};
}

} // namespace winmem::nt

NTSTATUS NTAPI NtSetInformationVirtualMemory(HANDLE ProcessHandle, VIRTUAL_MEMORY_INFORMATION_CLASS VmInformationClass,
                                             SIZE_T NumberOfEntries, PMEMORY_RANGE_ENTRY VirtualAddresses,
                                             PVOID VmInformation, ULONG VmInformationLength) {
  return static_cast<NTSTATUS>(winmem::nt::prefetch(ProcessHandle, VmInformationClass, NumberOfEntries,
                                                    VirtualAddresses, VmInformation, VmInformationLength));
}

extern "C" __attribute__((
    visibility("default"),
    alias(
        "winmem_NtSetInformationVirtualMemory"))) decltype(NtSetInformationVirtualMemory) ZwSetInformationVirtualMemory;
