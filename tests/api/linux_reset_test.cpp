// MEM_RESET when memory really is short: the kernel is told to take back what it may. Linux only.
// Rules: V23 V24 V102
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

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

TEST(OfferVirtualMemory, V102_what_the_kernel_dropped_is_told) {
  Region region = committed(512);
  region.fill(0, 512, 0x5A);

  ASSERT_EQ(OfferVirtualMemory(region.base(), region.bytes(), VmOfferPriorityNormal), DWORD{ERROR_SUCCESS});
  make_memory_short(region);

  EXPECT_EQ(ReclaimVirtualMemory(region.base(), region.bytes()), DWORD{ERROR_BUSY});
  EXPECT_GT(zeroed_pages(region, 0, 512, 0x5A), 0u);
}

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

bool reset(const Region& region, std::size_t first, std::size_t count) {
  return VirtualAlloc(region.page(first), count * kPage, MEM_RESET, PAGE_READWRITE) != nullptr;
}
bool undo(const Region& region, std::size_t first, std::size_t count) {
  return VirtualAlloc(region.page(first), count * kPage, MEM_RESET_UNDO, PAGE_READWRITE) != nullptr;
}

// Whether one of some attempts succeeds: a thread that is moved to another processor in the middle of a reset leaves
// pages behind that the kernel counts later.
template <typename Attempt> bool once_in_a_while(Attempt attempt) {
  for (int i = 0; i < 50; ++i) {
    if (attempt()) {
      return true;
    }
  }
  return false;
}

TEST(Reset, V24_an_undo_soon_after_succeeds) {
  if (!platform::can_undo_resets()) {
    GTEST_SKIP() << "the kernel does not tell which pages it dropped";
  }
  for (std::size_t count : {1, 7, 100, 1500}) {
    EXPECT_TRUE(once_in_a_while([&] {
      Region region = committed(count);
      region.fill(0, count, 0x5A);
      bool undone = reset(region, 0, count) && undo(region, 0, count);
      make_memory_short(region);
      return undone && pages_hold(region.base(), count, 0x5A);
    })) << count
        << " pages";
  }
}

TEST(Reset, V24_resets_elsewhere_do_not_matter) {
  if (!platform::can_undo_resets()) {
    GTEST_SKIP() << "the kernel does not tell which pages it dropped";
  }
  EXPECT_TRUE(once_in_a_while([&] {
    Region region = committed(100);
    region.fill(0, 100, 0x5A);
    EXPECT_TRUE(reset(region, 0, 20) && reset(region, 40, 20));
    region.fill(40, 20, 0x33); // written since: of these nobody knows
    return undo(region, 0, 30) && pages_hold(region.base(), 40, 0x5A);
  }));
}

TEST(Reset, V24_where_nothing_was_reset_an_undo_succeeds) {
  Region region = committed(64);
  region.fill(0, 64, 0x5A);
  ASSERT_TRUE(reset(region, 0, 32));

  EXPECT_TRUE(undo(region, 32, 32));

  EXPECT_TRUE(pages_hold(region.page(32), 32, 0x5A));
}

TEST(Reset, V24_pages_that_were_lost_are_never_called_intact) {
  Region region = committed(256);
  region.fill(0, 256, 0x5A);
  ASSERT_TRUE(reset(region, 0, 256));
  make_memory_short(region);
  if (zeroed_pages(region, 0, 256, 0x5A) == 0) { // which reads them all: they are there again, as zero
    GTEST_SKIP() << "the kernel dropped nothing";
  }

  EXPECT_FALSE(undo(region, 0, 256));
  region.fill(0, 256, 0x33); // they are there and written, and still not what they were
  EXPECT_FALSE(undo(region, 0, 256));
  EXPECT_TRUE(pages_hold(region.base(), 256, 0x33));
}

TEST(Reset, V24_a_decommit_forgets_the_reset) {
  Region region = committed(16);
  region.fill(0, 16, 0x5A);
  ASSERT_TRUE(reset(region, 0, 16));

  EXPECT_OK(VirtualFree(region.base(), region.bytes(), MEM_DECOMMIT));
  region.commit(0, 16);

  EXPECT_TRUE(undo(region, 0, 16));
}

} // namespace
} // namespace apitest
