// The arena's holes against an array of granules: O1 and O2 of vm/holes.h. The holes are one global set, which these
// tests fill with addresses far from the arena's; nothing is mapped there and nothing touched.
#include "vm/holes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using winmem::Address;
using winmem::AddressRange;
using winmem::Bytes;
using winmem::kGranule;
namespace holes = winmem::vm::holes;

constexpr Address kBase = Address{1} << 20; // below any arena
constexpr unsigned kGranules = 600;
constexpr AddressRange kField{kBase, kBase + kGranules* kGranule};

AddressRange granules(unsigned begin, unsigned end) { return {kBase + begin * kGranule, kBase + end * kGranule}; }

// One field for all tests, as the set has no way to be emptied but by taking.
class Holes : public testing::Test {
protected:
  static void SetUpTestSuite() { ASSERT_TRUE(holes::start_with(kField)); }
  void SetUp() override { free_.assign(kGranules, true); }
  void TearDown() override {
    for (unsigned i = 0; i < kGranules; ++i) {
      if (!free_[i]) {
        put_back(i, i + 1);
      }
    }
  }

  bool take(unsigned begin, unsigned end) {
    bool is_free = std::all_of(free_.begin() + begin, free_.begin() + end, [](bool f) { return f; });
    bool taken = holes::take(granules(begin, end)) == holes::Taken::yes;
    EXPECT_EQ(taken, is_free);
    if (taken) {
      std::fill(free_.begin() + begin, free_.begin() + end, false);
    }
    return taken;
  }
  void put_back(unsigned begin, unsigned end) {
    ASSERT_TRUE(holes::add_spare()); // as each region does when it is made
    holes::put_back(granules(begin, end));
    std::fill(free_.begin() + begin, free_.begin() + end, true);
  }

  Address model_lowest(unsigned count, Bytes alignment, AddressRange within) const {
    for (unsigned i = 0; i + count <= kGranules; ++i) {
      AddressRange at = granules(i, i + count);
      if (at.begin % alignment == 0 && within.contains(at) &&
          std::all_of(free_.begin() + i, free_.begin() + i + count, [](bool f) { return f; })) {
        return at.begin;
      }
    }
    return 0;
  }
  Address model_highest(unsigned count, Bytes alignment, AddressRange within) const {
    for (unsigned i = kGranules - count + 1; i-- > 0;) {
      AddressRange at = granules(i, i + count);
      if (at.begin % alignment == 0 && within.contains(at) &&
          std::all_of(free_.begin() + i, free_.begin() + i + count, [](bool f) { return f; })) {
        return at.begin;
      }
    }
    return 0;
  }

  std::vector<bool> free_;
};

TEST_F(Holes, a_range_is_taken_once) {
  EXPECT_TRUE(take(10, 20));
  EXPECT_FALSE(take(19, 21));
  EXPECT_TRUE(take(20, 21));
}

TEST_F(Holes, what_is_put_back_joins_its_neighbours) {
  ASSERT_TRUE(take(0, kGranules));
  put_back(4, 6);
  put_back(8, 9);
  put_back(6, 8);

  EXPECT_EQ(holes::find_lowest({.size = 5 * kGranule, .within = kField}), granules(4, 9).begin);
  EXPECT_EQ(holes::find_lowest({.size = 6 * kGranule, .within = kField}), 0u);
}

TEST_F(Holes, searches_agree_with_an_array_of_granules) {
  std::mt19937 engine(20261123);
  auto random = [&](unsigned below) { return static_cast<unsigned>(engine() % below); };
  for (int step = 0; step < 20000; ++step) {
    unsigned begin = random(kGranules);
    unsigned end = std::min(begin + 1 + random(6), kGranules);
    if (random(2) == 0) {
      take(begin, end);
    } else if (std::none_of(free_.begin() + begin, free_.begin() + end, [](bool f) { return f; })) {
      put_back(begin, end);
    }
    unsigned count = 1 + random(12);
    Bytes alignment = kGranule << random(6);
    AddressRange within = random(2) == 0 ? kField : granules(random(300), 300 + random(300));
    holes::Wanted wanted{.size = count * kGranule, .alignment = alignment, .within = within};
    ASSERT_EQ(holes::find_lowest(wanted), model_lowest(count, alignment, within)) << "step " << step;
    ASSERT_EQ(holes::find_highest(wanted), model_highest(count, alignment, within)) << "step " << step;
  }
}

} // namespace
