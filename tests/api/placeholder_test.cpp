// Placeholders, and private memory in their place.
// Rules: V80 V81 V82 V83 V84 V85 V86 V87 C25 C26
#include "placeholder_test_support.h"

namespace apitest {
namespace {

constexpr DWORD kMake = MEM_RESERVE | MEM_RESERVE_PLACEHOLDER;

TEST(Placeholder, V80_is_reserved_without_access) {
  Field field(20);
  ASSERT_TRUE(field);

  MEMORY_BASIC_INFORMATION there = ask(field.page(3));
  EXPECT_EQ(there.AllocationBase, field.base());
  EXPECT_EQ(there.BaseAddress, field.page(3));
  EXPECT_EQ(there.RegionSize, 17 * kPage);
  EXPECT_EQ(there.AllocationProtect, DWORD{PAGE_NOACCESS});
  EXPECT_EQ(there.State, DWORD{MEM_RESERVE});
  EXPECT_EQ(there.Protect, 0u);
  EXPECT_EQ(there.Type, DWORD{MEM_PRIVATE});
}

TEST(Placeholder, V80_C25_needs_reserve_and_no_access) {
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, kMake, PAGE_READWRITE, nullptr, 0));
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, kMake, PAGE_NOACCESS | PAGE_NOCACHE, nullptr, 0));
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0));
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, kMake | MEM_COMMIT, PAGE_NOACCESS, nullptr, 0));
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, kMake | MEM_REPLACE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0));
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, 0, kMake, PAGE_NOACCESS, nullptr, 0));
}

TEST(Placeholder, V80_V2_only_the_extended_call_makes_one) {
  PVOID base = nullptr;
  SIZE_T size = kGranule;

  EXPECT_ERROR(87, VirtualAlloc(nullptr, kGranule, kMake, PAGE_NOACCESS));
  EXPECT_STATUS(0xC00000F3u, nt::allocate(GetCurrentProcess(), &base, 0, &size, kMake, PAGE_NOACCESS));
}

TEST(Placeholder, V80_C29_by_the_app_form) {
  PVOID made = nullptr;
  EXPECT_OK(made = app::alloc2_from_app(nullptr, nullptr, kGranule, kMake, PAGE_NOACCESS, nullptr, 0));
  Region region(made, 16);

  EXPECT_OK(app::alloc2_from_app(nullptr, made, kGranule, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER,
                                 PAGE_READWRITE, nullptr, 0) == made);
  EXPECT_MAP(region, "C16rw");
}

TEST(Placeholder, V80_at_an_address_that_was_free) {
  char* there = free_range(2 * kGranule);

  EXPECT_OK(make_placeholder(2 * kGranule, there) == there);
  Region region(there, 32);
  EXPECT_ERROR(487, make_placeholder(kGranule, there + kGranule));
  EXPECT_MAP(region, "R32");
}

TEST(Placeholder, V81_is_no_reserved_memory_for_other_calls) {
  Field field(16);
  ASSERT_TRUE(field);
  DWORD old = 0;

  EXPECT_ERROR(487, VirtualAlloc(field.page(2), kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, app::alloc2(nullptr, field.page(2), kPage, MEM_COMMIT, PAGE_READWRITE, nullptr, 0));
  EXPECT_ERROR(487, VirtualAlloc(field.base(), kGranule, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(field.base(), kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, make_placeholder(kGranule, field.base()));
  EXPECT_ERROR(487, replace(field.base(), 8 * kPage));
  EXPECT_ERROR(487, VirtualProtect(field.base(), kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(487, VirtualAlloc(field.base(), kPage, MEM_RESET, PAGE_NOACCESS));
  EXPECT_ERROR(487, VirtualAlloc(field.base(), kPage, MEM_RESET_UNDO, PAGE_NOACCESS));
  EXPECT_ERROR(487, VirtualFree(field.base(), kPage, MEM_DECOMMIT));
  EXPECT_ERROR(487, VirtualFree(field.base(), 0, MEM_DECOMMIT));

  EXPECT_EQ(field.picture(), "R16");
}

TEST(Placeholder, V82_splits_into_two_from_the_front) {
  Field field(16);

  EXPECT_OK(preserve(field.base(), 3 * kPage));

  EXPECT_EQ(field.picture(), "R3|R13");
}

TEST(Placeholder, V82_splits_into_two_from_the_back) {
  Field field(16);

  EXPECT_OK(preserve(field.page(15), kPage));

  EXPECT_EQ(field.picture(), "R15|R1");
  EXPECT_EQ(ask(field.page(15)).AllocationBase, field.page(15));
}

TEST(Placeholder, V82_C25_splits_into_three_from_the_middle) {
  Field field(16);

  EXPECT_OK(preserve(field.page(5), 2 * kPage));

  EXPECT_EQ(field.picture(), "R5|R2|R9");
  EXPECT_EQ(ask(field.page(6)).AllocationBase, field.page(5));
  EXPECT_EQ(ask(field.page(6)).AllocationProtect, DWORD{PAGE_NOACCESS});
}

TEST(Placeholder, V82_parts_are_split_on) {
  Field field(16);

  EXPECT_OK(preserve(field.page(4), 8 * kPage));
  EXPECT_OK(preserve(field.page(6), kPage));
  EXPECT_OK(preserve(field.page(14), kPage));

  EXPECT_EQ(field.picture(), "R4|R2|R1|R5|R2|R1|R1");
}

TEST(Placeholder, V82_the_range_is_that_of_the_pages_it_touches) {
  Field field(16);

  EXPECT_OK(preserve(field.page(4) + 0xFFF, 2));

  EXPECT_EQ(field.picture(), "R4|R2|R10");
}

TEST(Placeholder, V82_C25_what_cannot_be_split) {
  Field field(16);
  Region reserved = reserve(16);
  Region used = committed(16);

  EXPECT_ERROR(487, preserve(field.base(), field.bytes()));
  EXPECT_ERROR(87, preserve(field.page(2), 0));
  EXPECT_ERROR(487, preserve(reserved.base(), kPage));
  EXPECT_ERROR(487, preserve(reserved.base(), reserved.bytes()));
  EXPECT_ERROR(487, preserve(used.base(), kPage));
  EXPECT_ERROR(487, preserve(used.base(), used.bytes()));
  EXPECT_ERROR(487, preserve(free_range(kGranule), kPage));

  EXPECT_EQ(field.picture(), "R16");
  EXPECT_MAP(reserved, "R16");
  EXPECT_MAP(used, "C16rw");
}

TEST(Placeholder, V82_a_range_past_the_end_splits_nothing) {
  Field field = field_of({4, 12});

  EXPECT_ERROR(87, preserve(field.page(2), 4 * kPage));

  EXPECT_EQ(field.picture(), "R4|R12");
}

TEST(Placeholder, V83_C26_joins_two) {
  Field field = field_of({4, 12});

  EXPECT_OK(coalesce(field.base(), field.bytes()));

  EXPECT_EQ(field.picture(), "R16");
  EXPECT_EQ(ask(field.page(15)).AllocationBase, field.base());
}

TEST(Placeholder, V83_joins_several_of_many) {
  Field field = field_of({1, 2, 3, 4, 5, 1});

  EXPECT_OK(coalesce(field.page(1), 9 * kPage));

  EXPECT_EQ(field.picture(), "R1|R9|R5|R1");
}

TEST(Placeholder, V83_joins_what_was_made_apart) {
  char* there = free_range(2 * kGranule);
  ASSERT_EQ(make_placeholder(kGranule, there), there);
  Region first(there, 16);
  ASSERT_EQ(make_placeholder(kGranule, there + kGranule), there + kGranule);

  EXPECT_OK(coalesce(there, 2 * kGranule));

  EXPECT_PICTURE(there, 32, "R32");
}

TEST(Placeholder, V83_C26_what_cannot_be_joined) {
  Field field = field_of({4, 4, 4, 4});
  ASSERT_OK(replace(field.page(8), 4 * kPage));

  EXPECT_ERROR(487, coalesce(field.base(), 4 * kPage)) << "one alone";
  EXPECT_ERROR(487, coalesce(field.base(), 6 * kPage)) << "a part of the last";
  EXPECT_ERROR(487, coalesce(field.page(2), 6 * kPage)) << "a part of the first";
  EXPECT_ERROR(487, coalesce(field.base(), 12 * kPage)) << "memory at the end";
  EXPECT_ERROR(487, coalesce(field.page(8), 8 * kPage)) << "memory at the beginning";
  EXPECT_ERROR(487, coalesce(field.base(), 16 * kPage)) << "memory in between";
  EXPECT_ERROR(87, coalesce(field.base(), 0));

  EXPECT_EQ(field.picture(), "R4|R4|C4rw|R4");
}

TEST(Placeholder, V83_a_hole_is_not_joined) {
  Field field = field_of({4, 4, 8});
  ASSERT_OK(VirtualFree(field.page(4), 0, MEM_RELEASE));

  EXPECT_ERROR(487, coalesce(field.base(), field.bytes()));
  EXPECT_ERROR(487, coalesce(field.page(4), 12 * kPage));

  EXPECT_EQ(field.picture(), "R4 F4 R8");
}

TEST(Placeholder, V84_C26_the_flags_need_release) {
  Field field = field_of({8, 8});

  EXPECT_ERROR(87, VirtualFree(field.base(), kPage, MEM_PRESERVE_PLACEHOLDER));
  EXPECT_ERROR(87, VirtualFree(field.base(), field.bytes(), MEM_COALESCE_PLACEHOLDERS));
  EXPECT_ERROR(87, VirtualFree(field.base(), kPage, MEM_DECOMMIT | MEM_PRESERVE_PLACEHOLDER));
  EXPECT_ERROR(
      87, VirtualFree(field.base(), field.bytes(), MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER | MEM_COALESCE_PLACEHOLDERS));

  EXPECT_EQ(field.picture(), "R8|R8");
}

TEST(Placeholder, V85_is_replaced_by_memory) {
  Field field = field_of({3, 5, 8});

  ASSERT_OK(replace(field.page(3), 5 * kPage) == field.page(3));

  EXPECT_EQ(field.picture(), "R3|C5rw|R8");
  MEMORY_BASIC_INFORMATION there = ask(field.page(4));
  EXPECT_EQ(there.AllocationBase, field.page(3));
  EXPECT_EQ(there.AllocationProtect, DWORD{PAGE_READWRITE});
  EXPECT_EQ(there.Type, DWORD{MEM_PRIVATE});
  EXPECT_TRUE(pages_hold(field.page(3), 5, 0));
}

TEST(Placeholder, V85_memory_in_its_place_is_as_any_other) {
  Field field = field_of({3, 5, 8});
  ASSERT_OK(replace(field.page(3), 5 * kPage, MEM_RESERVE, PAGE_READWRITE) == field.page(3));
  DWORD old = 0;

  EXPECT_EQ(field.picture(), "R3|R5|R8");
  ASSERT_OK(VirtualAlloc(field.page(4), 3 * kPage, MEM_COMMIT, PAGE_READWRITE));
  *field.page(4) = 'x';
  EXPECT_OK(VirtualProtect(field.page(5), kPage, PAGE_READONLY, &old));
  EXPECT_OK(VirtualProtect(field.page(6), kPage, PAGE_READWRITE | PAGE_GUARD, &old));
  EXPECT_EQ(field.picture(), "R3|R1 C1rw C1ro C1rw+g R1|R8");
  EXPECT_ERROR(487, VirtualAlloc(field.page(7), 2 * kPage, MEM_COMMIT, PAGE_READWRITE)) << "two allocations";
  EXPECT_OK(VirtualFree(field.page(5), kPage, MEM_DECOMMIT));
  EXPECT_EQ(field.picture(), "R3|R1 C1rw R1 C1rw+g R1|R8");
  EXPECT_EQ(*field.page(4), 'x');
}

TEST(Placeholder, V85_C25_what_does_not_replace) {
  Field field = field_of({4, 4, 8});

  EXPECT_ERROR(487, replace(field.base(), 2 * kPage)) << "a part";
  EXPECT_ERROR(487, replace(field.page(1), 3 * kPage)) << "the end of one";
  EXPECT_ERROR(487, replace(field.base(), 8 * kPage)) << "two";
  EXPECT_ERROR(487, replace(field.page(8), 9 * kPage)) << "more";
  EXPECT_ERROR(87, replace(field.base(), 4 * kPage, MEM_COMMIT)) << "without reserve";
  EXPECT_ERROR(87, replace(field.base(), 4 * kPage, 0)) << "nothing but that";
  EXPECT_ERROR(87, replace(field.base(), 4 * kPage, MEM_RESERVE, PAGE_WRITECOPY));
  EXPECT_ERROR(87, replace(nullptr, 4 * kPage));

  EXPECT_EQ(field.picture(), "R4|R4|R8");
}

TEST(Placeholder, V85_only_a_placeholder_is_replaced) {
  Region reserved = reserve(16);
  Region used = committed(16);
  Field field(16);
  ASSERT_OK(replace(field.base(), field.bytes()));

  EXPECT_ERROR(487, replace(reserved.base(), reserved.bytes()));
  EXPECT_ERROR(487, replace(used.base(), used.bytes()));
  EXPECT_ERROR(487, replace(field.base(), field.bytes()));
  EXPECT_ERROR(487, replace(free_range(kGranule), kGranule));
}

TEST(Placeholder, V85_V89_takes_no_requirements) {
  Field field(16);
  MEM_ADDRESS_REQUIREMENTS requirements = {};
  requirements.Alignment = kGranule;
  MEM_EXTENDED_PARAMETER parameter = {};
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = &requirements;

  EXPECT_ERROR(87, app::alloc2(nullptr, field.base(), field.bytes(), MEM_RESERVE | MEM_REPLACE_PLACEHOLDER,
                               PAGE_READWRITE, &parameter, 1));
  EXPECT_EQ(field.picture(), "R16");
}

TEST(Placeholder, V86_C25_memory_becomes_a_placeholder_again) {
  Field field = field_of({3, 5, 8});
  ASSERT_OK(replace(field.page(3), 5 * kPage));
  std::memset(field.page(3), 'x', 5 * kPage);

  EXPECT_OK(preserve(field.page(3), 5 * kPage));
  EXPECT_EQ(field.picture(), "R3|R5|R8");
  EXPECT_EQ(ask(field.page(3)).AllocationProtect, DWORD{PAGE_NOACCESS});
  EXPECT_ERROR(487, VirtualAlloc(field.page(3), kPage, MEM_COMMIT, PAGE_READWRITE));

  ASSERT_OK(replace(field.page(3), 5 * kPage));
  EXPECT_TRUE(pages_hold(field.page(3), 5, 0)) << "the contents are gone";
}

TEST(Placeholder, V86_V82_a_part_of_the_memory_does_not) {
  Field field = field_of({8, 8});
  ASSERT_OK(replace(field.base(), 8 * kPage));
  *field.base() = 'x';

  EXPECT_ERROR(487, preserve(field.base(), 7 * kPage));
  EXPECT_ERROR(487, preserve(field.page(1), 7 * kPage));
  EXPECT_ERROR(87, preserve(field.base(), 9 * kPage));
  EXPECT_ERROR(87, preserve(field.base(), 0));

  EXPECT_EQ(field.picture(), "C8rw|R8");
  EXPECT_EQ(*field.base(), 'x');
}

TEST(Placeholder, V86_memory_of_many_kinds_of_pages_becomes_one_again) {
  Field field(1024);
  ASSERT_OK(replace(field.base(), field.bytes(), MEM_RESERVE));
  DWORD old = 0;
  for (std::size_t page = 0; page < 1024; page += 4) {
    ASSERT_OK(VirtualAlloc(field.page(page), 2 * kPage, MEM_COMMIT, PAGE_READWRITE));
    ASSERT_OK(VirtualProtect(field.page(page), kPage, page % 8 == 0 ? PAGE_READONLY : PAGE_NOACCESS, &old));
  }

  EXPECT_OK(preserve(field.base(), field.bytes()));

  EXPECT_EQ(field.picture(), "R1024");
  EXPECT_OK(preserve(field.page(512), kPage));
  EXPECT_EQ(field.picture(), "R512|R1|R511");
}

TEST(Placeholder, V86_plain_release_of_the_memory_leaves_a_hole) {
  Field field = field_of({16, 16, 16});
  ASSERT_OK(replace(field.page(16), 16 * kPage));

  EXPECT_OK(VirtualFree(field.page(16), 0, MEM_RELEASE));
  EXPECT_EQ(field.picture(), "R16 F16 R16");

  EXPECT_OK(make_placeholder(kGranule, field.page(16)) == field.page(16));
  EXPECT_EQ(field.picture(), "R16|R16|R16");
  EXPECT_OK(coalesce(field.base(), field.bytes()));
  EXPECT_EQ(field.picture(), "R48");
}

TEST(Placeholder, V86_a_hole_inside_a_granule_is_not_filled) {
  Field field = field_of({4, 4, 8});
  ASSERT_OK(VirtualFree(field.page(4), 0, MEM_RELEASE));

  EXPECT_ERROR(487, make_placeholder(4 * kPage, field.page(4)));

  EXPECT_EQ(field.picture(), "R4 F4 R8");
}

TEST(Placeholder, V87_plain_release_frees_that_piece) {
  Field field = field_of({4, 4, 8});

  EXPECT_ERROR(487, VirtualFree(field.page(5), 0, MEM_RELEASE));
  EXPECT_OK(VirtualFree(field.page(4) + 5, 0, MEM_RELEASE));

  EXPECT_EQ(field.picture(), "R4 F4 R8");
}

TEST(Placeholder, V87_C26_not_several_at_once) {
  Field field = field_of({4, 12});
  PVOID base = field.base();
  SIZE_T size = field.bytes();

  EXPECT_ERROR(87, VirtualFree(field.base(), field.bytes(), MEM_RELEASE));
  EXPECT_STATUS(0xC000001Au, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));

  EXPECT_EQ(field.picture(), "R4|R12");
}

TEST(Placeholder, C25_C26_by_the_native_call) {
  Field field(16);
  PVOID base = field.page(2) + 7;
  SIZE_T size = kPage;

  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  EXPECT_EQ(field.picture(), "R2|R2|R12");
  EXPECT_EQ(base, field.page(2));
  EXPECT_EQ(size, 2 * kPage);

  EXPECT_STATUS(0xC0000018u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  size = 0;
  EXPECT_STATUS(0xC00000F1u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  EXPECT_STATUS(0xC00000F1u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS));
  size = kPage;
  EXPECT_STATUS(0xC00000F2u, nt::free(GetCurrentProcess(), &base, &size, MEM_COALESCE_PLACEHOLDERS));
  base = field.base();
  size = field.bytes();
  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS));
  EXPECT_EQ(field.picture(), "R16");
}

TEST(Placeholder, V82_V32_a_bad_process_handle_is_one) {
  Field field(16);

  EXPECT_ERROR(6, VirtualFreeEx(nullptr, field.base(), kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  EXPECT_ERROR(6, app::alloc2(at(0xDEADBEE0), field.base(), field.bytes(), MEM_RESERVE | MEM_REPLACE_PLACEHOLDER,
                              PAGE_READWRITE, nullptr, 0));

  EXPECT_EQ(field.picture(), "R16");
}

TEST(Placeholder, V82_V83_large_ones_are_split_and_joined_anywhere) {
  constexpr std::size_t kBytes = std::size_t{1} << 36;
  Field field(kBytes / kPage);
  ASSERT_TRUE(field);
  char* middle = field.base() + kBytes / 2 + 0x7000;

  EXPECT_OK(preserve(middle, 3 * kPage));
  ASSERT_OK(replace(middle, 3 * kPage));
  std::memset(middle, 'x', 3 * kPage);
  EXPECT_TRUE(pages_hold(middle, 3, 'x'));
  EXPECT_EQ(ask(middle - kPage).AllocationBase, field.base());
  EXPECT_EQ(ask(middle + 3 * kPage).RegionSize, kBytes / 2 - 0x7000 - 3 * kPage);
  EXPECT_OK(preserve(middle, 3 * kPage));
  EXPECT_OK(coalesce(field.base(), kBytes));
  EXPECT_EQ(ask(field.base()).RegionSize, kBytes);
}

} // namespace
} // namespace apitest
