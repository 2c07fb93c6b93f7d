// Views of files: what they show, what reaches the file, how long it stays open, what may be done to it meanwhile.
// Rules: S34 S37 S38 S39 S42 S44 S45 S54 S60 S62 S65 S66 C17 C22 C23
#include "section_test_support.h"
#include "temporary_file.h"

namespace apitest {
namespace {

Section section_on(HANDLE file, DWORD protect = PAGE_READWRITE, DWORD bytes = 0) {
  Section section(CreateFileMappingA(file, nullptr, protect, 0, bytes, nullptr));
  EXPECT_NE(static_cast<HANDLE>(section), nullptr) << GetLastError();
  return section;
}

using FileView = WithFile;

TEST_F(FileView, S38_all_its_pages_are_committed_and_mapped) {
  OpenFile file = made(0x23000);
  Section section = section_on(file);
  View view = view_of(section, FILE_MAP_WRITE);
  View rest = view_of(section, FILE_MAP_READ, 0x20000);

  EXPECT_PICTURE(view.base(), 0x30, "MC35rw F13");
  EXPECT_PICTURE(rest.base(), 0x10, "MC3ro F13");
  EXPECT_EQ(rest[0x2000], 'a');
}

TEST_F(FileView, S34_C17_a_view_ends_where_the_section_ends_to_the_byte) {
  OpenFile file = made(0x11234);
  Section section = section_on(file);

  View whole = view_of(section, FILE_MAP_READ, 0, 0x11234);
  View rest = view_of(section, FILE_MAP_READ, 0x10000, 0x1234);

  EXPECT_ERROR(5, MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0x11235));
  EXPECT_ERROR(5, MapViewOfFile(section, FILE_MAP_READ, 0, 0x10000, 0x1235));
  EXPECT_ERROR(5, MapViewOfFile(section, FILE_MAP_READ, 0, 0x10000, 0x20000));
}

TEST_F(FileView, S34_a_view_behind_the_end_is_refused) {
  OpenFile file = made(0x11234);

  EXPECT_ERROR(5, MapViewOfFile(section_on(file), FILE_MAP_READ, 0, 0x20000, 0));
}

TEST_F(FileView, S37_the_last_pages_rest_is_zero_and_never_reaches_the_file) {
  OpenFile file = made(10);
  Section section = section_on(file);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_READ);
  EXPECT_EQ(first[10], 0);
  EXPECT_EQ(first[0xFFF], 0);

  first[10] = 'x';
  EXPECT_EQ(second[10], 'x');
  EXPECT_OK(FlushViewOfFile(first.base(), 0));

  EXPECT_EQ(size_of(file), 10u);
}

TEST_F(FileView, S39_views_reads_and_writes_see_each_other) {
  OpenFile file = made(0x2000);
  OpenFile other = open();
  Section section = section_on(file);
  Section another = section_on(other, PAGE_READONLY);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(another, FILE_MAP_READ);

  first[0x1100] = '1';
  EXPECT_EQ(second[0x1100], '1');
  EXPECT_EQ(byte_at(other, 0x1100), '1');
  write_byte(other, 0x1101, '2');
  EXPECT_EQ(first[0x1101], '2');
  EXPECT_EQ(second[0x1101], '2');
}

TEST_F(FileView, S42_C23_closing_both_handles_leaves_the_view) {
  OpenFile file = made(0x2000);
  Section section = section_on(file);
  file.close();
  View view = view_of(section, FILE_MAP_WRITE);
  section.close();

  view[5] = 'X';

  EXPECT_PICTURE(view.base(), 2, "MC2rw");
  EXPECT_EQ(byte_at(open(), 5), 'X');
}

TEST_F(FileView, S42_C23_a_section_goes_on_without_the_files_handle_and_others_may_then_have_it_alone) {
  OpenFile file(try_open(kReadWrite, CREATE_ALWAYS, 0));
  Section section = section_on(file, PAGE_READWRITE, 0x1000);
  EXPECT_EQ(try_open(GENERIC_READ), INVALID_HANDLE_VALUE);
  file.close();

  OpenFile alone(try_open(kReadWrite, OPEN_EXISTING, 0));

  View view = view_of(section, FILE_MAP_WRITE);
  view[7] = '7';
  EXPECT_EQ(byte_at(alone, 7), '7');
}

TEST_F(FileView, S44_flush_takes_a_part_or_all_up_to_the_end) {
  OpenFile file = made(0x5000);
  Section section = section_on(file);
  View view = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  view[0x1001] = 'f';

  EXPECT_OK(FlushViewOfFile(view.base(), 0));
  EXPECT_OK(FlushViewOfFile(view.page(1), 1));
  EXPECT_OK(FlushViewOfFile(view.page(1) + 5, 0));
  EXPECT_OK(FlushViewOfFile(view.base(), 0x5000));
  EXPECT_OK(FlushViewOfFile(copy.base(), 0));
  EXPECT_OK(FlushFileBuffers(file));

  EXPECT_EQ(byte_at(file, 0x1001), 'f');
}

TEST_F(FileView, S44_flush_past_the_view_is_invalid) {
  OpenFile file = made(0x5000);
  View view = view_of(section_on(file), FILE_MAP_WRITE);

  EXPECT_ERROR(87, FlushViewOfFile(view.base(), 0x5001));
  EXPECT_ERROR(87, FlushViewOfFile(view.page(4), 0x1001));
}

TEST_F(FileView, S45_C22_a_file_is_not_cut_inside_a_view) {
  OpenFile file = made(0x5000);
  Section section = section_on(file);
  {
    View view = view_of(section, FILE_MAP_READ);
    section.close();

    EXPECT_ERROR(1224, cut(file, 0x1000));
    EXPECT_ERROR(1224, cut(file, 0));

    EXPECT_EQ(size_of(file), 0x5000u);
    EXPECT_EQ(view[0x4000], 'a');
  }
  EXPECT_OK(cut(file, 0x1000));
}

TEST_F(FileView, S45_a_file_that_is_mapped_may_grow) {
  OpenFile file = made(0x5000);
  View view = view_of(section_on(file), FILE_MAP_READ);

  EXPECT_OK(cut(file, 0x5001));
  EXPECT_OK(cut(file, 0x8000));

  EXPECT_EQ(size_of(file), 0x8000u);
}

TEST_F(FileView, S45_what_came_after_the_section_may_be_cut_off_again) {
  OpenFile file = made(0x5000);
  View view = view_of(section_on(file), FILE_MAP_READ);
  EXPECT_OK(cut(file, 0x8000));

  EXPECT_OK(cut(file, 0x6000));
  EXPECT_OK(cut(file, 0x5000));
  EXPECT_ERROR(1224, cut(file, 0x4FFF));

  EXPECT_EQ(size_of(file), 0x5000u);
}

TEST_F(FileView, S45_a_section_of_a_part_keeps_all_of_the_file) {
  OpenFile file = made(0x5000);
  View view = view_of(section_on(file, PAGE_READWRITE, 0x2000), FILE_MAP_READ);

  EXPECT_ERROR(1224, cut(file, 0x3000));
  EXPECT_ERROR(1224, cut(file, 0x2000));

  EXPECT_EQ(size_of(file), 0x5000u);
}

TEST_F(FileView, S45_a_file_with_a_view_is_not_emptied_by_opening_it) {
  OpenFile file = made(0x5000);
  View view = view_of(section_on(file), FILE_MAP_READ);

  SetLastError(kNobodysError);
  EXPECT_EQ(try_open(GENERIC_WRITE, CREATE_ALWAYS), INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 1224u);
  EXPECT_EQ(try_open(GENERIC_WRITE, TRUNCATE_EXISTING), INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 1224u);

  EXPECT_EQ(size_of(file), 0x5000u);
}

TEST_F(FileView, S45_a_file_with_a_view_is_not_deleted) {
  OpenFile file = made(0x5000);
  Section section = section_on(file);
  file.close();
  {
    View view = view_of(section, FILE_MAP_READ);
    section.close();

    EXPECT_ERROR(5, DeleteFileA(name()));
  }
  EXPECT_OK(DeleteFileA(name()));
}

TEST_F(FileView, S54_commit_in_a_files_view_is_refused_for_every_protection) {
  OpenFile file = made(0x3000);
  View view = view_of(section_on(file), FILE_MAP_WRITE);

  for (DWORD protect : {DWORD{PAGE_READWRITE}, DWORD{PAGE_READONLY}, DWORD{PAGE_NOACCESS}, DWORD{PAGE_EXECUTE_READ}}) {
    EXPECT_ERROR(5, VirtualAlloc(view.base(), 0x1000, MEM_COMMIT, protect));
  }

  EXPECT_PICTURE(view.base(), 3, "MC3rw");
}

TEST_F(FileView, S60_protection_changes_as_in_any_view) {
  OpenFile file = made(0x3000);
  View view = view_of(section_on(file), FILE_MAP_READ);
  DWORD old = 0;

  EXPECT_EQ(protect(view.page(1), 1, PAGE_NOACCESS), DWORD{PAGE_READONLY});
  EXPECT_PICTURE(view.base(), 3, "MC1ro MC1na MC1ro");
  EXPECT_ERROR(87, VirtualProtect(view.base(), 0x1000, PAGE_READWRITE, &old));
}

TEST_F(FileView, S62_a_page_that_was_copied_is_reported_so) {
  OpenFile file = made(0x3000);
  View copy = view_of(section_on(file, PAGE_READONLY), FILE_MAP_COPY);

  copy[0x1000] = 'X';

  EXPECT_PICTURE(copy.base(), 3, "MC1wc MC1rw MC1wc");
}

TEST_F(FileView, S65_what_a_copying_view_writes_never_reaches_the_file) {
  OpenFile file = made(0x3000);
  file.close();
  OpenFile reads = open(GENERIC_READ);
  Section section = section_on(reads, PAGE_READONLY);
  {
    View copy = view_of(section, FILE_MAP_COPY);
    EXPECT_PICTURE(copy.base(), 3, "MC3wc");
    copy[0x1000] = 'X';
    EXPECT_EQ(copy[0x1000], 'X');
    EXPECT_EQ(copy[0x1001], 'b');
    EXPECT_EQ(byte_at(reads, 0x1000), 'a');
  }
  View again = view_of(section, FILE_MAP_COPY);
  EXPECT_EQ(again[0x1000], 'a');
}

TEST_F(FileView, S62_S66_pages_not_written_follow_the_file) {
  OpenFile file = made(0x3000);
  Section section = section_on(file);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'X';

  write_byte(file, 1, '1');
  write_byte(file, 0x1001, '2');

  EXPECT_EQ(copy[1], 'b');
  EXPECT_EQ(copy[0x1001], '2');
}

} // namespace
} // namespace apitest
