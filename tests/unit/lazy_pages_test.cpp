// What the kernel tells of pages that it may drop (host/lazy_pages.h).
#include "host/features.h"
#include "host/lazy_pages.h"
#include "zoo.h"

#include <cstring>

namespace {

using namespace zoo;

constexpr int kPageOut = 21; // MADV_PAGEOUT

// Gives pages up, and has the kernel count them at once: the next such call ends what it keeps aside. A thread that is
// moved to another processor in between makes one attempt fail.
void give_up(const Island& island, std::size_t from, std::size_t to) {
  ASSERT_EQ(madvise(island.page(from), (to - from) * kPage, MADV_FREE), 0);
  ASSERT_EQ(madvise(island.page(from), kPage, MADV_FREE), 0);
}

template <typename Attempt> bool once_in_a_while(Attempt attempt) {
  for (int i = 0; i < 50; ++i) {
    if (attempt()) {
      return true;
    }
  }
  return false;
}

TEST(LazyPages, counts_what_was_given_up_and_not_written_since) {
  if (host::disabled(host::Feature::proc)) {
    Island island(1, PROT_READ | PROT_WRITE, kPrivate);
    EXPECT_EQ(host::given_up(island.range(0, 1)), 0U);
    return;
  }
  EXPECT_TRUE(once_in_a_while([] {
    Island island(40, PROT_READ | PROT_WRITE, kPrivate);
    std::memset(island.page(0), 1, 40 * kPage);
    EXPECT_EQ(host::given_up(island.range(0, 40)), 0U);
    give_up(island, 0, 30);
    *island.page(3) = 2;
    return host::given_up(island.range(0, 40)) == 29 * kPage;
  }));
}

TEST(LazyPages, counts_mappings_that_lie_wholly_inside) {
  Island island(8, PROT_READ | PROT_WRITE, kPrivate);
  std::memset(island.page(0), 1, 8 * kPage);
  give_up(island, 0, 8);

  EXPECT_EQ(host::given_up(island.range(0, 7)), 0U);
  EXPECT_EQ(host::given_up(island.range(1, 8)), 0U);
}

TEST(LazyPages, pages_that_are_kept_stay) {
  if (host::disabled(host::Feature::populate)) {
    Island island(1, PROT_READ | PROT_WRITE, kPrivate);
    EXPECT_FALSE(host::keep_pages(island.range(0, 1)));
    return;
  }
  EXPECT_TRUE(once_in_a_while([] {
    Island island(16, PROT_READ | PROT_WRITE, kPrivate);
    std::memset(island.page(0), 1, 16 * kPage);
    give_up(island, 0, 16);
    bool kept = host::keep_pages(island.range(0, 16));
    madvise(island.page(0), 16 * kPage, kPageOut);
    return kept && *island.page(0) == 1 && *island.page(15) == 1;
  }));
}

TEST(LazyPages, a_page_that_was_dropped_is_not_kept) {
  Island island(16, PROT_READ | PROT_WRITE, kPrivate);
  std::memset(island.page(0), 1, 16 * kPage);
  ASSERT_EQ(madvise(island.page(5), kPage, MADV_DONTNEED), 0);

  EXPECT_FALSE(host::keep_pages(island.range(0, 16)));
}

TEST(LazyPages, pages_that_cannot_be_written_are_not_kept) {
  Island island(2, PROT_READ | PROT_WRITE, kPrivate);
  std::memset(island.page(0), 1, 2 * kPage);
  island.protect(1, PROT_READ);

  EXPECT_FALSE(host::keep_pages(island.range(0, 2)));
}

} // namespace
