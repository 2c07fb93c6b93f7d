// Views in the place of placeholders.
// Rules: S71 S72 S73 C27
#include "placeholder_test_support.h"
#include "section_test_support.h"

namespace apitest {
namespace {

PVOID map_over(HANDLE section, void* base, std::size_t bytes, std::size_t offset = 0,
               DWORD protection = PAGE_READWRITE) {
  return app::map3(section, nullptr, base, offset, bytes, MEM_REPLACE_PLACEHOLDER, protection);
}

BOOL unmap_preserving(void* base) { return app::unmap2(GetCurrentProcess(), base, MEM_PRESERVE_PLACEHOLDER); }

TEST(PlaceholderView, S71_takes_the_place_of_a_placeholder) {
  Section section = section_of(4 * kPage);
  Field field = field_of({3, 4, 9});

  ASSERT_OK(map_over(section, field.page(3), 4 * kPage) == field.page(3));

  EXPECT_EQ(field.picture(), "R3|MC4rw|R9");
  MEMORY_BASIC_INFORMATION there = ask(field.page(5));
  EXPECT_EQ(there.AllocationBase, field.page(3));
  EXPECT_EQ(there.AllocationProtect, DWORD{PAGE_READWRITE});
  std::memset(field.page(3), 'x', 4 * kPage);
  EXPECT_EQ(view_of(section, FILE_MAP_READ)[4 * kPage - 1], 'x');
}

TEST(PlaceholderView, S71_C27_base_and_offset_need_page_alignment_only) {
  Section section = section_of(4 * kPage);
  View plain = view_of(section, FILE_MAP_WRITE);
  *plain.page(3) = 'y';
  Field field = field_of({3, 1, 12});

  EXPECT_ERROR(1132, map_over(section, field.page(3), kPage, 0x1800));
  EXPECT_ERROR(1132, map_over(section, field.page(3) + 0x800, kPage));
  ASSERT_OK(map_over(section, field.page(3), kPage, 3 * kPage) == field.page(3));

  EXPECT_EQ(*field.page(3), 'y');
}

TEST(PlaceholderView, S71_only_of_exactly_its_size) {
  Section section = section_of(16 * kPage);
  Field field = field_of({4, 4, 8});

  EXPECT_ERROR(487, map_over(section, field.base(), 3 * kPage)) << "a part";
  EXPECT_ERROR(487, map_over(section, field.base(), 8 * kPage)) << "two";
  EXPECT_ERROR(487, map_over(section, field.page(1), 3 * kPage)) << "the end of one";
  EXPECT_ERROR(487, map_over(section, field.base(), 0)) << "the whole section is larger";
  EXPECT_ERROR(87, map_over(section, nullptr, 4 * kPage)) << "nowhere";
  EXPECT_EQ(field.picture(), "R4|R4|R8");

  ASSERT_OK(map_over(section, field.base(), 3 * kPage + 1) == field.base()) << "rounded to pages";
  EXPECT_EQ(field.picture(), "MC4rw|R4|R8");
}

TEST(PlaceholderView, S71_only_a_placeholder) {
  Section section = section_of(kGranule);
  Region reserved = reserve(16);
  View other = view_of(section, FILE_MAP_WRITE);
  Field field(16);
  ASSERT_OK(replace(field.base(), field.bytes()));

  EXPECT_ERROR(487, map_over(section, reserved.base(), kGranule));
  EXPECT_ERROR(487, map_over(section, other.base(), kGranule));
  EXPECT_ERROR(487, map_over(section, field.base(), kGranule));
  EXPECT_ERROR(487, map_over(section, free_range(kGranule), kGranule));
}

TEST(PlaceholderView, S70_a_placeholder_is_not_free_for_other_views) {
  Section section = section_of(kGranule);
  Field field(16);

  EXPECT_ERROR(487, app::map3(section, nullptr, field.base(), 0, kGranule, 0, PAGE_READWRITE));
  EXPECT_ERROR(487, MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, kGranule, field.base()));

  EXPECT_EQ(field.picture(), "R16");
}

TEST(PlaceholderView, S72_becomes_a_placeholder_again) {
  Section section = section_of(4 * kPage);
  Field field = field_of({3, 4, 9});
  ASSERT_OK(map_over(section, field.page(3), 4 * kPage));
  *field.page(3) = 'z';

  EXPECT_OK(unmap_preserving(field.page(5)));

  EXPECT_EQ(field.picture(), "R3|R4|R9");
  EXPECT_EQ(ask(field.page(3)).Type, DWORD{MEM_PRIVATE});
  ASSERT_OK(replace(field.page(3), 4 * kPage));
  EXPECT_TRUE(pages_hold(field.page(3), 4, 0));
  EXPECT_EQ(view_of(section, FILE_MAP_READ)[0], 'z');
}

TEST(PlaceholderView, S72_plain_unmap_leaves_a_hole) {
  Section section = section_of(kGranule);
  Field field = field_of({16, 16, 16});
  ASSERT_OK(map_over(section, field.page(16), kGranule));

  EXPECT_OK(UnmapViewOfFile(field.page(20)));
  EXPECT_EQ(field.picture(), "R16 F16 R16");

  EXPECT_OK(VirtualAlloc(field.page(16), kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == field.page(16));
  EXPECT_TRUE(pages_hold(field.page(16), 16, 0));
}

TEST(PlaceholderView, S72_C27_who_may_not_preserve) {
  Section section = section_of(kGranule);
  View plain = view_of(section, FILE_MAP_WRITE);
  Field field = field_of({16, 16});
  ASSERT_OK(map_over(section, field.base(), kGranule));

  EXPECT_ERROR(487, unmap_preserving(plain.base()));
  EXPECT_ERROR(487, unmap_preserving(field.page(16))) << "no view";
  EXPECT_ERROR(6, app::unmap2(nullptr, field.base(), MEM_PRESERVE_PLACEHOLDER));
  EXPECT_ERROR(87, app::unmap2(GetCurrentProcess(), field.base(), MEM_PRESERVE_PLACEHOLDER | 1));
  EXPECT_ERROR(87, preserve(field.base(), kGranule)) << "not by VirtualFree";
  EXPECT_ERROR(87, VirtualFree(field.base(), 0, MEM_RELEASE));

  EXPECT_PICTURE(plain.base(), 16, "MC16rw");
  EXPECT_EQ(field.picture(), "MC16rw|R16");
}

TEST(PlaceholderView, S73_views_are_not_joined_until_they_are_placeholders_again) {
  Section section = section_of(kGranule);
  Field field = field_of({16, 16});
  ASSERT_OK(map_over(section, field.base(), kGranule));
  ASSERT_OK(map_over(section, field.page(16), kGranule));

  EXPECT_ERROR(487, coalesce(field.base(), field.bytes()));
  EXPECT_OK(unmap_preserving(field.base()));
  EXPECT_ERROR(487, coalesce(field.base(), field.bytes()));
  EXPECT_OK(unmap_preserving(field.page(16)));
  EXPECT_OK(coalesce(field.base(), field.bytes()));

  EXPECT_EQ(field.picture(), "R32");
}

TEST(PlaceholderView, S73_a_ring_shows_one_section_twice) {
  Section section = section_of(kGranule);
  Field field = field_of({16, 16});
  ASSERT_OK(map_over(section, field.base(), kGranule) == field.base());
  ASSERT_OK(map_over(section, field.page(16), kGranule) == field.page(16));

  std::memcpy(field.page(16) - 6, "across the end", 14);

  EXPECT_EQ(std::memcmp(field.base(), " the end", 8), 0) << "the first bytes are those after the last";
  EXPECT_EQ(std::memcmp(field.page(32) - 6, "across", 6), 0);
  EXPECT_EQ(field.picture(), "MC16rw|MC16rw");
}

TEST(PlaceholderView, S73_pages_of_a_section_in_any_order) {
  constexpr std::size_t kPages = 64;
  Section section = section_of(kPages * kPage);
  View plain = view_of(section, FILE_MAP_WRITE);
  for (std::size_t page = 0; page < kPages; ++page) {
    *plain.page(page) = static_cast<char>('0' + page);
  }
  Field field(kPages);
  for (std::size_t page = 0; page < kPages; ++page) {
    if (page + 1 < kPages) {
      ASSERT_OK(preserve(field.page(page), kPage));
    }
    ASSERT_OK(map_over(section, field.page(page), kPage, (kPages - 1 - page) * kPage));
  }

  for (std::size_t page = 0; page < kPages; ++page) {
    EXPECT_EQ(*field.page(page), static_cast<char>('0' + kPages - 1 - page));
  }
}

TEST(PlaceholderView, S62_S71_a_view_that_copies_on_write) {
  Section section = section_of(4 * kPage);
  View plain = view_of(section, FILE_MAP_WRITE);
  *plain.page(2) = 's';
  Field field = field_of({3, 4, 9});
  ASSERT_OK(map_over(section, field.page(3), 4 * kPage, 0, PAGE_WRITECOPY));

  *field.page(4) = 'p';

  EXPECT_EQ(*field.page(5), 's');
  EXPECT_EQ(*plain.page(1), 0) << "the copy is the view's own";
  EXPECT_EQ(field.picture(), "R3|MC1wc MC1rw MC2wc|R9") << "of the page that was written";
  EXPECT_OK(unmap_preserving(field.page(3)));
  ASSERT_OK(map_over(section, field.page(3), 4 * kPage, 0, PAGE_WRITECOPY));
  EXPECT_EQ(*field.page(4), 0);
}

TEST(PlaceholderView, S71_large_ones_beside_memory) {
  constexpr std::size_t kPages = 2048 + 512 + 5; // more than whole chunks, however they lie
  Section section = section_of(kPages * kPage);
  Field field = field_of({7, kPages, 9});
  ASSERT_OK(replace(field.base(), 7 * kPage));
  ASSERT_OK(replace(field.page(7 + kPages), 9 * kPage));
  std::memset(field.base(), 'l', 7 * kPage);
  std::memset(field.page(7 + kPages), 'r', 9 * kPage);
  for (int times = 0; times < 3; ++times) {
    ASSERT_OK(map_over(section, field.page(7), kPages * kPage));
    std::memset(field.page(7), 'v', kPages * kPage);
    EXPECT_EQ(field.picture(), "C7rw|MC2565rw|C9rw");
    EXPECT_OK(unmap_preserving(field.page(7)));
    EXPECT_EQ(field.picture(), "C7rw|R2565|C9rw");
    ASSERT_OK(replace(field.page(7), kPages * kPage));
    EXPECT_TRUE(pages_hold(field.page(7), kPages, 0));
    EXPECT_OK(preserve(field.page(7), kPages * kPage));
  }
  EXPECT_TRUE(pages_hold(field.base(), 7, 'l'));
  EXPECT_TRUE(pages_hold(field.page(7 + kPages), 9, 'r'));
}

TEST(PlaceholderView, S33_a_view_lies_where_a_region_was) {
  Section section = section_of(2 * kGranule);
  Region region = committed(32);
  std::memset(region.base(), 'x', region.bytes());
  char* there = region.base();
  region.release();

  for (int times = 0; times < 3; ++times) {
    View view(MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 2 * kGranule, there));
    ASSERT_EQ(view.base(), there) << GetLastError();
    EXPECT_PICTURE(there, 32, "MC32rw");
    EXPECT_ERROR(487, VirtualAlloc(there + kGranule, kGranule, MEM_RESERVE, PAGE_READWRITE));
    EXPECT_EQ(view[0], times == 0 ? 0 : 'v');
    view[0] = 'v';
  }
  EXPECT_PICTURE(there, 32, "F32");
  Region again(VirtualAlloc(there, 2 * kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 32);
  EXPECT_TRUE(pages_hold(there, 32, 0));
}

TEST(PlaceholderView, S33_the_old_way_to_a_ring) {
  Section section = section_of(kGranule);
  char* there = free_range(2 * kGranule);

  View first(MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, kGranule, there));
  View second(MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, kGranule, there + kGranule));

  ASSERT_EQ(first.base(), there);
  ASSERT_EQ(second.base(), there + kGranule);
  first[5] = 'r';
  EXPECT_EQ(second[5], 'r');
}

} // namespace
} // namespace apitest
