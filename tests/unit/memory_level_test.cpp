// sync/memory_notification: what scarce and plentiful mean.
#include "sync/memory_notification.h"

#include <gtest/gtest.h>

namespace {

using namespace winmem;
using sync::is_at;
using sync::MemoryLevel;

constexpr Bytes kMega = Bytes{1} << 20;
constexpr Bytes kGiga = Bytes{1} << 30;

TEST(MemoryLevel, Y61_low_is_32_mebibytes_of_each_4_gibibytes) {
  EXPECT_TRUE(is_at(MemoryLevel::low, 4 * kGiga, 32 * kMega));
  EXPECT_FALSE(is_at(MemoryLevel::low, 4 * kGiga, 33 * kMega));
  EXPECT_TRUE(is_at(MemoryLevel::low, kGiga / 4, 2 * kMega));
  EXPECT_FALSE(is_at(MemoryLevel::low, kGiga / 4, 3 * kMega));
}

TEST(MemoryLevel, Y61_low_is_64_mebibytes_at_most) {
  EXPECT_TRUE(is_at(MemoryLevel::low, 512 * kGiga, 64 * kMega));
  EXPECT_FALSE(is_at(MemoryLevel::low, 512 * kGiga, 65 * kMega));
}

TEST(MemoryLevel, Y61_high_is_above_three_times_that_and_between_them_is_neither) {
  EXPECT_TRUE(is_at(MemoryLevel::high, 4 * kGiga, 97 * kMega));
  EXPECT_FALSE(is_at(MemoryLevel::high, 4 * kGiga, 96 * kMega));
  EXPECT_FALSE(is_at(MemoryLevel::low, 4 * kGiga, 96 * kMega));
}

} // namespace
