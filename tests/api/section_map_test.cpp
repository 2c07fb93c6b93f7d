// MapViewOfFile and its kin: where a view comes to lie, what it shows, what is refused.
// Rules: S30 S32 S33 S34 S35 S36 S38 S39 S70 S74 S75 C20 C21 C29
#include "platform.h"
#include "section_test_support.h"

namespace apitest {
namespace {

void* map(HANDLE section, DWORD access, std::size_t offset = 0, std::size_t bytes = 0, void* base = nullptr) {
  return MapViewOfFileEx(section, access, static_cast<DWORD>(offset >> 32), static_cast<DWORD>(offset), bytes, base);
}

TEST(MapViewOfFile, S30_C20_access_becomes_the_view_s_protection) {
  Section section = section_of(kGranule, PAGE_EXECUTE_READWRITE);
  struct {
    DWORD access;
    const char* picture;
  } rows[] = {
      {0, "MC16na"},
      {FILE_MAP_EXECUTE, "MC16na"},
      {SECTION_MAP_EXECUTE, "MC16na"},
      {FILE_MAP_COPY, "MC16wc"},
      {FILE_MAP_COPY | SECTION_MAP_EXECUTE, "MC16na"},
      {FILE_MAP_READ, "MC16ro"},
      {FILE_MAP_READ | FILE_MAP_COPY, "MC16ro"},
      {FILE_MAP_WRITE, "MC16rw"},
      {FILE_MAP_WRITE | FILE_MAP_READ | FILE_MAP_COPY, "MC16rw"},
      {FILE_MAP_ALL_ACCESS, "MC16rw"},
      {FILE_MAP_EXECUTE | FILE_MAP_COPY, "MC16xwc"},
      {FILE_MAP_EXECUTE | FILE_MAP_READ, "MC16xr"},
      {FILE_MAP_EXECUTE | FILE_MAP_WRITE, "MC16xrw"},
      {FILE_MAP_EXECUTE | FILE_MAP_ALL_ACCESS, "MC16xrw"},
  };
  for (const auto& row : rows) {
    View view = view_of(section, row.access);

    EXPECT_PICTURE(view.base(), 16, row.picture) << std::hex << row.access;
    EXPECT_EQ(ask(view.base()).AllocationProtect, ask(view.base()).Protect);
  }
}

TEST(MapViewOfFile, S32_what_is_no_section_is_an_invalid_handle) {
  HANDLE closed = nullptr;
  {
    Section section = section_of(kGranule);
    closed = section;
  }
  EXPECT_ERROR(6, map(nullptr, FILE_MAP_READ));
  EXPECT_ERROR(6, map(closed, FILE_MAP_READ));
  EXPECT_ERROR(6, map(GetCurrentProcess(), FILE_MAP_READ));
  EXPECT_ERROR(6, map(reinterpret_cast<HANDLE>(0x12344), FILE_MAP_READ));
}

TEST(MapViewOfFile, S33_C21_offset_and_address_lie_on_granules) {
  Section section = section_of(4 * kGranule);
  char* there = free_range(8 * kGranule);

  EXPECT_ERROR(1132, map(section, FILE_MAP_READ, 1));
  EXPECT_ERROR(1132, map(section, FILE_MAP_READ, kPage));
  EXPECT_ERROR(1132, map(section, FILE_MAP_READ, kGranule + 0x8000));
  EXPECT_ERROR(1132, map(section, FILE_MAP_READ, 0, 0, there + 1));
  EXPECT_ERROR(1132, map(section, FILE_MAP_READ, 0, 0, there + kPage));
}

TEST(MapViewOfFile, S34_no_byte_behind_the_end_can_be_mapped) {
  Section section = section_of(2 * kGranule);

  EXPECT_ERROR(5, map(section, FILE_MAP_READ, 0, 2 * kGranule + 1));
  EXPECT_ERROR(5, map(section, FILE_MAP_READ, kGranule, kGranule + 1));
  EXPECT_ERROR(5, map(section, FILE_MAP_READ, 2 * kGranule, 1));
  EXPECT_ERROR(5, map(section, FILE_MAP_READ, 1ull << 40, 1));
}

TEST(MapViewOfFile, S34_an_offset_at_the_end_leaves_nothing_to_map) {
  Section section = section_of(2 * kGranule);

  EXPECT_ERROR(5, map(section, FILE_MAP_READ, 2 * kGranule));
}

TEST(MapViewOfFile, S34_size_0_is_all_the_rest) {
  Section section = section_of(3 * kGranule);

  View all = view_of(section, FILE_MAP_READ);
  View rest = view_of(section, FILE_MAP_READ, kGranule);

  EXPECT_PICTURE(all.base(), 48, "MC48ro");
  EXPECT_PICTURE(rest.base(), 32, "MC32ro");
}

TEST(MapViewOfFile, S35_a_view_begins_on_a_granule_and_ends_with_a_page) {
  Section section = section_of(4 * kGranule);

  View view = view_of(section, FILE_MAP_READ, 0, 0x2001);

  EXPECT_EQ(number(view.base()) % kGranule, 0u);
  EXPECT_PICTURE(view.base(), 16, "MC3ro F13");
  EXPECT_ERROR(487, VirtualAlloc(view.page(3), kPage, MEM_RESERVE, PAGE_READWRITE));
}

TEST(MapViewOfFileEx, S36_a_view_comes_to_lie_where_it_is_wanted) {
  Section section = section_of(2 * kGranule);
  char* there = view_of(section, FILE_MAP_READ).base();

  View view(map(section, FILE_MAP_WRITE, kGranule, 0, there));

  ASSERT_EQ(view.base(), there);
  EXPECT_PICTURE(there, 16, "MC16rw");
}

TEST(MapViewOfFileEx, S36_an_address_that_is_taken_is_refused) {
  Section section = section_of(4 * kGranule);
  View view = view_of(section, FILE_MAP_READ);
  Region reserved = reserve(16);

  EXPECT_ERROR(487, map(section, FILE_MAP_READ, 0, 0, view.base()));
  EXPECT_ERROR(487, map(section, FILE_MAP_READ, 0, kGranule, view.base() + 3 * kGranule));
  EXPECT_ERROR(487, map(section, FILE_MAP_READ, 0, 0, reserved.base()));

  EXPECT_PICTURE(view.base(), 64, "MC64ro");
  EXPECT_MAP(reserved, "R16");
}

TEST(MapViewOfFile, S38_a_query_shows_the_view_from_its_base) {
  Section section = section_of(4 * kGranule);
  View view = view_of(section, FILE_MAP_READ, kGranule, 2 * kGranule);

  MEMORY_BASIC_INFORMATION info = ask(view.page(5));

  EXPECT_EQ(info.BaseAddress, view.page(5));
  EXPECT_EQ(info.AllocationBase, view.base());
  EXPECT_EQ(info.AllocationProtect, DWORD{PAGE_READONLY});
  EXPECT_EQ(info.RegionSize, 27 * kPage);
  EXPECT_EQ(info.State, DWORD{MEM_COMMIT});
  EXPECT_EQ(info.Protect, DWORD{PAGE_READONLY});
  EXPECT_EQ(info.Type, DWORD{MEM_MAPPED});
}

TEST(MapViewOfFile, S38_caching_of_the_section_shows_in_its_views) {
  Section section = section_of(kGranule, PAGE_READWRITE | SEC_COMMIT | SEC_NOCACHE);

  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_PICTURE(view.base(), 16, "MC16rw+nc");
}

TEST(MapViewOfFile, S38_a_new_section_is_zero) {
  Section section = section_of(4 * kGranule);

  View view = view_of(section, FILE_MAP_READ);

  EXPECT_TRUE(pages_hold(view.base(), 64, 0));
}

TEST(MapViewOfFile, S39_views_of_one_section_show_the_same) {
  Section section = section_of(4 * kGranule);
  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_WRITE);
  View shifted = view_of(section, FILE_MAP_READ, kGranule, kGranule);

  first[kGranule + 5] = 'a';
  second[kGranule + 6] = 'b';

  EXPECT_EQ(second[kGranule + 5], 'a');
  EXPECT_EQ(first[kGranule + 6], 'b');
  EXPECT_EQ(shifted[5], 'a');
  EXPECT_EQ(shifted[6], 'b');
}

TEST(MapViewOfFile, S30_protections_are_the_hardware_s) {
  Section section = section_of(kGranule, PAGE_EXECUTE_READWRITE);
  View none = view_of(section, 0);
  View read = view_of(section, FILE_MAP_READ);
  View write = view_of(section, FILE_MAP_WRITE);
  View code = view_of(section, FILE_MAP_READ | FILE_MAP_EXECUTE);
  platform::write_function(write.base(), 42);

  EXPECT_FALSE(platform::can_read(none.base()));
  EXPECT_TRUE(platform::can_read(read.base()));
  EXPECT_FALSE(platform::can_write(read.base()));
  EXPECT_FALSE(platform::can_execute(write.base()));
  EXPECT_EQ(platform::call_function(code.base()), 42);
}

TEST(MapViewOfFile, S38_many_views_at_once) {
  Section section = section_of(kGranule);
  std::vector<View> views;
  for (int i = 0; i < 500; ++i) {
    views.push_back(view_of(section, FILE_MAP_WRITE));
    (*views.back().base())++;
  }
  for (std::size_t i = 0; i < views.size(); i += 7) {
    EXPECT_EQ(static_cast<unsigned char>(views[i][0]), 500 % 256);
    EXPECT_EQ(ask(views[i].base()).AllocationBase, views[i].base());
  }
}

TEST(MapViewOfFile3, S70_C29_null_is_this_process) {
  Section section = section_of(2 * kGranule);

  View view(app::map3(section, nullptr, nullptr, kGranule, 0, 0, PAGE_READWRITE));

  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(MapViewOfFile3, S70_a_protection_of_0_and_unknown_types_are_invalid) {
  Section section = section_of(2 * kGranule);

  EXPECT_ERROR(87, app::map3(section, nullptr, nullptr, 0, 0, 0, 0));
  EXPECT_ERROR(87, app::map3(section, nullptr, nullptr, 0, 0, MEM_COMMIT, PAGE_READWRITE));
}

TEST(MapViewOfFile3, S74_C28_requirements_may_bound_the_address_but_not_align_it) {
  Section section = section_of(2 * kGranule);
  MEM_ADDRESS_REQUIREMENTS wanted = {};
  wanted.HighestEndingAddress = at(0xFFFFFFFF);
  MEM_EXTENDED_PARAMETER parameter = {};
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = &wanted;

  View view(app::map3(section, nullptr, nullptr, 0, 0, 0, PAGE_READWRITE, &parameter, 1));
  EXPECT_NE(view.base(), nullptr);
  EXPECT_LT(number(view.base()), 0xFFFFFFFFu);

  wanted = {};
  wanted.Alignment = 0x100000;
  EXPECT_ERROR(87, app::map3(section, nullptr, nullptr, 0, 0, 0, PAGE_READWRITE, &parameter, 1));
}

} // namespace
} // namespace apitest
