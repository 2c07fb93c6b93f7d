// apitest::nt and apitest::app in the native build: winmem's own declarations, linked the ordinary way.
#include "windows_api.h"

namespace apitest {

namespace nt {

NTSTATUS allocate(HANDLE process, PVOID* base, ULONG_PTR zero_bits, PSIZE_T size, ULONG type, ULONG protect) {
  return NtAllocateVirtualMemory(process, base, zero_bits, size, type, protect);
}

NTSTATUS free(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  return NtFreeVirtualMemory(process, base, size, type);
}

NTSTATUS protect(HANDLE process, PVOID* base, PSIZE_T size, ULONG new_protect, PULONG old_protect) {
  return NtProtectVirtualMemory(process, base, size, new_protect, old_protect);
}

NTSTATUS lock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  return NtLockVirtualMemory(process, base, size, type);
}

NTSTATUS unlock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  return NtUnlockVirtualMemory(process, base, size, type);
}

NTSTATUS read(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count) {
  return NtReadVirtualMemory(process, base, buffer, size, count);
}

NTSTATUS write(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count) {
  return NtWriteVirtualMemory(process, base, buffer, size, count);
}

NTSTATUS query(HANDLE process, PVOID base, int info_class, PVOID buffer, SIZE_T length, PSIZE_T returned) {
  return NtQueryVirtualMemory(process, base, static_cast<MEMORY_INFORMATION_CLASS>(info_class), buffer, length,
                              returned);
}

} // namespace nt

namespace app {

PVOID alloc2(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER* parameters,
             ULONG count) {
  return VirtualAlloc2(process, base, size, type, protect, parameters, count);
}

PVOID alloc2_from_app(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect,
                      MEM_EXTENDED_PARAMETER* parameters, ULONG count) {
  return VirtualAlloc2FromApp(process, base, size, type, protect, parameters, count);
}

PVOID alloc_from_app(PVOID base, SIZE_T size, ULONG type, ULONG protect) {
  return VirtualAllocFromApp(base, size, type, protect);
}

BOOL protect_from_app(PVOID address, SIZE_T size, ULONG new_protect, PULONG old_protect) {
  return VirtualProtectFromApp(address, size, new_protect, old_protect);
}

BOOL query_region(HANDLE process, LPCVOID address, int info_class, PVOID buffer, SIZE_T size, PSIZE_T returned) {
  return QueryVirtualMemoryInformation(process, address, static_cast<WIN32_MEMORY_INFORMATION_CLASS>(info_class),
                                       buffer, size, returned);
}

} // namespace app

} // namespace apitest
