// The radix map from addresses to regions, against a plain list: M1 of vm/region_map.h. Regions here are only named,
// far below the arena; nothing is mapped there.
#include "vm/region_map.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace {

using winmem::Address;
using winmem::AddressRange;
using winmem::Bytes;
using winmem::kPage;
using winmem::vm::Region;
namespace region_map = winmem::vm::region_map;

constexpr Address kBase = Address{5} << 36;
constexpr Address kEnd = kBase + (Address{3} << 36); // three entries of the top level

class RegionMap : public testing::Test {
protected:
  void TearDown() override {
    while (!regions_.empty()) {
      remove(regions_.begin()->first);
    }
  }

  Region* add(Address begin, Bytes size) {
    auto region = std::make_unique<Region>();
    region->range = {begin, begin + size};
    EXPECT_TRUE(region_map::prepare(region->range));
    region_map::set(region->range, region.get());
    return (regions_[begin] = std::move(region)).get();
  }
  void remove(Address begin) {
    region_map::set(regions_[begin]->range, nullptr);
    regions_.erase(begin);
  }
  bool is_free(AddressRange range) const {
    auto next = regions_.lower_bound(range.begin);
    if (next != regions_.end() && next->second->range.overlaps(range)) {
      return false;
    }
    return next == regions_.begin() || !std::prev(next)->second->range.overlaps(range);
  }
  Region* covering_or_next(Address at, Address limit) const {
    auto next = regions_.upper_bound(at);
    if (next != regions_.begin() && std::prev(next)->second->range.contains(at)) {
      return std::prev(next)->second.get();
    }
    return next != regions_.end() && next->first < limit ? next->second.get() : nullptr;
  }

  std::map<Address, std::unique_ptr<Region>> regions_;
};

TEST_F(RegionMap, every_page_of_a_region_finds_it_and_no_other) {
  Region* region = add(kBase + 0x3000, 0x25000);

  EXPECT_EQ(region_map::find(kBase + 0x2fff), nullptr);
  EXPECT_EQ(region_map::find(kBase + 0x3000), region);
  EXPECT_EQ(region_map::find(kBase + 0x27fff), region);
  EXPECT_EQ(region_map::find(kBase + 0x28000), nullptr);
}

TEST_F(RegionMap, sixteen_regions_share_a_granule) {
  for (unsigned page = 0; page < 16; ++page) {
    add(kBase + page * kPage, kPage);
  }

  for (unsigned page = 0; page < 16; ++page) {
    EXPECT_EQ(region_map::find(kBase + page * kPage), regions_[kBase + page * kPage].get());
  }
}

TEST_F(RegionMap, a_region_of_many_gigabytes_takes_few_nodes) {
  Bytes before = region_map::footprint();

  Region* region = add(kBase + 0x12345000, Bytes{150} << 30);

  EXPECT_EQ(region_map::find(kBase + (Address{100} << 30)), region);
  EXPECT_LE(region_map::footprint() - before, Bytes{2} << 20);
}

TEST_F(RegionMap, random_regions_agree_with_a_list) {
  std::mt19937_64 random(20261123);
  for (int step = 0; step < 20000; ++step) {
    int scale = static_cast<int>(random() % 25);
    Bytes size = kPage * (1 + random() % (Bytes{1} << scale));
    Address begin = kBase + random() % (kEnd - kBase) / kPage * kPage;
    if (random() % 4 == 0 && !regions_.empty()) {
      begin = std::next(regions_.begin(), static_cast<std::ptrdiff_t>(random() % regions_.size()))->second->range.end;
    }
    if (random() % 3 != 0) {
      AddressRange range{begin, begin + size};
      if (range.end <= kEnd && is_free(range)) {
        add(begin, size);
      }
    } else if (!regions_.empty()) {
      remove(std::next(regions_.begin(), static_cast<std::ptrdiff_t>(random() % regions_.size()))->first);
    }
    Address at = kBase + random() % (kEnd - kBase);
    Address limit = random() % 2 == 0 ? kEnd : std::min(kEnd, at + (random() % (Address{1} << 32)));
    Region* expected = covering_or_next(at, limit);
    Region* found = region_map::find_or_next(at, limit);
    ASSERT_EQ(found, expected) << "step " << step;
    ASSERT_EQ(region_map::find(at), expected != nullptr && expected->range.contains(at) ? expected : nullptr);
  }
}

} // namespace
