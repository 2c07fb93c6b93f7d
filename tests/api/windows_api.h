// The Windows API as the rule tests call it, the same for both builds of them.
//
// Natively the functions come from winmem's headers and libraries. The mingw-w64 build takes its own headers, which
// lack the newest constants and whose import libraries lack the newest functions: those are looked up by name here.
//
// Surprise: nothing here may be needed natively, apart from the names in `nt` and `app`; a test that compiles natively
// only because of this file would hide a hole in winmem's headers.
#pragma once

#include <windows.h>

#include <winternl.h>

#include <cstddef>
#include <cstdint>

namespace apitest {

#ifdef WINMEM_TESTS_NATIVE
inline constexpr bool kIsWinmem = true;
#else
inline constexpr bool kIsWinmem = false;
#endif

inline constexpr std::size_t kPage = 0x1000;
inline constexpr std::size_t kGranule = 0x10000;
inline constexpr std::uintptr_t kLowestUser = 0x10000;
inline constexpr std::uintptr_t kHighestUser = 0x7FFFFFFEFFFF;

// Any number as the pointer of that value.
inline char* at(std::uintptr_t address) { return reinterpret_cast<char*>(address); }
inline std::uintptr_t number(const volatile void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// The function of that name in that module, or null.
template <typename Function> Function lookup(const char* module, const char* name) {
  return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA(module), name)));
}

// The native calls; their public headers and import libraries differ too much to call them plainly.
namespace nt {

NTSTATUS allocate(HANDLE process, PVOID* base, ULONG_PTR zero_bits, PSIZE_T size, ULONG type, ULONG protect);
NTSTATUS free(HANDLE process, PVOID* base, PSIZE_T size, ULONG type);
NTSTATUS protect(HANDLE process, PVOID* base, PSIZE_T size, ULONG new_protect, PULONG old_protect);
NTSTATUS lock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type);
NTSTATUS unlock(HANDLE process, PVOID* base, PSIZE_T size, ULONG type);
NTSTATUS read(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count);
NTSTATUS write(HANDLE process, PVOID base, PVOID buffer, SIZE_T size, PSIZE_T count);
NTSTATUS query(HANDLE process, PVOID base, int info_class, PVOID buffer, SIZE_T length, PSIZE_T returned);

} // namespace nt

// Functions of memoryapi.h that kernel32's import library of mingw-w64 lacks.
namespace app {

PVOID alloc2(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER* parameters,
             ULONG count);
PVOID alloc2_from_app(HANDLE process, PVOID base, SIZE_T size, ULONG type, ULONG protect,
                      MEM_EXTENDED_PARAMETER* parameters, ULONG count);
PVOID alloc_from_app(PVOID base, SIZE_T size, ULONG type, ULONG protect);
BOOL protect_from_app(PVOID address, SIZE_T size, ULONG new_protect, PULONG old_protect);
// The class is always MemoryRegionInfo's number here, but for tests of bad ones.
BOOL query_region(HANDLE process, LPCVOID address, int info_class, PVOID buffer, SIZE_T size, PSIZE_T returned);

} // namespace app

} // namespace apitest

// Constants newer than mingw-w64's headers.
#ifndef WINMEM_TESTS_NATIVE
#ifndef MEM_RESET_UNDO
#define MEM_RESET_UNDO 0x1000000
#endif
#ifndef MEM_REPLACE_PLACEHOLDER
#define MEM_REPLACE_PLACEHOLDER 0x4000
#endif
#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_RESERVE_PLACEHOLDER 0x40000
#endif
#ifndef MEM_COALESCE_PLACEHOLDERS
#define MEM_COALESCE_PLACEHOLDERS 1
#endif
#ifndef MEM_PRESERVE_PLACEHOLDER
#define MEM_PRESERVE_PLACEHOLDER 2
#endif
#ifndef PAGE_TARGETS_INVALID
#define PAGE_TARGETS_INVALID 0x40000000
#endif
#endif
