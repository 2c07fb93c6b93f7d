// Memory that holds one byte over and over: all of the range is written and counts, and nothing beside it.
#include "heap/filling.h"

#include <gtest/gtest.h>
#include <vector>

namespace {

using namespace winmem;

constexpr Bytes kBeside = 80;
constexpr Bytes kMost = 700;

class Filling : public testing::Test {
protected:
  Filling() : memory_(kBeside + kMost + kBeside, kOther) {}
  Address begin() { return reinterpret_cast<Address>(memory_.data()) + kBeside; }

  static constexpr char kOther = 0x11;
  std::vector<char> memory_;
};

TEST_F(Filling, fills_the_range_and_nothing_else) {
  for (Bytes size = 0; size <= kMost; ++size) {
    memory_.assign(memory_.size(), kOther);
    heap::fill(begin(), size, 0x22);
    for (Bytes at = 0; at < memory_.size(); ++at) {
      bool inside = at >= kBeside && at < kBeside + size;
      ASSERT_EQ(memory_[at], inside ? 0x22 : kOther) << at << " of " << size;
    }
  }
}

TEST_F(Filling, each_byte_of_the_range_counts_and_no_other) {
  for (Bytes size = 0; size <= kMost; ++size) {
    memory_.assign(memory_.size(), kOther);
    heap::fill(begin(), size, 0);
    ASSERT_TRUE(heap::holds(begin(), size, 0)) << size;
    ASSERT_EQ(heap::holds(begin(), size, kOther), size == 0) << size;
    for (Bytes at = kBeside; at < kBeside + size; ++at) {
      for (char bit : {char{1}, static_cast<char>(0x80)}) {
        memory_[at] = bit;
        ASSERT_FALSE(heap::holds(begin(), size, 0)) << at - kBeside << " of " << size;
      }
      memory_[at] = 0;
    }
  }
}

} // namespace
