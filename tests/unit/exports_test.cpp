// Modules by name, functions by name, and the table that is generated from names.tsv.
#include "process/exported.h"
#include "process/module.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <link.h>
#include <string>
#include <windows.h>

namespace {

using namespace winmem::process;

constexpr const char* kDllNames[] = {"kernel32", "kernelbase", "ntdll",    "ucrtbase", "ucrtbased",
                                     "msvcrt",   "psapi",      "advapi32", "ole32",    "oleaut32"};
constexpr const char* kWide[] = {"CreateEventExW",
                                 "CreateEventW",
                                 "CreateFile2",
                                 "CreateFileMapping2",
                                 "CreateFileMappingFromApp",
                                 "CreateFileMappingNumaW",
                                 "CreateFileMappingW",
                                 "CreateFileW",
                                 "CreateMutexExW",
                                 "CreateMutexW",
                                 "CreateSemaphoreExW",
                                 "CreateSemaphoreW",
                                 "DeleteFileW",
                                 "GetFileAttributesExW",
                                 "GetFileAttributesW",
                                 "GetFullPathNameW",
                                 "GetMappedFileNameW",
                                 "GetModuleHandleW",
                                 "GetProcAddress",
                                 "GetTempFileNameW",
                                 "GetTempPathW",
                                 "IsBadStringPtrW",
                                 "K32GetMappedFileNameW",
                                 "LoadLibraryExW",
                                 "LoadLibraryW",
                                 "LookupPrivilegeValueW",
                                 "MoveFileExW",
                                 "MoveFileW",
                                 "NtCreateSection",
                                 "NtCreateSectionEx",
                                 "NtOpenSection",
                                 "NtQueryObject",
                                 "OpenEventW",
                                 "OpenFileMappingFromApp",
                                 "OpenFileMappingW",
                                 "OpenMutexW",
                                 "OpenSemaphoreW",
                                 "RtlGetVersion",
                                 "RtlInitUnicodeString",
                                 "SysAllocString",
                                 "SysAllocStringByteLen",
                                 "SysAllocStringLen",
                                 "SysReAllocString",
                                 "SysReAllocStringLen",
                                 "SysStringLen",
                                 "ZwCreateSection",
                                 "ZwCreateSectionEx",
                                 "ZwOpenSection",
                                 "_wcsdup",
                                 "_wdupenv_s",
                                 "_wfullpath",
                                 "_wgetcwd",
                                 "_wtempnam"};

template <typename Character> std::basic_string<Character> wide(const std::string& text) {
  return {text.begin(), text.end()};
}

// The module by that name; the same for characters of any width, or the test fails.
ModuleHandle module(const std::string& name) {
  ModuleHandle narrow = module_by_name(name.c_str());
  EXPECT_EQ(narrow, module_by_name(wide<char16_t>(name).c_str())) << name;
  EXPECT_EQ(narrow, module_by_name(wide<char32_t>(name).c_str())) << name;
  return narrow;
}

// ---- the table -----------------------------------------------------------------------------------------------------

TEST(ExportTable, X1_rows_ascend) {
  ASSERT_GT(kExportTable.count, 40U);
  for (std::size_t i = 1; i < kExportTable.count; ++i) {
    EXPECT_LT(std::strcmp(kExportTable.rows[i - 1].name, kExportTable.rows[i].name), 0) << kExportTable.rows[i].name;
  }
}

TEST(ExportTable, every_function_is_found_in_its_modules_only) {
  for (std::size_t i = 0; i < kExportTable.count; ++i) {
    const Export& row = kExportTable.rows[i];
    EXPECT_NE(row.dlls, 0) << row.name; // X2
    for (unsigned dll = 0; dll < std::size(kDllNames); ++dll) {
      bool here = (row.dlls >> dll & 1) != 0;
      ModuleHandle handle = module(kDllNames[dll]);
      EXPECT_EQ(exported_by(handle, row.name, WideCharacters::utf16), here ? row.entry : nullptr) << row.name;
      EXPECT_EQ(exported_by(handle, row.name, WideCharacters::utf32), here ? row.entry_utf32 : nullptr) << row.name;
    }
  }
}

TEST(ExportTable, what_kernel32_has_kernelbase_has) {
  for (std::size_t i = 0; i < kExportTable.count; ++i) {
    const Export& row = kExportTable.rows[i];
    // The newest functions are in kernelbase alone.
    EXPECT_TRUE((row.dlls & in(Dll::kernel32)) == 0 || (row.dlls & in(Dll::kernelbase)) != 0) << row.name;
  }
}

TEST(ExportTable, only_functions_with_wide_characters_are_there_twice) {
  for (std::size_t i = 0; i < kExportTable.count; ++i) {
    const Export& row = kExportTable.rows[i];
    bool is_wide = std::any_of(std::begin(kWide), std::end(kWide),
                               [&](const char* name) { return std::strcmp(name, row.name) == 0; });
    EXPECT_EQ(row.entry != row.entry_utf32, is_wide) << row.name;
  }
}

TEST(ExportTable, names_are_compared_whole_and_with_case) {
  ModuleHandle kernel32 = module("kernel32");

  for (const char* name : {"", "VirtualAllo", "VirtualAllocX", "virtualalloc", "VIRTUALALLOC", " VirtualAlloc", "A",
                           "zzzz", "winmem_VirtualAlloc", "GetModuleHandleW_utf32"}) {
    EXPECT_EQ(exported_by(kernel32, name, WideCharacters::utf16), nullptr) << name;
  }
}

// ---- names of modules ----------------------------------------------------------------------------------------------

TEST(ModuleName, each_dll_has_a_handle_of_its_own) {
  for (const char* name : kDllNames) {
    ModuleHandle handle = module(name);
    ASSERT_NE(handle, nullptr) << name;
    EXPECT_TRUE(is_module(handle));
    for (const char* other : kDllNames) {
      EXPECT_EQ(module(other) == handle, name == other);
    }
  }
}

TEST(ModuleName, case_extension_and_system_directory_do_not_count) {
  ModuleHandle kernel32 = module("kernel32");

  for (const char* name :
       {"kernel32.dll", "KERNEL32.DLL", "Kernel32", "kernel32.dll.", "C:\\Windows\\System32\\kernel32.dll",
        "c:/windows/system32/KERNEL32", "\\WINDOWS\\system32\\kernel32.dll", "z:\\windows/system32\\kernel32"}) {
    EXPECT_EQ(module(name), kernel32) << name;
  }
}

TEST(ModuleName, other_names_are_no_module) {
  for (const char* name : {"",
                           ".",
                           "..",
                           "\\",
                           "/",
                           "C:",
                           "C:\\",
                           "kernel32.",
                           "kernel32.exe",
                           "kernel32.dll.dll",
                           "kernel32.dll..",
                           " kernel32",
                           "kernel32 ",
                           "kernel3",
                           "kernel322",
                           "C:\\nowhere\\kernel32.dll",
                           "nowhere\\kernel32.dll",
                           "\\kernel32.dll",
                           "C:\\Windows\\System32\\",
                           "C:\\Windows\\System32",
                           "C:\\Windows\\System32\\x\\kernel32.dll",
                           "C:kernel32.dll",
                           "CC:\\Windows\\System32\\kernel32.dll",
                           "Windows\\System32\\kernel32.dll",
                           "libc.so.6",
                           "user32",
                           "api-ms-win-core-memory",
                           "api-ms-win-core-memory-l1-1",
                           "api-ms-win-core--l1-1-0x",
                           "api-ms-win-nonsense-l1-1-0"}) {
    EXPECT_EQ(module(name), nullptr) << name;
  }
}

TEST(ModuleName, wide_characters_are_not_cut_to_bytes) {
  // U+016B is 'k' in its low byte.
  EXPECT_EQ(module_by_name(u"\u016Bernel32"), nullptr);
  EXPECT_EQ(module_by_name(U"\U0001006Bernel32"), nullptr);
}

TEST(ModuleName, api_sets_mean_the_dll_that_has_them) {
  EXPECT_EQ(module("api-ms-win-core-memory-l1-1-0"), module("kernelbase"));
  EXPECT_EQ(module("API-MS-Win-Core-Memory-L1-1-6.dll"), module("kernelbase"));
  EXPECT_EQ(module("api-ms-win-core-heap-obsolete-l1-1-0.dll"), module("kernelbase"));
  EXPECT_EQ(module("api-ms-win-crt-heap-l1-1-0.dll"), module("ucrtbase"));
  EXPECT_EQ(module("api-ms-win-security-base-l1-2-0.dll"), module("advapi32"));
}

TEST(ModuleName, the_program_is_known_by_its_file_name) {
  EXPECT_EQ(module("unit_exports_test.exe"), program_module());
  EXPECT_EQ(module("UNIT_Exports_Test.EXE"), program_module());
  EXPECT_EQ(module("unit_exports_test"), nullptr); // means unit_exports_test.dll
  EXPECT_EQ(module("exports_test.exe"), nullptr);
  EXPECT_EQ(module(".exe"), nullptr);
}

// ---- handles -------------------------------------------------------------------------------------------------------

TEST(Module, the_program_is_the_first_image) {
  ElfW(Addr) bias = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* out) {
        *static_cast<ElfW(Addr)*>(out) = info->dlpi_addr;
        return 1; // the first is the program
      },
      &bias);

  EXPECT_EQ(reinterpret_cast<ElfW(Addr)>(program_module()), bias); // linked to address 0, as PIE is
  EXPECT_TRUE(is_module(program_module()));
}

TEST(Module, other_addresses_are_no_module) {
  const char* program = static_cast<const char*>(program_module());
  const char* kernel32 = static_cast<const char*>(module("kernel32"));
  int local = 0;

  for (const void* address :
       std::initializer_list<const void*>{nullptr, &local, program + 1, program + 0x1000, kernel32 + 1, kernel32 - 1,
                                          reinterpret_cast<const void*>(0x1234), reinterpret_cast<const void*>(-1)}) {
    EXPECT_FALSE(is_module(address)) << address;
    EXPECT_EQ(exported_by(address, "VirtualAlloc", WideCharacters::utf16), nullptr);
  }
}

TEST(Module, a_handle_points_to_no_image) {
  for (const char* name : kDllNames) {
    EXPECT_EQ(std::memcmp(module(name), "\0\0\0\0", 4), 0);
  }
}

// ---- the calls -----------------------------------------------------------------------------------------------------

class Loader : public testing::Test {
protected:
  // What the call leaves as the last error; 4711 if it leaves it alone.
  template <typename Call> static DWORD error_of(Call call) {
    SetLastError(4711);
    call();
    return GetLastError();
  }
  template <typename Type> Type* function(const char* name) const {
    // By way of void*, since FARPROC's own type fits no function.
    return reinterpret_cast<Type*>(reinterpret_cast<void*>(GetProcAddress(kernel32_, name)));
  }
  HMODULE kernel32_ = GetModuleHandleA("kernel32.dll");
};

TEST_F(Loader, success_leaves_the_last_error_alone) {
  EXPECT_EQ(error_of([] { EXPECT_NE(GetModuleHandleA("ntdll"), nullptr); }), 4711U);
  EXPECT_EQ(error_of([] { EXPECT_NE(GetModuleHandleA(nullptr), nullptr); }), 4711U);
  EXPECT_EQ(error_of([] { EXPECT_NE(LoadLibraryA("ntdll"), nullptr); }), 4711U);
  EXPECT_EQ(error_of([&] { EXPECT_NE(GetProcAddress(kernel32_, "VirtualAlloc"), nullptr); }), 4711U);
  EXPECT_EQ(error_of([&] { EXPECT_TRUE(FreeLibrary(kernel32_)); }), 4711U);
}

TEST_F(Loader, an_unknown_module_is_error_126) {
  EXPECT_EQ(error_of([] { EXPECT_EQ(GetModuleHandleA("nosuch"), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(GetModuleHandleA(""), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(GetModuleHandleW(L"nosuch"), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryA("nosuch"), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryA(nullptr), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryW(L"nosuch"), nullptr); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryExA("nosuch", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32), nullptr); }),
            126U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryExA("nosuch", nullptr, LOAD_LIBRARY_AS_DATAFILE), nullptr); }), 2U);
}

TEST_F(Loader, loading_gives_the_same_handle_and_freeing_changes_nothing) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(LoadLibraryA("kernel32"), kernel32_);
    EXPECT_EQ(LoadLibraryW(L"C:\\Windows\\System32\\KERNEL32.DLL"), kernel32_);
    EXPECT_EQ(LoadLibraryExW(L"kernel32", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32), kernel32_);
    EXPECT_EQ(LoadLibraryExA("kernel32", nullptr, LOAD_LIBRARY_AS_DATAFILE), kernel32_);
    EXPECT_TRUE(FreeLibrary(kernel32_));
  }
  EXPECT_EQ(GetModuleHandleW(L"kernel32"), kernel32_);
}

TEST_F(Loader, documented_misuse_of_the_flags_is_error_87) {
  auto* file = reinterpret_cast<HANDLE>(4);
  EXPECT_EQ(error_of([&] { EXPECT_EQ(LoadLibraryExA("kernel32", file, 0), nullptr); }), 87U);
  EXPECT_EQ(error_of([] { EXPECT_EQ(LoadLibraryExA("kernel32", nullptr, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR), nullptr); }),
            87U);
  EXPECT_EQ(error_of([] {
              DWORD flags = LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SEARCH_SYSTEM32;
              EXPECT_EQ(LoadLibraryExW(L"kernel32", nullptr, flags), nullptr);
            }),
            87U);
}

TEST_F(Loader, an_unknown_function_is_error_127) {
  for (const char* name : {"nosuch", "", "virtualalloc"}) {
    EXPECT_EQ(error_of([&] { EXPECT_EQ(GetProcAddress(kernel32_, name), nullptr); }), 127U) << name;
  }
  for (ULONG_PTR ordinal : {ULONG_PTR{0}, ULONG_PTR{1}, ULONG_PTR{0xFFFF}}) {
    auto* name = reinterpret_cast<LPCSTR>(ordinal);
    EXPECT_EQ(error_of([&] { EXPECT_EQ(GetProcAddress(kernel32_, name), nullptr); }), 127U) << ordinal;
  }
  EXPECT_EQ(error_of([] { EXPECT_EQ(GetProcAddress(nullptr, "VirtualAlloc"), nullptr); }), 127U); // the program
}

TEST_F(Loader, a_bad_handle_is_error_126_and_freeing_none_error_6) {
  auto* bad = reinterpret_cast<HMODULE>(0x1234);
  EXPECT_EQ(error_of([&] { EXPECT_EQ(GetProcAddress(bad, "VirtualAlloc"), nullptr); }), 126U);
  EXPECT_EQ(error_of([&] { EXPECT_FALSE(FreeLibrary(bad)); }), 126U);
  EXPECT_EQ(error_of([] { EXPECT_FALSE(FreeLibrary(nullptr)); }), 6U);
}

TEST_F(Loader, a_found_function_works) {
  auto* get_id = function<DWORD()>("GetCurrentProcessId");
  ASSERT_NE(get_id, nullptr);
  EXPECT_EQ(get_id(), static_cast<DWORD>(getpid()));
}

TEST_F(Loader, a_found_wide_function_takes_the_programs_own_characters) {
  auto* get_module = function<HMODULE(LPCWSTR)>("GetModuleHandleW");
  ASSERT_NE(get_module, nullptr);
  EXPECT_EQ(get_module(L"kernel32"), kernel32_);
}

TEST_F(Loader, the_programs_handle_is_its_allocation_base) {
  MEMORY_BASIC_INFORMATION info{};
  ASSERT_EQ(VirtualQuery(reinterpret_cast<LPCVOID>(&module), &info, sizeof info), sizeof info);

  EXPECT_EQ(info.AllocationBase, GetModuleHandleA(nullptr));
  EXPECT_EQ(info.Type, static_cast<DWORD>(MEM_IMAGE));
}

} // namespace
