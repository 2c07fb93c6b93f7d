// The bits of single pages (vm/page_bits.h), compared with a plain vector.
#include "vm/page_bits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace {

using namespace winmem;
using vm::PageBit;
namespace page_bits = vm::page_bits;

// Addresses that nothing else in the process uses; the bits do not ask whether there is memory.
constexpr Address kSomewhere = 0x100000000000;

AddressRange pages(Address base, std::uint64_t begin, std::uint64_t end) {
  return {base + pages_to_bytes(begin), base + pages_to_bytes(end)};
}

TEST(PageBits, a_page_without_a_record_has_no_bit) {
  AddressRange far = pages(kSomewhere, 0, 1 << 24); // 64 GiB

  EXPECT_FALSE(page_bits::test(PageBit::locked, far.begin));
  page_bits::clear(PageBit::locked, far);
  page_bits::Stretch all = page_bits::stretch(PageBit::locked, far);

  EXPECT_FALSE(all.is_set);
  EXPECT_EQ(all.end, far.end);
}

TEST(PageBits, the_first_and_the_last_page_of_user_space_have_bits) {
  for (Address page : {Address{0}, kUserEnd - kPage}) {
    ASSERT_TRUE(page_bits::prepare({page, page + kPage}));

    EXPECT_TRUE(page_bits::set_one(PageBit::locked, page));

    EXPECT_TRUE(page_bits::test(PageBit::locked, page));
    page_bits::clear(PageBit::locked, {page, page + kPage});
    EXPECT_FALSE(page_bits::test(PageBit::locked, page));
  }
}

TEST(PageBits, one_of_the_bits_says_nothing_of_the_others) {
  AddressRange range = pages(kSomewhere + kChunk, 0, 100);
  ASSERT_TRUE(page_bits::prepare(range));

  page_bits::set(PageBit::reset, range);

  EXPECT_FALSE(page_bits::test(PageBit::disarmed, range.begin));
  EXPECT_FALSE(page_bits::test(PageBit::locked, range.begin));
  page_bits::clear(PageBit::reset, range);
}

TEST(PageBits, a_stretch_goes_over_records_and_over_gaps_between_them) {
  Address base = kSomewhere + (Address{1} << 34) - 4 * kChunk; // the end of one node and the beginning of the next
  constexpr std::uint64_t kRecord = kChunk / kPage;
  AddressRange all = pages(base, 0, 8 * kRecord);
  ASSERT_TRUE(page_bits::prepare(pages(base, 0, 5 * kRecord)));
  page_bits::set(PageBit::locked, pages(base, 3, 5 * kRecord - 1));

  page_bits::Stretch clear_before = page_bits::stretch(PageBit::locked, all);
  page_bits::Stretch set = page_bits::stretch(PageBit::locked, {clear_before.end, all.end});
  page_bits::Stretch clear_behind = page_bits::stretch(PageBit::locked, {set.end, all.end});

  EXPECT_FALSE(clear_before.is_set);
  EXPECT_EQ(clear_before.end, base + 3 * kPage);
  EXPECT_TRUE(set.is_set);
  EXPECT_EQ(set.end, base + pages_to_bytes(5 * kRecord - 1));
  EXPECT_FALSE(clear_behind.is_set);
  EXPECT_EQ(clear_behind.end, all.end);
  page_bits::clear(PageBit::locked, all);
}

TEST(PageBits, a_set_stretch_ends_where_there_is_no_record) {
  Address base = kSomewhere + (Address{8} << 34);
  ASSERT_TRUE(page_bits::prepare({base, base + kChunk}));
  page_bits::set(PageBit::locked, {base, base + kChunk});

  page_bits::Stretch set = page_bits::stretch(PageBit::locked, {base, base + 2 * kChunk});

  EXPECT_TRUE(set.is_set);
  EXPECT_EQ(set.end, base + kChunk);
  page_bits::clear(PageBit::locked, {base, base + kChunk});
}

TEST(PageBits, random_changes_agree_with_a_plain_vector) {
  constexpr std::uint64_t kPages = 3 * kChunk / kPage + 77;
  Address base = kSomewhere + (Address{16} << 34) + 13 * kPage;
  ASSERT_TRUE(page_bits::prepare(pages(base, 0, kPages)));
  std::vector<bool> model(kPages);
  std::mt19937_64 random(4711);

  for (int round = 0; round < 2000; ++round) {
    std::uint64_t begin = random() % kPages;
    std::uint64_t end = begin + 1 + random() % std::min<std::uint64_t>(kPages - begin, round % 2 == 0 ? 5 : kPages);
    bool value = random() % 2 == 0;
    (value ? page_bits::set : page_bits::clear)(PageBit::disarmed, pages(base, begin, end));
    std::fill(model.begin() + static_cast<long>(begin), model.begin() + static_cast<long>(end), value);

    std::uint64_t from = random() % kPages;
    std::uint64_t model_end = from + 1;
    while (model_end < kPages && model[model_end] == model[from]) {
      ++model_end;
    }
    page_bits::Stretch seen = page_bits::stretch(PageBit::disarmed, pages(base, from, kPages));
    ASSERT_EQ(seen.is_set, model[from]) << "round " << round;
    ASSERT_EQ(seen.end, base + pages_to_bytes(model_end)) << "round " << round;
    ASSERT_EQ(page_bits::test(PageBit::disarmed, base + pages_to_bytes(from)), model[from]);
  }
}

TEST(PageBits, of_those_who_race_to_set_a_bit_one_wins) {
  constexpr int kRounds = 20000;
  Address page = kSomewhere + (Address{24} << 34);
  ASSERT_TRUE(page_bits::prepare({page, page + kPage}));
  std::atomic<int> turn{0};
  std::atomic<int> finished{0};
  std::atomic<int> wins{0};
  auto run = [&] {
    for (int round = 1; round <= kRounds; ++round) {
      while (turn.load() != round) {
        std::this_thread::yield();
      }
      wins += page_bits::set_one(PageBit::disarmed, page) ? 1 : 0;
      ++finished;
    }
  };
  std::thread first(run);
  std::thread second(run);

  for (int round = 1; round <= kRounds; ++round) {
    page_bits::clear(PageBit::disarmed, {page, page + kPage});
    turn.store(round);
    while (finished.load() != 2 * round) {
      std::this_thread::yield();
    }
    ASSERT_EQ(wins.load(), round);
  }
  first.join();
  second.join();
}

} // namespace
