// NtCreateSection, NtMapViewOfSection, NtUnmapViewOfSection, NtQuerySection.
// Rules: S80 S81 S82 S83 C9 C16 C20 C21
#include "native_calls.h"
#include "section_test_support.h"

namespace apitest {
namespace {

constexpr unsigned kAccessDenied = 0xC0000022;
constexpr unsigned kTypeMismatch = 0xC0000024;
constexpr unsigned kSectionProtection = 0xC000004E;
constexpr unsigned kInvalidViewSize = 0xC000001F;
constexpr unsigned kMappedAlignment = 0xC0000220;
constexpr unsigned kNotMappedView = 0xC0000019;
constexpr unsigned kInvalidParameter6 = 0xC00000F4;
constexpr unsigned kInvalidParameter9 = 0xC00000F7;

constexpr ACCESS_MASK kAllAccess = 0xF001F;
constexpr ULONG kSecCommit = 0x8000000;

Section native_section(LONGLONG bytes, ACCESS_MASK access = kAllAccess, ULONG protection = PAGE_READWRITE,
                       ULONG attributes = kSecCommit) {
  HANDLE handle = nullptr;
  EXPECT_STATUS(kSuccess, nt::create_section(&handle, access, bytes, protection, attributes));
  return Section(handle);
}

TEST(NtCreateSection, S80_arguments_are_judged) {
  HANDLE handle = nullptr;

  EXPECT_STATUS(kInvalidParameter4, nt::create_section(&handle, kAllAccess, 0, PAGE_READWRITE, kSecCommit));
  EXPECT_STATUS(kInvalidParameter6, nt::create_section(&handle, kAllAccess, 0x1000, PAGE_READWRITE, 0));
  EXPECT_STATUS(kInvalidPageProtection,
                nt::create_section(&handle, kAllAccess, 0x1000, PAGE_READWRITE | PAGE_READONLY, kSecCommit));
  EXPECT_STATUS(kInvalidPageProtection, nt::create_section(&handle, kAllAccess, 0x1000, PAGE_NOACCESS, kSecCommit));

  EXPECT_EQ(handle, nullptr);
}

TEST(NtMapViewOfSection, S81_base_and_size_come_back) {
  Section section = native_section(0x23000);
  nt::MapArguments whole;
  nt::MapArguments part{.offset = 0x10000, .size = 0x1234};

  EXPECT_STATUS(kSuccess, nt::map_section(section, whole));
  EXPECT_STATUS(kSuccess, nt::map_section(section, part));
  View first(whole.base);
  View second(part.base);

  EXPECT_EQ(whole.size, 0x23000u);
  EXPECT_EQ(part.size, 0x2000u);
  EXPECT_PICTURE(first.base(), 0x24, "MC35rw F1");
  EXPECT_PICTURE(second.base(), 3, "MC2rw F1");
}

TEST(NtMapViewOfSection, S81_C21_a_failure_says_what_is_wrong_and_changes_no_argument) {
  Section section = native_section(0x20000);
  View taken = view_of(section, FILE_MAP_READ);
  struct {
    unsigned expected;
    nt::MapArguments arguments;
  } rows[] = {
      {kMappedAlignment, {.offset = 0x1000}},          {kMappedAlignment, {.base = taken.base() + 0x1000}},
      {kConflictingAddresses, {.base = taken.base()}}, {kInvalidViewSize, {.size = 0x20001}},
      {kInvalidHandle, {.process = nullptr}},          {kSectionProtection, {.protection = PAGE_EXECUTE_READWRITE}},
      {kInvalidPageProtection, {.protection = 0}},     {kInvalidParameter9, {.type = MEM_COMMIT}},
      {kInvalidParameter9, {.type = 0x40000000}},      {kInvalidParameter4, {.zero_bits = 24}},
  };
  for (const auto& row : rows) {
    nt::MapArguments arguments = row.arguments;

    EXPECT_STATUS(row.expected, nt::map_section(section, arguments));

    EXPECT_EQ(arguments.base, row.arguments.base);
    EXPECT_EQ(arguments.size, row.arguments.size);
  }
}

TEST(NtMapViewOfSection, S81_what_is_no_section) {
  nt::MapArguments arguments;

  EXPECT_STATUS(kTypeMismatch, nt::map_section(GetCurrentProcess(), arguments));
  EXPECT_STATUS(kInvalidHandle, nt::map_section(nullptr, arguments));
}

TEST(NtMapViewOfSection, S11_S31_C13_C20_handle_and_section_each_refuse_on_their_own) {
  Section reads = native_section(0x10000, 0x4);
  Section writes = native_section(0x10000, 0x2);
  Section readonly = native_section(0x10000, kAllAccess, PAGE_READONLY);
  nt::MapArguments to_read{.protection = PAGE_READONLY};
  nt::MapArguments to_write;

  EXPECT_STATUS(kAccessDenied, nt::map_section(reads, to_write));
  EXPECT_STATUS(kAccessDenied, nt::map_section(writes, to_read));
  EXPECT_STATUS(kSectionProtection, nt::map_section(readonly, to_write));
  EXPECT_STATUS(kSuccess, nt::map_section(reads, to_read));
  EXPECT_STATUS(kSuccess, nt::map_section(writes, to_write));
  View first(to_read.base);
  View second(to_write.base);
}

TEST(NtMapViewOfSection, C9_zero_bits_keep_a_view_low) {
  Section section = native_section(0x10000);
  nt::MapArguments arguments{.zero_bits = 1};

  EXPECT_STATUS(kSuccess, nt::map_section(section, arguments));
  View view(arguments.base);

  EXPECT_LT(number(view.base()), 0x80000000u);
}

TEST(NtProtectVirtualMemory, C12_more_than_the_view_was_made_with_gives_0_for_the_old_protection) {
  Section section = native_section(0x10000);
  View view = view_of(section, FILE_MAP_READ);
  Range range{view.base(), kPage};
  ULONG old = 77;

  EXPECT_STATUS(kSectionProtection, protect(range, PAGE_READWRITE, &old));

  EXPECT_EQ(old, 0u);
  EXPECT_PICTURE(view.base(), 16, "MC16ro");
}

TEST(NtUnmapViewOfSection, S82_any_inner_address) {
  Section section = native_section(0x20000);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_STATUS(kSuccess, nt::unmap_section(GetCurrentProcess(), view.base() + 0x12345));

  EXPECT_STATUS(kNotMappedView, nt::unmap_section(GetCurrentProcess(), view.base()));
  EXPECT_STATUS(kNotMappedView, nt::unmap_section(GetCurrentProcess(), nullptr));
  EXPECT_PICTURE(view.base(), 32, "F32");
  view.forget();
}

TEST(NtQuerySection, S83_C16_the_page_file_s_sections_have_whole_pages) {
  Section section = native_section(0x1234);
  nt::BasicInformation info = {};
  SIZE_T returned = 0;

  EXPECT_STATUS(kSuccess, nt::query_section(section, &info, sizeof info, &returned));

  EXPECT_EQ(returned, 24u);
  EXPECT_EQ(info.base, nullptr);
  EXPECT_EQ(info.attributes, kSecCommit);
  EXPECT_EQ(info.size.QuadPart, 0x2000);
}

TEST(NtQuerySection, S83_C16_arguments_are_judged) {
  Section section = native_section(0x1000);
  Section maps_only = native_section(0x1000, 0x4);
  nt::BasicInformation info[2] = {};

  EXPECT_STATUS(kInfoLengthMismatch, nt::query_section(section, info, sizeof info[0] - 1));
  EXPECT_STATUS(kSuccess, nt::query_section(section, info, sizeof info));
  EXPECT_STATUS(kAccessDenied, nt::query_section(maps_only, info, sizeof info[0]));
  EXPECT_STATUS(kInvalidInfoClass, nt::query_section(section, info, sizeof info, nullptr, 77));
  EXPECT_STATUS(kAccessViolation, nt::query_section(section, nullptr, sizeof info[0]));
}

} // namespace
} // namespace apitest
