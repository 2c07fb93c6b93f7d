// Sections whose pages are committed one by one, through any view, for all views (SEC_RESERVE).
// Rules: S50 S51 S52 S53 S55 S60 S61 S62 S65 S83 C12 C18
#include "section_test_support.h"

namespace apitest {
namespace {

constexpr ULONG kSecReserve = 0x4000000;

Section reserved_section(std::size_t bytes, DWORD protect = PAGE_READWRITE) {
  return section_of(bytes, protect | kSecReserve);
}

bool commit(void* start, std::size_t pages, DWORD protection = PAGE_READWRITE) {
  return VirtualAlloc(start, pages * kPage, MEM_COMMIT, protection) == start;
}

TEST(ReservingSection, S50_a_view_is_reserved) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  MEMORY_BASIC_INFORMATION info = ask(view.page(3));

  EXPECT_PICTURE(view.base(), 17, "MR16 F1");
  EXPECT_EQ(info.AllocationBase, view.base());
  EXPECT_EQ(info.AllocationProtect, DWORD{PAGE_READWRITE});
  EXPECT_EQ(info.Protect, 0u);
  EXPECT_EQ(info.State, DWORD{MEM_RESERVE});
}

TEST(ReservingSection, S50_pages_that_are_not_committed_cannot_be_protected) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  ASSERT_TRUE(commit(view.page(2), 1));
  DWORD old = 0;

  EXPECT_ERROR(487, VirtualProtect(view.base(), kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(487, VirtualProtect(view.page(2), 2 * kPage, PAGE_READONLY, &old));

  EXPECT_PICTURE(view.base(), 16, "MR2 MC1rw MR13");
}

TEST(ReservingSection, S51_a_commit_takes_every_page_that_it_touches) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_EQ(VirtualAlloc(view.page(3) + 100, kPage, MEM_COMMIT, PAGE_READWRITE), view.page(3));

  EXPECT_PICTURE(view.base(), 16, "MR3 MC2rw MR11");
  EXPECT_TRUE(pages_hold(view.page(3), 2, 0));
  view[3 * kPage] = 1;
  view[5 * kPage - 1] = 2;
}

TEST(ReservingSection, S51_a_commit_ends_inside_the_view) {
  Section section = reserved_section(2 * kGranule);
  View view = view_of(section, FILE_MAP_WRITE, 0, 3 * kPage);

  EXPECT_ERROR(487, VirtualAlloc(view.page(2), 2 * kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(view.page(2), kPage, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE));

  EXPECT_PICTURE(view.base(), 3, "MR3");
}

TEST(ReservingSection, S51_C12_a_commit_may_allow_more_than_the_view_and_a_protection_may_not) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_READ);
  DWORD old = 0;

  ASSERT_OK(commit(view.page(1), 1, PAGE_READWRITE));
  EXPECT_PICTURE(view.base(), 3, "MR1 MC1rw MR1");
  view[kPage] = 7;

  EXPECT_ERROR(87, VirtualProtect(view.page(1), kPage, PAGE_READWRITE, &old));
  EXPECT_OK(VirtualProtect(view.page(1), kPage, PAGE_READONLY, &old));
  EXPECT_EQ(old, DWORD{PAGE_READWRITE});
  EXPECT_PICTURE(view.base(), 3, "MR1 MC1ro MR1");
  EXPECT_EQ(view[kPage], 7);
}

TEST(ReservingSection, S52_C18_all_views_see_a_commit_with_their_own_protection) {
  Section section = reserved_section(2 * kGranule);
  View write = view_of(section, FILE_MAP_WRITE);
  View read = view_of(section, FILE_MAP_READ);
  View upper = view_of(section, FILE_MAP_WRITE, kGranule);

  ASSERT_TRUE(commit(write.page(15), 3));
  write[15 * kPage] = 'a';
  write[16 * kPage] = 'b';
  View later = view_of(section, FILE_MAP_READ);

  EXPECT_PICTURE(write.base(), 32, "MR15 MC3rw MR14");
  EXPECT_PICTURE(read.base(), 32, "MR15 MC3ro MR14");
  EXPECT_PICTURE(upper.base(), 16, "MC2rw MR14");
  EXPECT_PICTURE(later.base(), 32, "MR15 MC3ro MR14");
  EXPECT_EQ(read[15 * kPage], 'a');
  EXPECT_EQ(upper[0], 'b');
  EXPECT_EQ(later[16 * kPage], 'b');
}

TEST(ReservingSection, S52_S61_a_protection_stays_in_its_view) {
  Section section = reserved_section(kGranule);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_WRITE);

  ASSERT_TRUE(commit(first.base(), 2, PAGE_READONLY));
  ASSERT_TRUE(commit(second.page(2), 1));

  EXPECT_PICTURE(first.base(), 16, "MC2ro MC1rw MR13");
  EXPECT_PICTURE(second.base(), 16, "MC3rw MR13");
}

TEST(ReservingSection, S52_a_commit_of_pages_that_another_view_committed_keeps_them) {
  Section section = reserved_section(kGranule);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_WRITE);
  ASSERT_TRUE(commit(first.page(1), 1));
  first[kPage] = 'k';

  EXPECT_OK(commit(second.base(), 3, PAGE_READONLY));

  EXPECT_PICTURE(first.base(), 16, "MC3rw MR13");
  EXPECT_PICTURE(second.base(), 16, "MC3ro MR13");
  EXPECT_EQ(second[kPage], 'k');
}

TEST(ReservingSection, S53_C18_committed_pages_stay_so_as_long_as_the_section) {
  Section section = reserved_section(kGranule);
  {
    View view = view_of(section, FILE_MAP_WRITE);
    ASSERT_TRUE(commit(view.page(4), 1));
    view[4 * kPage] = 's';

    EXPECT_ERROR(87, VirtualFree(view.page(4), kPage, MEM_DECOMMIT));
    EXPECT_ERROR(87, VirtualFree(view.base(), 0, MEM_RELEASE));
    EXPECT_PICTURE(view.base(), 16, "MR4 MC1rw MR11");
  }

  View again = view_of(section, FILE_MAP_WRITE);
  EXPECT_PICTURE(again.base(), 16, "MR4 MC1rw MR11");
  EXPECT_EQ(again[4 * kPage], 's');
}

TEST(ReservingSection, S42_views_keep_what_is_committed_when_the_handle_goes) {
  Section section = reserved_section(kGranule);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_READ);
  section.close();

  ASSERT_TRUE(commit(first.base(), 1));
  first[9] = 'v';

  EXPECT_EQ(second[9], 'v');
  EXPECT_PICTURE(second.base(), 16, "MC1ro MR15");
}

TEST(ReservingSection, S55_a_reset_changes_no_state) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  ASSERT_TRUE(commit(view.base(), 2));

  EXPECT_EQ(VirtualAlloc(view.base(), 2 * kPage, MEM_RESET, PAGE_READWRITE), view.base());

  EXPECT_PICTURE(view.base(), 16, "MC2rw MR14");
}

TEST(ReservingSection, S60_committed_pages_are_protected_as_in_other_views) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  ASSERT_TRUE(commit(view.base(), 8));
  DWORD old = 0;

  EXPECT_EQ(protect(view.page(1), 2, PAGE_READONLY), DWORD{PAGE_READWRITE});
  EXPECT_EQ(protect(view.page(4), 1, PAGE_NOACCESS), DWORD{PAGE_READWRITE});
  EXPECT_ERROR(87, VirtualProtect(view.base(), kPage, PAGE_EXECUTE_READ, &old));

  EXPECT_PICTURE(view.base(), 16, "MC1rw MC2ro MC1rw MC1na MC3rw MR8");
}

TEST(ReservingSection, S61_a_guard_may_be_committed) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_WRITE);

  EXPECT_OK(commit(view.page(2), 1, PAGE_READWRITE | PAGE_GUARD));

  EXPECT_PICTURE(view.base(), 16, "MR2 MC1rw+g MR13");
  EXPECT_PICTURE(other.base(), 16, "MR2 MC1rw MR13");
}

TEST(ReservingSection, S62_S65_a_view_that_copies_on_write_follows_until_it_is_written) {
  Section section = reserved_section(kGranule);
  View shared = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  EXPECT_PICTURE(copy.base(), 16, "MR16");

  ASSERT_TRUE(commit(shared.base(), 2));
  shared[0] = 1;
  EXPECT_PICTURE(copy.base(), 16, "MC2wc MR14");
  EXPECT_EQ(copy[0], 1);
  copy[0] = 2;

  EXPECT_PICTURE(copy.base(), 16, "MC1rw MC1wc MR14");
  EXPECT_EQ(shared[0], 1);
}

TEST(ReservingSection, S83_C16_a_query_says_that_it_reserves) {
  Section section = reserved_section(0x3452);
  nt::BasicInformation info{};

  EXPECT_STATUS(0u, nt::query_section(section, &info, sizeof info));

  EXPECT_EQ(info.attributes, kSecReserve);
  EXPECT_EQ(info.size.QuadPart, 0x4000);
}

TEST(NtMapViewOfSection, the_beginning_of_a_reserving_view_is_committed_on_request) {
  Section section = reserved_section(kGranule);
  nt::MapArguments arguments;
  arguments.commit = kPage + 1;

  EXPECT_STATUS(0u, nt::map_section(section, arguments));

  View view(arguments.base);
  EXPECT_PICTURE(view.base(), 16, "MC2rw MR14");
}

TEST(ReservingSection, S50_S52_terabytes_are_committed_here_and_there) {
  constexpr std::size_t kTebi = std::size_t{1} << 40;
  Section section = reserved_section(kTebi);
  View view = view_of(section, FILE_MAP_WRITE);
  View end = view_of(section, FILE_MAP_READ, kTebi - kGranule);
  char* middle = view.base() + kTebi / 2;

  ASSERT_TRUE(commit(middle, 2));
  ASSERT_TRUE(commit(view.base() + kTebi - kPage, 1));
  middle[kPage] = 'm';
  view[kTebi - 1] = 'e';

  MEMORY_BASIC_INFORMATION first = ask(view.base());
  EXPECT_EQ(first.RegionSize, kTebi / 2);
  EXPECT_EQ(first.State, DWORD{MEM_RESERVE});
  EXPECT_EQ(ask(middle).RegionSize, 2 * kPage);
  EXPECT_EQ(ask(middle + 2 * kPage).RegionSize, kTebi / 2 - 3 * kPage);
  EXPECT_PICTURE(end.base(), 16, "MR15 MC1ro");
  EXPECT_EQ(end[kGranule - 1], 'e');
}

} // namespace
} // namespace apitest
