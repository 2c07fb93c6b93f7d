// memoryapi.h's virtual memory: nt judges, this sets the last error.
#include "../nt/protection.h"
#include "../nt/query_region.h"
#include "../nt/user_memory.h"
#include "../nt/virtual_memory.h"
#include "last_error.h"

using namespace winmem;
using win32::fail;

namespace {

Address to_address(const void* pointer) { return reinterpret_cast<Address>(pointer); }

LPVOID finish(const nt::Allocation& allocation) {
  if (allocation.status != Status::ok) {
    fail(allocation.status);
    return nullptr;
  }
  return reinterpret_cast<LPVOID>(allocation.range.begin);
}

} // namespace

LPVOID WINAPI VirtualAlloc(LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType, DWORD flProtect) {
  return VirtualAllocEx(GetCurrentProcess(), lpAddress, dwSize, flAllocationType, flProtect);
}

LPVOID WINAPI VirtualAllocEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                             DWORD flProtect) {
  return finish(nt::allocate(hProcess, to_address(lpAddress), dwSize, flAllocationType, flProtect));
}

LPVOID WINAPI VirtualAllocExNuma(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flAllocationType,
                                 DWORD flProtect, DWORD nndPreferred) {
  nt::Placement placement;
  if (Status status = nt::prefer(nndPreferred, placement); status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return finish(nt::allocate(hProcess, to_address(lpAddress), dwSize, flAllocationType, flProtect, placement));
}

PVOID WINAPI VirtualAlloc2(HANDLE Process, PVOID BaseAddress, SIZE_T Size, ULONG AllocationType, ULONG PageProtection,
                           MEM_EXTENDED_PARAMETER* ExtendedParameters, ULONG ParameterCount) {
  nt::Placement placement;
  if (Status status = nt::placement_of_parameters(ExtendedParameters, ParameterCount, placement);
      status != Status::ok) {
    fail(status);
    return nullptr;
  }
  HANDLE process = Process == nullptr ? GetCurrentProcess() : Process; // C29
  return finish(nt::allocate(process, to_address(BaseAddress), Size, AllocationType, PageProtection, placement,
                             nt::Calls::extended));
}

PVOID WINAPI VirtualAllocFromApp(PVOID BaseAddress, SIZE_T Size, ULONG AllocationType, ULONG Protection) {
  if (nt::is_executable(Protection)) {
    fail(Status::invalid_page_protection); // C29
    return nullptr;
  }
  return VirtualAlloc(BaseAddress, Size, AllocationType, Protection);
}

PVOID WINAPI VirtualAlloc2FromApp(HANDLE Process, PVOID BaseAddress, SIZE_T Size, ULONG AllocationType,
                                  ULONG PageProtection, MEM_EXTENDED_PARAMETER* ExtendedParameters,
                                  ULONG ParameterCount) {
  if (nt::is_executable(PageProtection)) {
    fail(Status::invalid_page_protection);
    return nullptr;
  }
  return VirtualAlloc2(Process, BaseAddress, Size, AllocationType, PageProtection, ExtendedParameters, ParameterCount);
}

BOOL WINAPI VirtualFree(LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType) {
  return VirtualFreeEx(GetCurrentProcess(), lpAddress, dwSize, dwFreeType);
}

BOOL WINAPI VirtualFreeEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD dwFreeType) {
  if (dwFreeType == MEM_RELEASE && dwSize != 0) {
    return fail(Status::invalid_parameter); // V31
  }
  nt::Freeing freeing = nt::free(hProcess, to_address(lpAddress), dwSize, dwFreeType);
  return freeing.status == Status::ok ? TRUE : fail(freeing.status);
}

BOOL WINAPI VirtualProtect(LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect, PDWORD lpflOldProtect) {
  return VirtualProtectEx(GetCurrentProcess(), lpAddress, dwSize, flNewProtect, lpflOldProtect);
}

BOOL WINAPI VirtualProtectEx(HANDLE hProcess, LPVOID lpAddress, SIZE_T dwSize, DWORD flNewProtect,
                             PDWORD lpflOldProtect) {
  nt::Protecting result = nt::protect(hProcess, to_address(lpAddress), dwSize, flNewProtect, lpflOldProtect);
  if (result.status != Status::ok) {
    return fail(result.status);
  }
  // It could be written before the change. If not any more, it lies in what was protected, and the change stands (N2).
  static_cast<void>(nt::write_to_user(lpflOldProtect, DWORD{result.old}));
  return TRUE;
}

BOOL WINAPI VirtualProtectFromApp(PVOID Address, SIZE_T Size, ULONG NewProtection, PULONG OldProtection) {
  if (nt::is_executable(NewProtection)) {
    return fail(Status::invalid_page_protection); // C29
  }
  return VirtualProtect(Address, Size, NewProtection, OldProtection);
}

BOOL WINAPI VirtualLock(LPVOID lpAddress, SIZE_T dwSize) {
  nt::Locking locking = nt::lock(GetCurrentProcess(), to_address(lpAddress), dwSize, MAP_PROCESS);
  return locking.status == Status::ok || locking.status == Status::was_locked ? TRUE : fail(locking.status);
}

BOOL WINAPI VirtualUnlock(LPVOID lpAddress, SIZE_T dwSize) {
  return VirtualUnlockEx(GetCurrentProcess(), lpAddress, dwSize);
}

BOOL WINAPI VirtualUnlockEx(HANDLE Process, LPVOID Address, SIZE_T Size) {
  nt::Locking locking = nt::unlock(Process, to_address(Address), Size, MAP_PROCESS);
  return locking.status == Status::ok ? TRUE : fail(locking.status);
}

SIZE_T WINAPI VirtualQuery(LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength) {
  return VirtualQueryEx(GetCurrentProcess(), lpAddress, lpBuffer, dwLength);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE hProcess, LPCVOID lpAddress, PMEMORY_BASIC_INFORMATION lpBuffer, SIZE_T dwLength) {
  MEMORY_BASIC_INFORMATION info;
  Status status = nt::query_basic(hProcess, to_address(lpAddress), dwLength, info);
  if (status == Status::ok && !nt::write_to_user(lpBuffer, info)) {
    status = Status::access_violation;
  }
  if (status != Status::ok) {
    fail(status);
    return 0;
  }
  return sizeof info;
}

BOOL WINAPI QueryVirtualMemoryInformation(HANDLE Process, const VOID* VirtualAddress,
                                          WIN32_MEMORY_INFORMATION_CLASS MemoryInformationClass,
                                          PVOID MemoryInformation, SIZE_T MemoryInformationSize, PSIZE_T ReturnSize) {
  if (MemoryInformationClass != MemoryRegionInfo) {
    return fail(Status::invalid_parameter);
  }
  constexpr SIZE_T kKnown = sizeof(WIN32_MEMORY_REGION_INFORMATION);
  Status status = nt::query_region(Process, to_address(VirtualAddress), MemoryInformation,
                                   MemoryInformationSize < kKnown ? MemoryInformationSize : kKnown, ReturnSize);
  return status == Status::ok ? TRUE : fail(status);
}
