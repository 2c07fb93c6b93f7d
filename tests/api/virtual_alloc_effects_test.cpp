// Placement from the top, MEM_RESET, and the cache attributes of an allocation.
// Rules: V21 V23 V24 V25 C8 C10
#include "expect.h"
#include "memory_map.h"

#include <cstring>

namespace apitest {
namespace {

Region reserve_top_down(std::size_t pages) {
  void* base = VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
  EXPECT_NE(base, nullptr);
  return {base, pages};
}

TEST(VirtualAllocTopDown, V21_top_down_lies_above_the_ordinary_place) {
  Region ordinary = reserve(16);
  Region top = reserve_top_down(16);

  EXPECT_GT(top.base(), ordinary.base());
}

TEST(VirtualAllocTopDown, V21_top_down_goes_downward) {
  Region first = reserve_top_down(16);
  Region second = reserve_top_down(16);
  Region third = reserve_top_down(16);

  EXPECT_GT(first.base(), second.base());
  EXPECT_GT(second.base(), third.base());
}

TEST(VirtualAllocTopDown, V21_top_down_takes_the_highest_hole_that_fits) {
  Region first = reserve_top_down(32);
  Region hole = reserve_top_down(32);
  Region last = reserve_top_down(32);
  char* place = hole.base();
  hole.release();

  Region again = reserve_top_down(32);

  EXPECT_EQ(again.base(), place);
}

TEST(VirtualAllocTopDown, V21_top_down_passes_over_a_hole_that_is_too_small) {
  Region first = reserve_top_down(32);
  Region hole = reserve_top_down(32);
  Region last = reserve_top_down(32);
  char* place = hole.base();
  hole.release();

  Region larger = reserve_top_down(64);

  EXPECT_LT(larger.base(), place);
}

TEST(VirtualAllocTopDown, V21_the_flag_is_not_visible_in_queries) {
  Region region = reserve_top_down(4);

  EXPECT_MAP(region, "R4");
  EXPECT_EQ(ask(region.base()).AllocationProtect, 0x04u);
}

TEST(VirtualAllocTopDown, V21_top_down_may_be_committed_at_once) {
  Region region(VirtualAlloc(nullptr, 0x4000, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN, PAGE_READONLY), 4);

  EXPECT_MAP(region, "C4ro");
}

// A page after a reset: all its bytes are old or all are zero.
::testing::AssertionResult page_is_old_or_zero(const char* page, int old) {
  const auto first = static_cast<unsigned char>(page[0]);
  if (first != old && first != 0) {
    return ::testing::AssertionFailure() << "first byte " << int{first};
  }
  return pages_hold(page, 1, first);
}

TEST(VirtualAllocReset, V23_reset_returns_the_page_base) {
  Region region = committed(4);

  EXPECT_EQ(VirtualAlloc(region.page(1) + 0x123, 0x1000, MEM_RESET, PAGE_READWRITE), region.page(1));
}

TEST(VirtualAllocReset, V23_reset_keeps_state_and_protection) {
  Region region = reserve(8, PAGE_NOACCESS);
  region.commit(1, 2, PAGE_READWRITE);
  region.commit(4, 1, PAGE_READONLY);

  EXPECT_OK(VirtualAlloc(region.base(), 0x8000, MEM_RESET, PAGE_READWRITE));

  EXPECT_MAP(region, "R1 C2rw R1 C1ro R3");
}

TEST(VirtualAllocReset, V23_after_reset_each_page_is_old_or_zero) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(1), 0x2000, MEM_RESET, PAGE_READWRITE));

  EXPECT_TRUE(page_is_old_or_zero(region.page(1), 0x5A));
  EXPECT_TRUE(page_is_old_or_zero(region.page(2), 0x5A));
}

TEST(VirtualAllocReset, V23_reset_never_touches_pages_outside_the_range) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(1), 0x2000, MEM_RESET, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(region.page(0), 1, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(3), 1, 0x5A));
}

TEST(VirtualAllocReset, V23_a_partly_covered_page_keeps_its_data) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(0) + 1, 3 * kPage - 2, MEM_RESET, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(region.page(0), 1, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(2), 1, 0x5A));
  EXPECT_TRUE(page_is_old_or_zero(region.page(1), 0x5A));
}

TEST(VirtualAllocReset, V23_C8_reset_works_on_reserved_pages) {
  Region region = reserve(4);

  EXPECT_OK(VirtualAlloc(region.base(), 0x4000, MEM_RESET, PAGE_READWRITE));

  EXPECT_MAP(region, "R4");
}

TEST(VirtualAllocReset, V23_C8_reset_must_stay_in_one_allocation) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.first.fill(0, 16, 0x5A);

  EXPECT_ERROR(487, VirtualAlloc(pair.first.page(15), 0x2000, MEM_RESET, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(pair.first.base(), 16, 0x5A));
}

TEST(VirtualAllocReset, V23_reset_past_the_end_is_a_conflict) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);
  region.fill(0, 16, 0x5A);

  EXPECT_ERROR(487, VirtualAlloc(r + 0xF000, 0x2000, MEM_RESET, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(r + 0x10000, 0x1000, MEM_RESET, PAGE_READWRITE));

  EXPECT_TRUE(pages_hold(region.base(), 16, 0x5A));
}

TEST(VirtualAllocReset, V23_memory_is_ordinary_after_a_reset) {
  Region region = committed(2);
  region.fill(0, 2, 0x5A);
  EXPECT_OK(VirtualAlloc(region.base(), 0x2000, MEM_RESET, PAGE_READWRITE));

  region.fill(0, 2, 0x33);

  EXPECT_TRUE(pages_hold(region.base(), 2, 0x33));
}

TEST(VirtualAllocReset, V24_undo_that_succeeds_leaves_all_data_intact) {
  Region region = committed(8);
  region.fill(0, 8, 0x5A);
  EXPECT_OK(VirtualAlloc(region.base(), 0x8000, MEM_RESET, PAGE_READWRITE));

  void* undone = VirtualAlloc(region.base(), 0x8000, MEM_RESET_UNDO, PAGE_READWRITE);

  if (undone != nullptr) {
    EXPECT_EQ(undone, region.base());
    EXPECT_TRUE(pages_hold(region.base(), 8, 0x5A));
  } else {
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_TRUE(page_is_old_or_zero(region.page(i), 0x5A)) << "page " << i;
    }
  }
  EXPECT_MAP(region, "C8rw");
}

TEST(VirtualAllocReset, V24_undo_must_stay_in_one_allocation) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);
  region.fill(0, 16, 0x5A);

  EXPECT_EQ(VirtualAlloc(r + 0xF000, 0x2000, MEM_RESET_UNDO, PAGE_READWRITE), nullptr);

  EXPECT_TRUE(pages_hold(region.base(), 16, 0x5A));
}

TEST(VirtualAllocCache, V25_C10_no_cache_given_at_allocation_shows_in_every_page) {
  Region region(VirtualAlloc(nullptr, 0x4000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_NOCACHE), 4);

  EXPECT_MAP(region, "C4rw+nc");
  EXPECT_EQ(ask(region.base()).AllocationProtect, 0x204u);
}

TEST(VirtualAllocCache, V25_write_combine_given_at_allocation_shows_in_every_page) {
  Region region(VirtualAlloc(nullptr, 0x4000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_WRITECOMBINE), 4);

  EXPECT_MAP(region, "C4rw+wc");
  EXPECT_EQ(ask(region.base()).AllocationProtect, 0x404u);
}

TEST(VirtualAllocCache, V25_C10_no_cache_stays_after_a_protect_without_it) {
  Region region(VirtualAlloc(nullptr, 0x4000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_NOCACHE), 4);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_READONLY, &old));

  EXPECT_EQ(old, 0x204u);
  EXPECT_MAP(region, "C1rw+nc C1ro+nc C2rw+nc");
}

TEST(VirtualAllocCache, V25_C10_no_cache_of_a_reservation_shows_in_pages_committed_later) {
  Region region(VirtualAlloc(nullptr, 0x4000, MEM_RESERVE, PAGE_READWRITE | PAGE_NOCACHE), 4);

  region.commit(1, 1, PAGE_READWRITE);

  EXPECT_MAP(region, "R1 C1rw+nc R2");
}

TEST(VirtualAllocCache, V25_C10_no_cache_given_only_to_a_protect_is_ignored) {
  Region region = committed(4);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_READONLY | PAGE_NOCACHE, &old));

  EXPECT_EQ(old, 0x04u);
  EXPECT_MAP(region, "C1rw C1ro C2rw");
}

} // namespace
} // namespace apitest
