// winmem_find serves what a loader binds: a DLL that mingw-w64 built calls winmem as it would call Windows.
#include "image.h"

#include <winmem.h>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <windows.h>

namespace {

#define MICROSOFT __attribute__((ms_abi))

class Loader : public testing::Test {
protected:
  static loader::Image& dll() {
    static loader::Image image(WINMEM_TEST_DLL);
    return image;
  }
  static int run(const char* group) { return reinterpret_cast<int(MICROSOFT*)()>(dll().find(group))(); }
};

TEST_F(Loader, binds_every_import_of_a_dll_from_mingw) { EXPECT_GT(dll().imports.size(), 30U); }

// Each answers the line of calls.c at which something was wrong.
TEST_F(Loader, virtual_memory_from_code_of_windows) { EXPECT_EQ(run("virtual_memory"), 0); }
TEST_F(Loader, heaps_from_code_of_windows) { EXPECT_EQ(run("heaps"), 0); }
TEST_F(Loader, sections_by_wide_names_from_code_of_windows) { EXPECT_EQ(run("sections"), 0); }
TEST_F(Loader, handlers_are_called_as_code_of_windows_expects_and_given_back) { EXPECT_EQ(run("handlers"), 0); }
TEST_F(Loader, functions_found_by_name_have_the_callers_convention) { EXPECT_EQ(run("by_name"), 0); }
TEST_F(Loader, registers_that_microsofts_compilers_keep_are_kept) { EXPECT_EQ(run("registers"), 0); }

TEST_F(Loader, files_and_structures_by_value_from_code_of_windows) {
  std::string path = std::filesystem::temp_directory_path() / ("winmem-loader-" + std::to_string(getpid()));
  EXPECT_EQ(reinterpret_cast<int(MICROSOFT*)(const char*)>(dll().find("files"))(path.c_str()), 0);
}

TEST(WinmemFind, knows_dlls_by_any_of_their_names) {
  winmem_function function = winmem_find("kernel32.dll", "VirtualAlloc");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(winmem_find("KERNEL32", "VirtualAlloc"), function);
  EXPECT_EQ(winmem_find("KernelBase.dll", "VirtualAlloc"), function);
  EXPECT_EQ(winmem_find("api-ms-win-core-memory-l1-1-0.dll", "VirtualAlloc"), function);
}

TEST(WinmemFind, tells_what_it_has_not) {
  auto error_of = [](const char* dll, const char* function) {
    SetLastError(0);
    EXPECT_EQ(winmem_find(dll, function), nullptr);
    return GetLastError();
  };
  EXPECT_EQ(error_of("user32.dll", "VirtualAlloc"), DWORD{ERROR_MOD_NOT_FOUND});
  EXPECT_EQ(error_of("ntdll.dll", "VirtualAlloc"), DWORD{ERROR_PROC_NOT_FOUND});
  EXPECT_EQ(error_of("kernel32.dll", "virtualalloc"), DWORD{ERROR_PROC_NOT_FOUND});
  EXPECT_EQ(error_of("kernel32.dll", ""), DWORD{ERROR_PROC_NOT_FOUND});
  EXPECT_EQ(error_of(nullptr, "VirtualAlloc"), DWORD{ERROR_INVALID_PARAMETER});
  EXPECT_EQ(error_of("kernel32.dll", nullptr), DWORD{ERROR_INVALID_PARAMETER});
}

// As many filters as programs never have: each is given back as itself, so none was mistaken for another.
TEST(WinmemFind, any_number_of_callbacks_have_stubs) {
  using Filter = LONG(MICROSOFT*)(EXCEPTION_POINTERS*);
  auto set = reinterpret_cast<Filter(MICROSOFT*)(Filter)>(winmem_find("kernel32", "SetUnhandledExceptionFilter"));
  ASSERT_NE(set, nullptr);
  auto filter = [](std::uintptr_t number) { return reinterpret_cast<Filter>(0x10000 + number * 16); };
  Filter before = set(filter(0));
  for (std::uintptr_t i = 1; i < 3000; ++i)
    ASSERT_EQ(set(filter(i)), filter(i - 1));
  EXPECT_EQ(set(before), filter(2999));
}

} // namespace
