// CreateFileMapping of a file: what its handle must allow, and how large the section is.
// Rules: S1 S2 S4 S5 S6 S7 S8 S9 S11 S80 S83 C15 C16 C17
#include "native_calls.h"
#include "section_test_support.h"
#include "temporary_file.h"

namespace apitest {
namespace {

HANDLE create(HANDLE file, DWORD protect, std::size_t bytes = 0) {
  return CreateFileMappingA(file, nullptr, protect, static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes),
                            nullptr);
}

Section section_on(HANDLE file, DWORD protect = PAGE_READWRITE, std::size_t bytes = 0) {
  Section section(create(file, protect, bytes));
  EXPECT_NE(static_cast<HANDLE>(section), nullptr) << GetLastError();
  return section;
}

using FileSection = WithFile;

TEST_F(FileSection, S6_size_0_is_the_size_of_the_file) {
  OpenFile file = made(0x5123);
  Section section = section_on(file);
  EXPECT_EQ(GetLastError(), 0u);

  View view = view_of(section, FILE_MAP_READ);

  EXPECT_PICTURE(view.base(), 7, "MC6ro F1");
  EXPECT_EQ(view[0], 'a');
  EXPECT_EQ(view[0x5000], 'a');
  EXPECT_EQ(size_of(file), 0x5123u);
}

TEST_F(FileSection, S6_C17_an_empty_file_has_nothing_to_map) {
  OpenFile file = open(kReadWrite, CREATE_ALWAYS);

  EXPECT_ERROR(1006, create(file, PAGE_READWRITE));
  EXPECT_ERROR(1006, create(file, PAGE_READONLY));

  EXPECT_EQ(size_of(file), 0u);
}

TEST_F(FileSection, S7_a_writable_section_that_is_larger_extends_the_file_to_the_byte) {
  OpenFile file = made(10);

  Section section = section_on(file, PAGE_READWRITE, 0x12345);

  EXPECT_EQ(size_of(file), 0x12345u);
  EXPECT_EQ(byte_at(file, 9), 'j');
  EXPECT_EQ(byte_at(file, 10), 0);
  EXPECT_EQ(byte_at(file, 0x12344), 0);
  View view = view_of(section, FILE_MAP_WRITE);
  EXPECT_PICTURE(view.base(), 0x13, "MC19rw");
  view[0x12344] = 'z';
  EXPECT_EQ(byte_at(file, 0x12344), 'z');
}

TEST_F(FileSection, S7_an_empty_file_is_extended_too) {
  OpenFile file = open(kReadWrite, CREATE_ALWAYS);

  Section section = section_on(file, PAGE_READWRITE, 0x1000);

  EXPECT_EQ(size_of(file), 0x1000u);
}

TEST_F(FileSection, S7_C17_a_section_without_writing_is_not_larger_than_its_file) {
  OpenFile file = made(0x1000);

  EXPECT_ERROR(8, create(file, PAGE_READONLY, 0x1001));
  EXPECT_ERROR(8, create(file, PAGE_WRITECOPY, 0x1001));

  EXPECT_EQ(size_of(file), 0x1000u);
}

TEST_F(FileSection, S8_a_smaller_section_has_its_exact_size_and_leaves_the_file) {
  OpenFile file = made(0x5000);

  Section section = section_on(file, PAGE_READWRITE, 0x1234);

  EXPECT_EQ(size_of(file), 0x5000u);
  View view = view_of(section, FILE_MAP_READ);
  EXPECT_PICTURE(view.base(), 3, "MC2ro F1");
  EXPECT_ERROR(5, MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0x1235));
}

TEST_F(FileSection, S4_what_is_no_file_is_an_invalid_handle) {
  Section section = section_of(0x1000);

  EXPECT_ERROR(6, create(section, PAGE_READWRITE));
  EXPECT_ERROR(6, create(section, PAGE_READWRITE, 0x10000));
  EXPECT_ERROR(6, create(GetCurrentThread(), PAGE_READWRITE, 0x10000));
}

struct Needed {
  DWORD protect;
  DWORD access;
};

void check_access(const Needed& row, HANDLE file, DWORD access) {
  if ((access & row.access) == row.access) {
    Section section = section_on(file, row.protect);
  } else {
    EXPECT_ERROR(5, create(file, row.protect)) << row.protect << " " << access;
  }
}

TEST_F(FileSection, S5_the_files_handle_must_allow_to_read_and_to_write) {
  made(0x1000);
  for (const Needed& row : {Needed{PAGE_READONLY, GENERIC_READ}, Needed{PAGE_WRITECOPY, GENERIC_READ},
                            Needed{PAGE_READWRITE, kReadWrite}}) {
    for (DWORD access : {DWORD{GENERIC_READ}, DWORD{GENERIC_WRITE}, kReadWrite}) {
      check_access(row, open(access), access);
    }
  }
}

TEST_F(FileSection, S5_the_files_handle_must_allow_to_execute) {
  made(0x1000);
  constexpr DWORD kExecutes = GENERIC_READ | GENERIC_EXECUTE;
  constexpr DWORD kAll = kReadWrite | GENERIC_EXECUTE;
  for (const Needed& row : {Needed{PAGE_EXECUTE_READ, kExecutes}, Needed{PAGE_EXECUTE_WRITECOPY, kExecutes},
                            Needed{PAGE_EXECUTE_READWRITE, kAll}}) {
    for (DWORD access : {DWORD{GENERIC_READ}, kReadWrite, kExecutes, kAll}) {
      check_access(row, open(access), access);
    }
  }
}

TEST_F(FileSection, S5_a_directory_is_not_mapped) {
  OpenFile folder(
      CreateFileA(".", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));

  EXPECT_ERROR(193, create(folder, PAGE_READONLY));
  EXPECT_ERROR(193, create(folder, PAGE_READONLY, 0x1000));
}

TEST_F(FileSection, S1_C15_protections_are_judged_before_the_file) {
  OpenFile file = made(0x1000);

  for (DWORD protect : {DWORD{0}, DWORD{PAGE_NOACCESS}, DWORD{PAGE_EXECUTE}, DWORD{PAGE_READONLY | PAGE_READWRITE}}) {
    EXPECT_ERROR(87, create(file, protect));
  }
}

TEST_F(FileSection, S2_large_pages_are_not_of_a_file) {
  OpenFile file = made(0x1000);

  EXPECT_ERROR(87, create(file, PAGE_READWRITE | SEC_COMMIT | SEC_LARGE_PAGES));
}

TEST_F(FileSection, S2_C15_an_image_must_be_one) {
  OpenFile file = made(0x1000);

  EXPECT_ERROR(193, create(file, PAGE_READONLY | SEC_IMAGE));
  EXPECT_ERROR(87, create(file, PAGE_READONLY | SEC_IMAGE | SEC_COMMIT));
}

TEST_F(FileSection, S9_reserve_and_commit_make_no_difference) {
  OpenFile file = made(0x3000);

  for (DWORD attribute : {DWORD{SEC_RESERVE}, DWORD{SEC_COMMIT}}) {
    Section section = section_on(file, PAGE_READWRITE | attribute);
    View view = view_of(section, FILE_MAP_WRITE);
    EXPECT_PICTURE(view.base(), 4, "MC3rw F1");
  }
}

TEST_F(FileSection, S11_the_handle_allows_what_the_protection_gives) {
  OpenFile file = made(0x1000);
  Section reads = section_on(file, PAGE_READONLY);
  Section copies = section_on(file, PAGE_WRITECOPY);

  EXPECT_ERROR(5, MapViewOfFile(reads, FILE_MAP_WRITE, 0, 0, 0));
  EXPECT_ERROR(5, MapViewOfFile(copies, FILE_MAP_WRITE, 0, 0, 0));
  View first = view_of(reads, FILE_MAP_COPY);
  View second = view_of(copies, FILE_MAP_READ);
}

TEST_F(FileSection, S83_C16_a_query_tells_the_exact_size_and_that_it_is_of_a_file) {
  OpenFile file = made(0x1234);
  Section section = section_on(file, PAGE_READWRITE | SEC_RESERVE);
  nt::BasicInformation info = {};

  EXPECT_STATUS(kSuccess, nt::query_section(section, &info, sizeof info));

  EXPECT_EQ(info.attributes, 0x800000u);
  EXPECT_EQ(info.size.QuadPart, 0x1234);
}

TEST_F(FileSection, S80_attributes_and_protection_are_judged_before_the_file) {
  OpenFile file = made(0x1000);
  HANDLE out = nullptr;

  EXPECT_STATUS(0xC00000F4, nt::create_section_on(file, &out, 0xF001F, 0, PAGE_READONLY, 0));
  EXPECT_STATUS(0xC0000045, nt::create_section_on(file, &out, 0xF001F, 0, PAGE_NOACCESS, 0x8000000));

  EXPECT_EQ(out, nullptr);
}

TEST_F(FileSection, S80_C17_the_native_call_says_what_is_wrong) {
  OpenFile file = made(0x1000);
  OpenFile reads = open(GENERIC_READ);
  HANDLE out = nullptr;
  constexpr ACCESS_MASK kAccess = 0xF001F;
  constexpr ULONG kCommit = 0x8000000;

  EXPECT_STATUS(0xC0000040, nt::create_section_on(reads, &out, kAccess, 0x1001, PAGE_READONLY, kCommit));
  EXPECT_STATUS(0xC0000022, nt::create_section_on(reads, &out, kAccess, 0, PAGE_READWRITE, kCommit));
  EXPECT_TRUE(cut(file, 0));
  EXPECT_STATUS(0xC000011E, nt::create_section_on(file, &out, kAccess, 0, PAGE_READWRITE, kCommit));

  EXPECT_EQ(out, nullptr);
}

} // namespace
} // namespace apitest
