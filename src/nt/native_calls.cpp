// NtAllocateVirtualMemory and its company: base and size are read and written through the caller's pointers, and stay
// untouched on failure (V110).
#include "mapped_name.h"
#include "query_region.h"
#include "query_working_set.h"
#include "user_memory.h"
#include "virtual_memory.h"

#include <winternl.h>

using namespace winmem;

namespace {

NTSTATUS to_ntstatus(Status status) { return static_cast<NTSTATUS>(status); }

struct InOut {
  PVOID* base;
  PSIZE_T size;
  Address at = 0;
  Bytes length = 0;

  Status read() {
    PVOID address = nullptr;
    SIZE_T bytes = 0;
    // Both must be writable too, and that before anything happens.
    if (!nt::read_from_user(address, base) || !nt::read_from_user(bytes, size) || !nt::can_write_to_user(base) ||
        !nt::can_write_to_user(size)) {
      return Status::access_violation;
    }
    at = reinterpret_cast<Address>(address);
    length = bytes;
    return Status::ok;
  }

  // Once the change is made the call has succeeded, also where the pointers went with the memory that it freed (N2).
  Status write(Address begin, Bytes bytes) const {
    static_cast<void>(nt::write_to_user(base, reinterpret_cast<PVOID>(begin)) &&
                      nt::write_to_user(size, SIZE_T{bytes}));
    return Status::ok;
  }
};

Status allocate(HANDLE process, PVOID* base, PSIZE_T size, ULONG type, ULONG protection, const nt::Placement& placement,
                nt::Calls calls) {
  InOut arguments{base, size};
  if (Status status = arguments.read(); status != Status::ok) {
    return status;
  }
  nt::Allocation allocation = nt::allocate(process, arguments.at, arguments.length, type, protection, placement, calls);
  return allocation.status == Status::ok ? arguments.write(allocation.range.begin, allocation.range.size())
                                         : allocation.status;
}

NTSTATUS change_lock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type,
                     nt::Locking (*change)(HANDLE, Address, Bytes, std::uint32_t)) {
  InOut arguments{base, size};
  if (Status status = arguments.read(); status != Status::ok) {
    return to_ntstatus(status);
  }
  nt::Locking locking = change(process, arguments.at, arguments.length, type);
  if (NT_SUCCESS(to_ntstatus(locking.status))) {
    static_cast<void>(arguments.write(locking.range.begin, locking.range.size()));
  }
  return to_ntstatus(locking.status);
}

} // namespace

NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, ULONG_PTR ZeroBits, PSIZE_T RegionSize,
                                       ULONG AllocationType, ULONG PageProtection) {
  nt::Placement placement;
  if (Status status = nt::placement_of_zero_bits(ZeroBits, placement); status != Status::ok) {
    return to_ntstatus(status);
  }
  return to_ntstatus(
      allocate(ProcessHandle, BaseAddress, RegionSize, AllocationType, PageProtection, placement, nt::Calls::plain));
}

NTSTATUS NTAPI NtAllocateVirtualMemoryEx(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                         ULONG AllocationType, ULONG PageProtection,
                                         PMEM_EXTENDED_PARAMETER ExtendedParameters, ULONG ExtendedParameterCount) {
  nt::Placement placement;
  if (Status status = nt::placement_of_parameters(ExtendedParameters, ExtendedParameterCount, placement);
      status != Status::ok) {
    return to_ntstatus(status);
  }
  return to_ntstatus(
      allocate(ProcessHandle, BaseAddress, RegionSize, AllocationType, PageProtection, placement, nt::Calls::extended));
}

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize, ULONG FreeType) {
  InOut arguments{BaseAddress, RegionSize};
  if (!nt::is_free_type(FreeType)) {
    return to_ntstatus(Status::invalid_parameter_4);
  }
  if (Status status = arguments.read(); status != Status::ok) {
    return to_ntstatus(status);
  }
  nt::Freeing freeing = nt::free(ProcessHandle, arguments.at, arguments.length, FreeType);
  if (freeing.status != Status::ok) {
    return to_ntstatus(freeing.status);
  }
  // C5: a decommit of all of a region gives back size 0, a release of all of it the size that it had.
  bool whole_decommit = freeing.was_whole && FreeType == MEM_DECOMMIT;
  return to_ntstatus(arguments.write(freeing.range.begin, whole_decommit ? 0 : freeing.range.size()));
}

NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize, ULONG NewProtection,
                                      PULONG OldProtection) {
  InOut arguments{BaseAddress, RegionSize};
  if (Status status = arguments.read(); status != Status::ok) {
    return to_ntstatus(status);
  }
  nt::Protecting result = nt::protect(ProcessHandle, arguments.at, arguments.length, NewProtection, OldProtection);
  if (result.status == Status::section_protection) {
    static_cast<void>(nt::write_to_user(OldProtection, ULONG{0})); // C12
  }
  if (result.status != Status::ok) {
    return to_ntstatus(result.status);
  }
  static_cast<void>(nt::write_to_user(OldProtection, ULONG{result.old})); // as in InOut::write
  return to_ntstatus(arguments.write(result.range.begin, result.range.size()));
}

NTSTATUS NTAPI NtLockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize, ULONG MapType) {
  return change_lock(ProcessHandle, BaseAddress, RegionSize, MapType, nt::lock);
}

NTSTATUS NTAPI NtUnlockVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize, ULONG MapType) {
  return change_lock(ProcessHandle, BaseAddress, RegionSize, MapType, nt::unlock);
}

NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE ProcessHandle, PVOID BaseAddress,
                                    MEMORY_INFORMATION_CLASS MemoryInformationClass, PVOID MemoryInformation,
                                    SIZE_T MemoryInformationLength, PSIZE_T ReturnLength) {
  switch (MemoryInformationClass) {
  case MemoryBasicInformation:
    break;
  case MemoryWorkingSetInformation:
    return to_ntstatus(nt::list_working_set(ProcessHandle, MemoryInformation, MemoryInformationLength, ReturnLength));
  case MemoryMappedFilenameInformation:
    return to_ntstatus(nt::query_mapped_name(ProcessHandle, reinterpret_cast<Address>(BaseAddress), MemoryInformation,
                                             MemoryInformationLength, ReturnLength));
  case MemoryRegionInformation:
    return to_ntstatus(nt::query_region(ProcessHandle, reinterpret_cast<Address>(BaseAddress), MemoryInformation,
                                        MemoryInformationLength, ReturnLength));
  case MemoryWorkingSetExInformation:
    return to_ntstatus(nt::query_working_set(ProcessHandle, MemoryInformation, MemoryInformationLength, ReturnLength));
  default:
    return to_ntstatus(Status::invalid_info_class);
  }
  MEMORY_BASIC_INFORMATION info;
  Status status = nt::query_basic(ProcessHandle, reinterpret_cast<Address>(BaseAddress), MemoryInformationLength, info);
  if (status != Status::ok) {
    return to_ntstatus(status);
  }
  bool written = nt::write_to_user(static_cast<MEMORY_BASIC_INFORMATION*>(MemoryInformation), info) &&
                 (ReturnLength == nullptr || nt::write_to_user(ReturnLength, SIZE_T{sizeof info}));
  return to_ntstatus(written ? Status::ok : Status::access_violation);
}

// The Zw names are the same functions: in user mode Windows tells them apart no more than this.
#define WINMEM_ZW_NAME(name)                                                                                           \
  extern "C" __attribute__((visibility("default"), alias("winmem_Nt" #name))) decltype(Nt##name) Zw##name
WINMEM_ZW_NAME(AllocateVirtualMemory);
WINMEM_ZW_NAME(AllocateVirtualMemoryEx);
WINMEM_ZW_NAME(FreeVirtualMemory);
WINMEM_ZW_NAME(LockVirtualMemory);
WINMEM_ZW_NAME(ProtectVirtualMemory);
WINMEM_ZW_NAME(QueryVirtualMemory);
WINMEM_ZW_NAME(UnlockVirtualMemory);
#undef WINMEM_ZW_NAME
