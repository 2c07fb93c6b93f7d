// MEM_RESET when memory really is short: the kernel is told to take back what it may. Linux only.
// Rules: V23 V24
#include "expect.h"
#include "memory_map.h"

#include <sys/mman.h>

#include <cstddef>

namespace apitest {
namespace {

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

// Reclaims what may be reclaimed: pages given up by a reset become zero at once, even without swap.
void make_memory_short(const Region& region) { ASSERT_EQ(madvise(region.base(), region.bytes(), MADV_PAGEOUT), 0); }

// How many of the pages are zero throughout; every other must hold `old`.
std::size_t zeroed_pages(const Region& region, std::size_t first, std::size_t count, int old) {
  std::size_t zeroed = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const bool is_zero = *region.page(i) == 0;
    EXPECT_TRUE(pages_hold(region.page(i), 1, is_zero ? 0 : old)) << "page " << i;
    zeroed += is_zero;
  }
  return zeroed;
}

// Many pages in the tests below: the kernel keeps some thirty of them per processor aside for a while.

TEST(Reset, V23_a_reset_gives_memory_back_when_it_is_short) {
  Region region = committed(512);
  region.fill(0, 512, 0x5A);

  EXPECT_OK(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_READWRITE));
  make_memory_short(region);

  EXPECT_GT(zeroed_pages(region, 0, 512, 0x5A), 0u);
  EXPECT_MAP(region, "C512rw");
}

TEST(Reset, V23_pages_that_are_partly_covered_or_outside_are_never_given_up) {
  Region region = committed(512);
  region.fill(0, 512, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(16) + 1, 480 * kPage - 2, MEM_RESET, PAGE_READWRITE));
  make_memory_short(region);

  EXPECT_TRUE(pages_hold(region.page(0), 17, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(495), 17, 0x5A));
  EXPECT_GT(zeroed_pages(region, 17, 478, 0x5A), 0u);
}

TEST(Reset, V23_what_is_written_after_a_reset_stays) {
  Region region = committed(16);
  region.fill(0, 16, 0x5A);
  EXPECT_OK(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_READWRITE));

  region.fill(4, 4, 0x33);
  make_memory_short(region);

  EXPECT_TRUE(pages_hold(region.page(4), 4, 0x33));
}

TEST(Reset, V23_read_only_pages_may_be_given_up_too) {
  Region region = committed(16);
  region.fill(0, 16, 0x5A);
  DWORD old = 0;
  EXPECT_OK(VirtualProtect(region.page(4), 4 * kPage, PAGE_READONLY, &old));

  EXPECT_OK(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_NOACCESS));
  make_memory_short(region);

  zeroed_pages(region, 0, 16, 0x5A);
  EXPECT_MAP(region, "C4rw C4ro C8rw");
}

TEST(Reset, V24_an_undo_that_succeeds_means_that_nothing_was_lost) {
  for (bool is_short : {false, true}) {
    Region region = committed(64);
    region.fill(0, 64, 0x5A);
    EXPECT_OK(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_READWRITE));
    if (is_short) {
      make_memory_short(region);
    }

    const bool intact = VirtualAlloc(region.base(), region.bytes(), MEM_RESET_UNDO, PAGE_READWRITE) != nullptr;

    if (intact) {
      EXPECT_TRUE(pages_hold(region.base(), 64, 0x5A));
    }
  }
}

TEST(Reset, V24_an_undo_that_succeeds_protects_from_later_loss) {
  Region region = committed(64);
  region.fill(0, 64, 0x5A);
  EXPECT_OK(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_READWRITE));

  const bool intact = VirtualAlloc(region.base(), region.bytes(), MEM_RESET_UNDO, PAGE_READWRITE) != nullptr;
  make_memory_short(region);

  if (intact) {
    EXPECT_TRUE(pages_hold(region.base(), 64, 0x5A));
  }
}

} // namespace
} // namespace apitest
