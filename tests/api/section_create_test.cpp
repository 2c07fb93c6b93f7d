// CreateFileMapping of the page file: what is legal, and what comes of it.
// Rules: S1 S2 S3 S4 S10 S11 C15 C23 C29
#include "section_test_support.h"

namespace apitest {
namespace {

HANDLE create(DWORD protect, std::size_t bytes = kGranule, HANDLE file = INVALID_HANDLE_VALUE) {
  return CreateFileMappingA(file, nullptr, protect, static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes),
                            nullptr);
}

TEST(FileMapping, S1_each_protection_of_a_section_is_accepted) {
  for (DWORD protect : {DWORD{PAGE_READONLY}, DWORD{PAGE_READWRITE}, DWORD{PAGE_WRITECOPY}, DWORD{PAGE_EXECUTE_READ},
                        DWORD{PAGE_EXECUTE_READWRITE}, DWORD{PAGE_EXECUTE_WRITECOPY}}) {
    Section section(create(protect));

    EXPECT_NE(static_cast<HANDLE>(section), nullptr) << protect;
  }
}

TEST(FileMapping, S1_C15_no_other_protection_is) {
  EXPECT_ERROR(87, create(0));
  EXPECT_ERROR(87, create(PAGE_NOACCESS));
  EXPECT_ERROR(87, create(PAGE_EXECUTE));
  EXPECT_ERROR(87, create(PAGE_READONLY | PAGE_READWRITE));
  EXPECT_ERROR(87, create(PAGE_READWRITE | PAGE_WRITECOPY));
}

TEST(FileMapping, S2_C15_attributes_contradict_or_lack_each_other) {
  EXPECT_ERROR(87, create(PAGE_READWRITE | SEC_COMMIT | SEC_RESERVE));
  EXPECT_ERROR(87, create(PAGE_READWRITE | SEC_NOCACHE));
  EXPECT_ERROR(87, create(PAGE_READWRITE | 0x40000000)); // SEC_WRITECOMBINE
  EXPECT_ERROR(87, create(PAGE_READWRITE | SEC_LARGE_PAGES));
  EXPECT_ERROR(87, create(PAGE_READWRITE | SEC_RESERVE | SEC_LARGE_PAGES));
  EXPECT_ERROR(87, create(PAGE_READWRITE | 0x800000)); // SEC_FILE
}

TEST(FileMapping, S2_large_pages_need_a_privilege) {
  EXPECT_ERROR(1314, create(PAGE_READWRITE | SEC_COMMIT | SEC_LARGE_PAGES, 0x200000));
}

TEST(FileMapping, S2_C15_an_image_needs_a_file) { EXPECT_ERROR(193, create(PAGE_READONLY | SEC_IMAGE)); }

TEST(FileMapping, S3_a_size_of_0_is_invalid) { EXPECT_ERROR(87, create(PAGE_READWRITE, 0)); }

TEST(FileMapping, S3_the_size_is_rounded_up_to_a_page) {
  Section section = section_of(0x3452);

  View view = view_of(section, FILE_MAP_WRITE, 0, 0x4000);

  EXPECT_PICTURE(view.base(), 5, "MC4rw F1");
  EXPECT_ERROR(5, MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0x4001));
}

TEST(FileMapping, S4_a_bad_file_handle_is_invalid) {
  EXPECT_ERROR(6, create(PAGE_READWRITE, kGranule, reinterpret_cast<HANDLE>(0x12344)));
}

TEST(FileMapping, S10_success_sets_the_last_error_to_0) {
  SetLastError(kNobodysError);

  Section section(create(PAGE_READWRITE));

  EXPECT_EQ(GetLastError(), 0u);
}

TEST(FileMapping, S11_the_handle_allows_what_the_protection_gives) {
  Section readable = section_of(kGranule, PAGE_READONLY);
  Section writable = section_of(kGranule, PAGE_READWRITE);

  EXPECT_ERROR(5, MapViewOfFile(readable, FILE_MAP_WRITE, 0, 0, 0));
  EXPECT_ERROR(5, MapViewOfFile(readable, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0));
  EXPECT_ERROR(5, MapViewOfFile(writable, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, 0));
  View read = view_of(readable, FILE_MAP_READ);
  View copy = view_of(readable, FILE_MAP_COPY);
  View write = view_of(writable, FILE_MAP_WRITE);
}

TEST(FileMapping, S10_C23_the_wide_form_makes_the_same) {
  Section section(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x20000, nullptr));

  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_PICTURE(view.base(), 32, "MC32rw");
}

TEST(FileMapping, S20_an_empty_name_is_none) {
  Section first(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, ""));
  EXPECT_EQ(GetLastError(), 0u);
  Section second(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, L""));
  EXPECT_EQ(GetLastError(), 0u);
}

} // namespace
} // namespace apitest
