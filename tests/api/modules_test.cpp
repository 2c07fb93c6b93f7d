// GetModuleHandle, LoadLibrary and GetProcAddress over the functions of the modules that programs look into.
#include "expect.h"
#include "memory_map.h"

namespace apitest {
namespace {

TEST(Modules, a_system_module_is_found_in_any_case_with_and_without_its_suffix) {
  HMODULE kernel32 = GetModuleHandleA("kernel32");
  ASSERT_NE(kernel32, nullptr);

  EXPECT_EQ(GetModuleHandleA("KERNEL32"), kernel32);
  EXPECT_EQ(GetModuleHandleA("kernel32.dll"), kernel32);
  EXPECT_EQ(GetModuleHandleA("Kernel32.DLL"), kernel32);
}

TEST(Modules, the_wide_form_finds_the_same_module) {
  EXPECT_EQ(GetModuleHandleW(L"kernel32.dll"), GetModuleHandleA("kernel32.dll"));
  EXPECT_EQ(GetModuleHandleW(L"NTDLL"), GetModuleHandleA("ntdll.dll"));
  EXPECT_EQ(LoadLibraryW(L"kernel32"), GetModuleHandleA("kernel32.dll"));
}

TEST(Modules, a_name_that_only_begins_like_a_module_is_not_one) {
  EXPECT_ERROR(126, GetModuleHandleA("kernel32x"));
  EXPECT_ERROR(126, GetModuleHandleA("kernel3"));
  EXPECT_ERROR(126, GetModuleHandleW(L"kernel32\u0100"));
}

TEST(Modules, an_unknown_module_is_error_126) {
  EXPECT_ERROR(126, GetModuleHandleA("no-such-module"));
  EXPECT_ERROR(126, GetModuleHandleW(L"no-such-module.dll"));
  EXPECT_ERROR(126, LoadLibraryA("no-such-module.dll"));
  EXPECT_ERROR(126, LoadLibraryW(L"no-such-module.dll"));
}

TEST(Modules, the_modules_are_different_ones) {
  HMODULE kernel32 = GetModuleHandleA("kernel32");
  HMODULE kernelbase = GetModuleHandleA("kernelbase");
  HMODULE ntdll = GetModuleHandleA("ntdll");

  EXPECT_NE(kernelbase, nullptr);
  EXPECT_NE(ntdll, nullptr);
  EXPECT_NE(kernel32, kernelbase);
  EXPECT_NE(kernel32, ntdll);
  EXPECT_NE(kernelbase, ntdll);
}

TEST(Modules, the_program_itself_is_named_by_null) {
  HMODULE program = GetModuleHandleA(nullptr);
  ASSERT_NE(program, nullptr);

  EXPECT_EQ(GetModuleHandleW(nullptr), program);
  EXPECT_EQ(ask(reinterpret_cast<const void*>(&kNobodysError)).AllocationBase, static_cast<void*>(program));
}

TEST(Modules, finding_a_module_leaves_the_last_error_alone) {
  EXPECT_OK(GetModuleHandleA("kernel32"));
  EXPECT_OK(GetProcAddress(GetModuleHandleA("kernel32"), "VirtualAlloc"));
}

TEST(Modules, a_loaded_library_is_the_module_that_is_there) {
  EXPECT_EQ(LoadLibraryA("kernel32.dll"), GetModuleHandleA("kernel32"));
  EXPECT_EQ(LoadLibraryA("ntdll"), GetModuleHandleA("ntdll"));
}

TEST(Modules, a_function_that_was_looked_up_can_be_called) {
  using Alloc = LPVOID(WINAPI*)(LPVOID, SIZE_T, DWORD, DWORD);
  auto function = lookup<Alloc>("kernel32", "VirtualAlloc");
  ASSERT_NE(function, nullptr);

  Region region(function(nullptr, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY), 3);

  EXPECT_MAP(region, "C3ro");
}

TEST(Modules, an_unknown_function_is_error_127) {
  HMODULE kernel32 = GetModuleHandleA("kernel32");

  EXPECT_ERROR(127, GetProcAddress(kernel32, "NoSuchFunction"));
  EXPECT_ERROR(127, GetProcAddress(kernel32, "virtualalloc"));
  EXPECT_ERROR(127, GetProcAddress(kernel32, "VirtualAllocE"));
}

TEST(Modules, each_module_answers_for_its_functions) {
  struct Row {
    const char* module;
    const char* name;
  };
  constexpr Row kRows[] = {
      {"kernel32", "VirtualAlloc"},        {"kernel32", "VirtualAllocEx"},       {"kernel32", "VirtualFree"},
      {"kernel32", "VirtualFreeEx"},       {"kernel32", "VirtualProtect"},       {"kernel32", "VirtualProtectEx"},
      {"kernel32", "VirtualQuery"},        {"kernel32", "VirtualQueryEx"},       {"kernel32", "GetSystemInfo"},
      {"kernel32", "GetNativeSystemInfo"}, {"kernel32", "GetLargePageMinimum"},  {"kernel32", "GetCurrentProcess"},
      {"kernel32", "GetCurrentProcessId"}, {"kernel32", "GetCurrentThread"},     {"kernel32", "GetCurrentThreadId"},
      {"kernel32", "GetLastError"},        {"kernel32", "SetLastError"},         {"kernel32", "GetModuleHandleA"},
      {"kernel32", "GetModuleHandleW"},    {"kernel32", "LoadLibraryA"},         {"kernel32", "LoadLibraryW"},
      {"kernel32", "GetProcAddress"},      {"kernelbase", "VirtualAlloc"},       {"kernelbase", "VirtualAlloc2"},
      {"kernelbase", "VirtualFree"},       {"kernelbase", "VirtualProtect"},     {"kernelbase", "VirtualQuery"},
      {"kernelbase", "GetLastError"},      {"ntdll", "NtAllocateVirtualMemory"}, {"ntdll", "NtFreeVirtualMemory"},
      {"ntdll", "NtProtectVirtualMemory"}, {"ntdll", "NtQueryVirtualMemory"},    {"ntdll", "RtlNtStatusToDosError"},
  };
  for (const Row& row : kRows) {
    EXPECT_NE(GetProcAddress(GetModuleHandleA(row.module), row.name), nullptr) << row.module << " " << row.name;
  }
}

TEST(Modules, VirtualAlloc2_is_found_in_kernel32_too) {
  // Microsoft documents it as Kernel32.dll's, although only kernelbase has it: both are looked into by programs.
  if (!kIsWinmem) {
    GTEST_SKIP() << "winmem's own decision; Windows has it in kernelbase alone";
  }
  EXPECT_NE(GetProcAddress(GetModuleHandleA("kernel32"), "VirtualAlloc2"), nullptr);
  EXPECT_NE(GetProcAddress(GetModuleHandleA("kernelbase"), "VirtualAlloc2"), nullptr);
}

TEST(Modules, a_module_answers_only_for_its_own_functions) {
  EXPECT_ERROR(127, GetProcAddress(GetModuleHandleA("ntdll"), "VirtualAlloc"));
  EXPECT_ERROR(127, GetProcAddress(GetModuleHandleA("kernel32"), "NtAllocateVirtualMemory"));
}

} // namespace
} // namespace apitest
