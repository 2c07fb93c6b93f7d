// apitest::nt and apitest::app in the mingw-w64 build: every function is looked up by name when first called.
//
// A function that the system lacks answers as a call that is not there does on Windows: ERROR_PROC_NOT_FOUND, or
// STATUS_ENTRYPOINT_NOT_FOUND. The test that called it then fails with that number, which is what it should do.
#include "windows_api.h"

namespace apitest {

namespace {

constexpr NTSTATUS kEntryPointNotFound = static_cast<NTSTATUS>(0xC0000139);

// Keeps the last error as it was: a lookup that succeeds must not show in a test of the last error.
template <typename Function> Function quiet_lookup(const char* module, const char* name) {
  DWORD error = GetLastError();
  auto function = lookup<Function>(module, name);
  SetLastError(function != nullptr ? error : ERROR_PROC_NOT_FOUND);
  return function;
}

using Allocate = NTSTATUS(NTAPI*)(HANDLE, PVOID*, ULONG_PTR, PSIZE_T, ULONG, ULONG);
using Free = NTSTATUS(NTAPI*)(HANDLE, PVOID*, PSIZE_T, ULONG);
using Protect = NTSTATUS(NTAPI*)(HANDLE, PVOID*, PSIZE_T, ULONG, PULONG);
using Lock = NTSTATUS(NTAPI*)(HANDLE, PVOID*, PSIZE_T, ULONG);
using Copy = NTSTATUS(NTAPI*)(HANDLE, PVOID, PVOID, SIZE_T, PSIZE_T);
using Query = NTSTATUS(NTAPI*)(HANDLE, PVOID, int, PVOID, SIZE_T, PSIZE_T);
using Alloc2 = PVOID(WINAPI*)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER*, ULONG);
using AllocFromApp = PVOID(WINAPI*)(PVOID, SIZE_T, ULONG, ULONG);
using QueryRegion = BOOL(WINAPI*)(HANDLE, LPCVOID, int, PVOID, SIZE_T, PSIZE_T);
using ProtectFromApp = BOOL(WINAPI*)(PVOID, SIZE_T, ULONG, PULONG);

} // namespace

namespace nt {

NTSTATUS allocate(HANDLE process, PVOID* base, ULONG_PTR zero_bits, PSIZE_T size, ULONG type, ULONG protect) {
  static const auto function = quiet_lookup<Allocate>("ntdll", "NtAllocateVirtualMemory");
  return function != nullptr ? function(process, base, zero_bits, size, type, protect) : kEntryPointNotFound;
}

NTSTATUS free(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  static const auto function = quiet_lookup<Free>("ntdll", "NtFreeVirtualMemory");
  return function != nullptr ? function(process, base, size, type) : kEntryPointNotFound;
}

NTSTATUS protect(HANDLE process, PVOID* base, PSIZE_T size, ULONG new_protect, PULONG old_protect) {
  static const auto function = quiet_lookup<Protect>("ntdll", "NtProtectVirtualMemory");
  return function != nullptr ? function(process, base, size, new_protect, old_protect) : kEntryPointNotFound;
}

NTSTATUS lock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  static const auto function = quiet_lookup<Lock>("ntdll", "NtLockVirtualMemory");
  return function != nullptr ? function(process, base, size, type) : kEntryPointNotFound;
}

NTSTATUS unlock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type) {
  static const auto function = quiet_lookup<Lock>("ntdll", "NtUnlockVirtualMemory");
  return function != nullptr ? function(process, base, size, type) : kEntryPointNotFound;
}

NTSTATUS read(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count) {
  static const auto function = quiet_lookup<Copy>("ntdll", "NtReadVirtualMemory");
  return function != nullptr ? function(process, base, buffer, size, count) : kEntryPointNotFound;
}

NTSTATUS write(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count) {
  static const auto function = quiet_lookup<Copy>("ntdll", "NtWriteVirtualMemory");
  return function != nullptr ? function(process, base, buffer, size, count) : kEntryPointNotFound;
}

NTSTATUS query(HANDLE process, PVOID base, int info_class, PVOID buffer, SIZE_T length, PSIZE_T returned) {
  static const auto function = quiet_lookup<Query>("ntdll", "NtQueryVirtualMemory");
  return function != nullptr ? function(process, base, info_class, buffer, length, returned) : kEntryPointNotFound;
}

} // namespace nt

namespace app {

PVOID alloc2(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER* parameters,
             ULONG count) {
  static const auto function = quiet_lookup<Alloc2>("kernelbase", "VirtualAlloc2");
  return function != nullptr ? function(process, base, size, type, protect, parameters, count) : nullptr;
}

PVOID alloc2_from_app(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect,
                      MEM_EXTENDED_PARAMETER* parameters, ULONG count) {
  static const auto function = quiet_lookup<Alloc2>("kernelbase", "VirtualAlloc2FromApp");
  return function != nullptr ? function(process, base, size, type, protect, parameters, count) : nullptr;
}

PVOID alloc_from_app(PVOID base, SIZE_T size, ULONG type, ULONG protect) {
  static const auto function = quiet_lookup<AllocFromApp>("kernelbase", "VirtualAllocFromApp");
  return function != nullptr ? function(base, size, type, protect) : nullptr;
}

BOOL protect_from_app(PVOID address, SIZE_T size, ULONG new_protect, PULONG old_protect) {
  static const auto function = quiet_lookup<ProtectFromApp>("kernelbase", "VirtualProtectFromApp");
  return function != nullptr && function(address, size, new_protect, old_protect);
}

BOOL query_region(HANDLE process, LPCVOID address, int info_class, PVOID buffer, SIZE_T size, PSIZE_T returned) {
  static const auto function = quiet_lookup<QueryRegion>("kernelbase", "QueryVirtualMemoryInformation");
  return function != nullptr && function(process, address, info_class, buffer, size, returned);
}

} // namespace app

} // namespace apitest
