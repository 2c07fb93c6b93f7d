// The pattern behind a block: which writes are seen, and that no byte of the block itself is touched or counts.
#include "heap/slack.h"

#include <cstring>
#include <gtest/gtest.h>

namespace {

using namespace winmem;

constexpr Bytes kMostRoom = 96;

class Slack : public testing::Test {
protected:
  void SetUp() override { std::memset(memory_, 0x11, sizeof memory_); }

  char* block() { return memory_ + 32; }
  bool is_untouched_outside(Bytes room) const {
    char other[32];
    std::memset(other, 0x11, sizeof other);
    return std::memcmp(memory_, other, 32) == 0 && std::memcmp(memory_ + 32 + room, other, 32) == 0;
  }

  char memory_[32 + kMostRoom + 32];
};

template <typename Visit> void for_each_size(Visit visit) {
  for (Bytes room = 16; room <= kMostRoom; room += 16) {
    for (Bytes size = 0; size <= room; ++size) {
      visit(size, room);
    }
  }
}

TEST_F(Slack, a_filled_one_is_intact_whatever_the_block_holds) {
  for_each_size([this](Bytes size, Bytes room) {
    heap::fill_slack(block(), size, room);
    EXPECT_TRUE(is_untouched_outside(room));
    for (char value : {'\0', heap::kSlackPattern, '\x7F'}) {
      std::memset(block(), value, size);
      EXPECT_TRUE(heap::slack_is_intact(block(), size, room)) << size << " of " << room;
    }
  });
}

TEST_F(Slack, each_of_the_guarded_bytes_counts_and_no_other) {
  for_each_size([this](Bytes size, Bytes room) {
    heap::fill_slack(block(), size, room);
    for (Bytes at = 0; at < room; ++at) {
      bool guarded = at >= size && at < size + heap::kGuarded;
      char before = block()[at];
      block()[at] = static_cast<char>(before ^ 1);
      EXPECT_EQ(heap::slack_is_intact(block(), size, room), !guarded) << at << ", " << size << " of " << room;
      block()[at] = before;
    }
  });
}

TEST_F(Slack, filling_it_leaves_the_block_alone) {
  for_each_size([this](Bytes size, Bytes room) {
    std::memset(block(), 0x22, room);
    heap::fill_slack(block(), size, room);
    EXPECT_TRUE(is_untouched_outside(room));
    EXPECT_TRUE(heap::slack_is_intact(block(), size, room));
    for (Bytes at = 0; at < size; ++at) {
      EXPECT_EQ(block()[at], 0x22) << at << ", " << size << " of " << room;
    }
  });
}

} // namespace
