// How VirtualAlloc rounds, and what it does to pages.
// Rules: N1 N2 V12 V13 V14 V15 V16 V17 V18 V19 V20 C1 C2 C3 C4
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

namespace apitest {
namespace {

// Rounding

TEST(VirtualAlloc, V12_null_address_rounds_size_up_to_a_page) {
  for (SIZE_T size : {1, 0xFFF, 0x1000}) {
    Region region(VirtualAlloc(nullptr, size, MEM_RESERVE, PAGE_READWRITE), 16);
    EXPECT_EQ(ask(region.base()).RegionSize, 0x1000u) << "size " << size;
  }
  Region region(VirtualAlloc(nullptr, 0x1001, MEM_RESERVE, PAGE_READWRITE), 16);
  EXPECT_MAP(region, "R2 F14");
}

TEST(VirtualAlloc, V12_null_address_gives_a_granule_aligned_base) {
  Region a = reserve(1);
  Region b = reserve(17);
  Region c = reserve(1);

  EXPECT_EQ(number(a.base()) % 0x10000, 0u);
  EXPECT_EQ(number(b.base()) % 0x10000, 0u);
  EXPECT_EQ(number(c.base()) % 0x10000, 0u);
}

TEST(VirtualAlloc, V13_C1_reserve_rounds_start_down_to_a_granule_and_end_up_to_a_page) {
  char* r = free_range(0x40000);

  void* base = VirtualAlloc(r + 0x11234, 0x2000, MEM_RESERVE, PAGE_READWRITE);

  ASSERT_EQ(base, r + 0x10000);
  Region region(base, 16);
  EXPECT_EQ(ask(base).RegionSize, 0x4000u);
  EXPECT_MAP(region, "R4 F12");
}

TEST(VirtualAlloc, V13_reserve_with_commit_commits_all_that_the_rounding_reserves) {
  char* r = free_range(0x40000);

  void* base = VirtualAlloc(r + 0x11234, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

  ASSERT_EQ(base, r + 0x10000);
  Region region(base, 16);
  EXPECT_MAP(region, "C4rw F12");
}

TEST(VirtualAlloc, V13_the_end_comes_from_the_unrounded_start) {
  char* r = free_range(0x20000);

  Region region(VirtualAlloc(r + 0xFFFF, 2, MEM_RESERVE, PAGE_READWRITE), 32);

  ASSERT_EQ(region.base(), r);
  EXPECT_MAP(region, "R17 F15");
}

TEST(VirtualAlloc, V14_C2_commit_rounds_start_down_and_end_up_to_pages) {
  Region region = reserve(16);

  void* result = VirtualAlloc(region.page(3) + 0x10, 0x1000, MEM_COMMIT, PAGE_READWRITE);

  EXPECT_EQ(result, region.page(3));
  EXPECT_MAP(region, "R3 C2rw R11");
}

TEST(VirtualAlloc, V14_two_bytes_over_a_page_border_are_two_pages) {
  Region region = reserve(16);

  void* result = VirtualAlloc(region.page(5) - 1, 2, MEM_COMMIT, PAGE_READWRITE);

  EXPECT_EQ(result, region.page(4));
  EXPECT_MAP(region, "R4 C2rw R10");
}

TEST(VirtualAlloc, V14_commit_returns_the_rounded_start_and_not_the_allocation_base) {
  Region region = reserve(16);

  EXPECT_EQ(VirtualAlloc(region.page(9) + 0x123, 1, MEM_COMMIT, PAGE_READWRITE), region.page(9));
  EXPECT_EQ(VirtualAlloc(region.page(9) + 0x123, 1, MEM_RESET, PAGE_READWRITE), region.page(9));
}

TEST(VirtualAlloc, V15_C1_the_tail_of_the_last_granule_stays_free) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x1000, MEM_RESERVE, PAGE_READWRITE), 16);

  EXPECT_MAP(region, "R1 F15");
}

TEST(VirtualAlloc, V15_C1_the_tail_of_the_last_granule_cannot_be_reserved) {
  char* r = free_range(0x30000);
  Region region(VirtualAlloc(r, 0x1000, MEM_RESERVE, PAGE_READWRITE), 16);

  EXPECT_ERROR(487, VirtualAlloc(r + 0x1000, 0x1000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r + 0xF000, 0x1000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r + 0xF000, 0x2000, MEM_RESERVE, PAGE_READWRITE));

  EXPECT_MAP(region, "R1 F15");
}

TEST(VirtualAlloc, V15_the_tail_of_the_last_granule_cannot_be_committed) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x1000, MEM_RESERVE, PAGE_READWRITE), 16);

  EXPECT_ERROR(487, VirtualAlloc(r + 0x1000, 0x1000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r, 0x2000, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_MAP(region, "R1 F15");
}

TEST(VirtualAlloc, V15_the_next_granule_is_free_for_others) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x1000, MEM_RESERVE, PAGE_READWRITE), 1);

  Region next(VirtualAlloc(r + 0x10000, 0x1000, MEM_RESERVE, PAGE_READWRITE), 1);

  EXPECT_EQ(next.base(), r + 0x10000);
}

// Effects

TEST(VirtualAlloc, V16_C4_commit_at_null_reserves_as_well) {
  void* base = VirtualAlloc(nullptr, 0x3000, MEM_COMMIT, PAGE_READONLY);
  ASSERT_NE(base, nullptr);
  Region region(base, 3);

  EXPECT_MAP(region, "C3ro");
  EXPECT_EQ(ask(base).AllocationBase, base);
  EXPECT_EQ(ask(base).AllocationProtect, 0x02u);
}

TEST(VirtualAlloc, V17_reserve_over_anything_not_wholly_free_is_a_conflict) {
  char* r = free_range(0x40000);
  Region region(VirtualAlloc(r + 0x10000, 0x10000, MEM_RESERVE, PAGE_READWRITE), 16);

  EXPECT_ERROR(487, VirtualAlloc(r + 0x10000, 0x10000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r, 0x20000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r, 0x10001, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r, 0x40000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r + 0x1F000, 0x2000, MEM_RESERVE, PAGE_READWRITE));

  EXPECT_PICTURE(r, 64, "F16 R16 F32");
}

TEST(VirtualAlloc, V17_reserve_with_commit_over_own_reserved_memory_is_a_conflict) {
  Region region = reserve(16);

  EXPECT_ERROR(487, VirtualAlloc(region.base(), 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));

  EXPECT_MAP(region, "R16");
}

TEST(VirtualAlloc, V18_N2_commit_past_the_end_of_the_allocation_commits_nothing) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE, PAGE_READWRITE), 16);

  EXPECT_ERROR(487, VirtualAlloc(r + 0xE000, 0x3000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r + 0xF000, 0x1001, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_PICTURE(r, 32, "R16 F16");
}

TEST(VirtualAlloc, V18_commit_of_free_memory_is_a_conflict) {
  char* r = free_range(0x20000);

  EXPECT_ERROR(487, VirtualAlloc(r, 0x1000, MEM_COMMIT, PAGE_READWRITE));
}

TEST(VirtualAlloc, V18_C2_N2_two_touching_allocations_never_count_as_one) {
  Neighbours pair = touching_neighbours(16);

  EXPECT_ERROR(487, VirtualAlloc(pair.first.page(15), 0x2000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(pair.first.base(), 0x20000, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_PICTURE(pair.first.base(), 32, "R16|R16");
}

TEST(VirtualAlloc, V19_C2_commit_of_committed_pages_keeps_contents_and_sets_the_protection) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(1), 0x2000, MEM_COMMIT, PAGE_READONLY));

  EXPECT_MAP(region, "C1rw C2ro C1rw");
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
  EXPECT_FALSE(platform::can_write(region.page(1)));
  EXPECT_TRUE(platform::can_write(region.page(3)));
}

TEST(VirtualAlloc, V19_C2_commit_over_a_mixture_sets_the_protection_of_all_pages) {
  Region region = reserve(8);
  region.commit(2, 1, PAGE_READWRITE);
  region.fill(2, 1, 0x33);
  region.commit(4, 2, PAGE_NOACCESS);

  EXPECT_OK(VirtualAlloc(region.page(1), 0x6000, MEM_COMMIT, PAGE_READONLY));

  EXPECT_MAP(region, "R1 C6ro R1");
  EXPECT_TRUE(pages_hold(region.page(2), 1, 0x33));
  EXPECT_TRUE(pages_hold(region.page(1), 1, 0));
}

TEST(VirtualAlloc, V19_a_commit_can_take_the_access_away_and_give_it_back) {
  Region region = committed(2);
  region.fill(0, 2, 0x77);

  EXPECT_OK(VirtualAlloc(region.base(), 0x2000, MEM_COMMIT, PAGE_NOACCESS));
  EXPECT_FALSE(platform::can_read(region.base()));
  EXPECT_OK(VirtualAlloc(region.base(), 0x2000, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(region.base(), 2, 0x77));
}

TEST(VirtualAlloc, V19_C3_the_allocation_protection_never_changes) {
  Region region = reserve(4, PAGE_NOACCESS);

  region.commit(0, 2, PAGE_READWRITE);
  DWORD old = 0;
  EXPECT_OK(VirtualProtect(region.base(), kPage, PAGE_EXECUTE_READ, &old));

  EXPECT_EQ(ask(region.page(0)).AllocationProtect, 0x01u);
  EXPECT_EQ(ask(region.page(1)).AllocationProtect, 0x01u);
  EXPECT_EQ(ask(region.page(2)).AllocationProtect, 0x01u);
}

TEST(VirtualAlloc, V20_committed_pages_read_as_zero_the_first_time) {
  Region region = committed(16);

  EXPECT_TRUE(pages_hold(region.base(), 16, 0));
}

TEST(VirtualAlloc, V20_pages_read_as_zero_again_after_decommit_and_commit) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualFree(region.page(1), 0x2000, MEM_DECOMMIT));
  region.commit(1, 2);

  EXPECT_TRUE(pages_hold(region.page(0), 1, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(1), 2, 0));
  EXPECT_TRUE(pages_hold(region.page(3), 1, 0x5A));
}

TEST(VirtualAlloc, V20_pages_read_as_zero_again_after_release_and_reserve) {
  Region first = committed(16);
  char* place = first.base();
  first.fill(0, 16, 0x5A);
  first.release();

  Region second(VirtualAlloc(place, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);

  ASSERT_EQ(second.base(), place);
  EXPECT_TRUE(pages_hold(second.base(), 16, 0));
}

TEST(VirtualAlloc, V20_read_only_pages_read_as_zero_too) {
  Region region = committed(2, PAGE_READONLY);

  EXPECT_TRUE(pages_hold(region.base(), 2, 0));
}

TEST(VirtualAlloc, N1_success_leaves_the_last_error_alone) {
  void* base = nullptr;
  DWORD old = 0;
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_OK(base = VirtualAlloc(nullptr, 0x10000, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_OK(VirtualAlloc(base, 0x1000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_OK(VirtualAllocEx(GetCurrentProcess(), base, 0x2000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_OK(VirtualAlloc(base, 0x1000, MEM_RESET, PAGE_READWRITE));
  EXPECT_OK(VirtualProtect(base, 0x1000, PAGE_READONLY, &old));
  EXPECT_OK(VirtualProtectEx(GetCurrentProcess(), base, 0x1000, PAGE_NOACCESS, &old));
  EXPECT_OK(VirtualQuery(base, &info, sizeof info));
  EXPECT_OK(VirtualQueryEx(GetCurrentProcess(), base, &info, sizeof info));
  EXPECT_OK(VirtualFree(base, 0x1000, MEM_DECOMMIT));
  EXPECT_OK(VirtualFreeEx(GetCurrentProcess(), base, 0, MEM_DECOMMIT));
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

TEST(VirtualAlloc, V16_reserved_memory_is_not_accessible_and_committed_memory_is) {
  Region region = reserve(3);
  region.commit(1, 1);

  EXPECT_FALSE(platform::can_read(region.page(0)));
  EXPECT_TRUE(platform::can_write(region.page(1)));
  EXPECT_FALSE(platform::can_write(region.page(2)));
}

} // namespace
} // namespace apitest
