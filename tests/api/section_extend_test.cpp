// NtExtendSection: sections of files that get longer.
// Rules: S84
#include "native_calls.h"
#include "section_test_support.h"
#include "temporary_file.h"

namespace apitest {
namespace {

constexpr unsigned kNotExtended = 0xC0000087;

using ExtendSection = NTSTATUS(NTAPI*)(HANDLE, LARGE_INTEGER*);

NTSTATUS extend(HANDLE section, LONGLONG& size) {
  static const auto call = lookup<ExtendSection>("ntdll", "NtExtendSection");
  LARGE_INTEGER wanted;
  wanted.QuadPart = size;
  NTSTATUS status = call != nullptr ? call(section, &wanted) : -1;
  size = wanted.QuadPart;
  return status;
}

// A handle with all rights, as CreateFileMapping gives none to extend.
Section section_on(HANDLE file, ULONG protection = PAGE_READWRITE, ACCESS_MASK access = 0xF001F) {
  HANDLE handle = nullptr;
  EXPECT_STATUS(kSuccess, nt::create_section_on(file, &handle, access, 0, protection, SEC_COMMIT));
  return Section(handle);
}

using NtExtendSectionTest = WithFile;

TEST_F(NtExtendSectionTest, S84_section_and_file_get_longer) {
  OpenFile file = made(0x1234);
  Section section = section_on(file);
  View old = view_of(section, FILE_MAP_WRITE);
  LONGLONG size = 0x23456;

  ASSERT_EQ(extend(section, size), 0);

  EXPECT_EQ(size, 0x23456);
  EXPECT_EQ(size_of(file), 0x23456u);
  EXPECT_PICTURE(old.base(), 3, "MC2rw F1");
  View view = view_of(section, FILE_MAP_WRITE);
  EXPECT_PICTURE(view.base(), 0x24, "MC36rw");
  view[0x23455] = 'z';
  EXPECT_EQ(byte_at(file, 0x23455), 'z');
  nt::BasicInformation info = {};
  EXPECT_STATUS(kSuccess, nt::query_section(section, &info, sizeof info));
  EXPECT_EQ(info.size.QuadPart, 0x23456);
}

TEST_F(NtExtendSectionTest, S84_a_smaller_size_changes_nothing_and_the_true_one_comes_back) {
  OpenFile file = made(0x5000);
  Section section = section_on(file);
  LONGLONG size = 0x1000;

  EXPECT_STATUS(kSuccess, extend(section, size));

  EXPECT_EQ(size, 0x5000);
  EXPECT_EQ(size_of(file), 0x5000u);
}

TEST_F(NtExtendSectionTest, S84_what_is_not_written_to_a_file_is_not_extended) {
  OpenFile file = made(0x1000);
  Section reads = section_on(file, PAGE_READONLY);
  HANDLE handle = nullptr;
  EXPECT_STATUS(kSuccess, nt::create_section(&handle, 0xF001F, 0x1000, PAGE_READWRITE, SEC_COMMIT));
  Section anonymous(handle);
  LONGLONG size = 0x2000;

  EXPECT_STATUS(kNotExtended, extend(reads, size));
  EXPECT_STATUS(kNotExtended, extend(anonymous, size));

  EXPECT_EQ(size, 0x2000);
  EXPECT_EQ(size_of(file), 0x1000u);
}

TEST_F(NtExtendSectionTest, S84_the_handle_must_allow_it) {
  OpenFile file = made(0x1000);
  Section maps = section_on(file, PAGE_READWRITE, 0xF);
  LONGLONG size = 0x2000;

  EXPECT_STATUS(0xC0000022, extend(maps, size));
  EXPECT_STATUS(0xC0000024, extend(file, size));
  EXPECT_STATUS(0xC0000008, extend(nullptr, size));

  EXPECT_EQ(size_of(file), 0x1000u);
}

} // namespace
} // namespace apitest
