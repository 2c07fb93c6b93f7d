// The end of views and sections; flushing.
// Rules: S40 S41 S42 S43 S44 S46 C7 C22 C23
#include "section_test_support.h"

namespace apitest {
namespace {

TEST(UnmapViewOfFile, S40_C22_any_address_inside_unmaps_the_whole_view) {
  Section section = section_of(2 * kGranule);
  for (std::size_t inside : {std::size_t{0}, std::size_t{1}, kPage, kGranule + 0x1234, 2 * kGranule - 1}) {
    View view = view_of(section, FILE_MAP_WRITE);

    EXPECT_OK(UnmapViewOfFile(view.base() + inside));

    EXPECT_PICTURE(view.base(), 32, "F32");
    view.forget();
  }
}

TEST(UnmapViewOfFile, S41_what_is_no_view_is_an_invalid_address) {
  Section section = section_of(4 * kGranule);
  View view = view_of(section, FILE_MAP_WRITE, 0, 0x3000);
  Region region = committed(16);
  int local = 0;

  EXPECT_ERROR(487, UnmapViewOfFile(nullptr));
  EXPECT_ERROR(487, UnmapViewOfFile(region.base()));
  EXPECT_ERROR(487, UnmapViewOfFile(&local));
  EXPECT_ERROR(487, UnmapViewOfFile(free_range(kGranule)));
  EXPECT_ERROR(487, UnmapViewOfFile(view.page(3)));

  EXPECT_PICTURE(view.base(), 16, "MC3rw F13");
  EXPECT_MAP(region, "C16rw");
}

TEST(UnmapViewOfFile, S41_a_second_time_is_an_invalid_address) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_OK(UnmapViewOfFile(view.base()));
  EXPECT_ERROR(487, UnmapViewOfFile(view.base()));
  view.forget();
}

TEST(UnmapViewOfFile, S42_C23_views_outlive_the_handle) {
  Section section = section_of(kGranule);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_READ);
  section.close();

  first[7] = 'x';

  EXPECT_EQ(second[7], 'x');
  EXPECT_PICTURE(first.base(), 16, "MC16rw");
}

TEST(UnmapViewOfFile, S42_contents_stay_while_there_is_a_handle) {
  Section section = section_of(kGranule);
  view_of(section, FILE_MAP_WRITE)[3] = 'y';

  EXPECT_EQ(view_of(section, FILE_MAP_READ)[3], 'y');
}

TEST(UnmapViewOfFileEx, S43_flags) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_ERROR(87, app::unmap2(GetCurrentProcess(), view.base(), 4));
  EXPECT_ERROR(6, app::unmap2(nullptr, view.base(), 0));
  EXPECT_PICTURE(view.base(), 16, "MC16rw");
  EXPECT_OK(app::unmap2(GetCurrentProcess(), view.base(), 1));
  EXPECT_PICTURE(view.base(), 16, "F16");
  view.forget();
}

TEST(UnmapViewOfFileEx, S72_C27_only_what_replaced_a_placeholder_becomes_one_again) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_ERROR(487, app::unmap2(GetCurrentProcess(), view.base(), 2));

  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(FlushViewOfFile, S44_views_of_the_page_file_have_nothing_to_flush) {
  Section section = section_of(2 * kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_OK(FlushViewOfFile(view.base(), 0));
  EXPECT_OK(FlushViewOfFile(view.page(3), kPage));
  EXPECT_OK(FlushViewOfFile(view.page(3) + 5, 7));
}

TEST(FlushViewOfFile, S44_a_size_past_the_view_is_invalid) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_ERROR(87, FlushViewOfFile(view.base(), kGranule + 1));
}

TEST(FlushViewOfFile, S44_outside_of_views_the_address_is_invalid) {
  Region region = committed(16);

  EXPECT_ERROR(487, FlushViewOfFile(region.base(), 0));
  EXPECT_ERROR(487, FlushViewOfFile(free_range(kGranule), 0));
}

TEST(VirtualFree, S46_C7_a_view_is_not_freed) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_ERROR(87, VirtualFree(view.base(), 0, MEM_RELEASE));
  EXPECT_ERROR(87, VirtualFree(view.base(), 0, MEM_DECOMMIT));
  EXPECT_ERROR(87, VirtualFree(view.page(2), kPage, MEM_DECOMMIT));
  EXPECT_ERROR(487, VirtualAlloc(view.base(), kPage, MEM_RESERVE, PAGE_READWRITE));

  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

} // namespace
} // namespace apitest
