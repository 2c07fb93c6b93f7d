// Freed memory of the process heap: it serves the next blocks, and goes back to the system when none come.
#include "process_heap_blocks.h"

#include <algorithm>
#include <future>
#include <thread>
#include <unistd.h>
#include <vector>

namespace apitest {
namespace {

DWORD state_of(const char* at) {
  MEMORY_BASIC_INFORMATION info{};
  VirtualQuery(at, &info, sizeof info);
  return info.State;
}

TEST(HeapIdle, H40_regions_of_freed_large_blocks_are_used_again_and_go_by_HeapCompact) {
  char* block = take(8 << 20);
  std::memset(block, 1, 8 << 20);
  EXPECT_TRUE(give(block));
  EXPECT_FALSE(give(block));
  EXPECT_EQ(size_of(block), kNoSize);
  char* again = static_cast<char*>(HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (8 << 20) - 100));
  EXPECT_TRUE(is_filled(again, (8 << 20) - 100, 0));
  EXPECT_EQ(size_of(again), SIZE_T{(8 << 20) - 100});
  EXPECT_TRUE(give(again));

  HeapCompact(GetProcessHeap(), 0);

  EXPECT_EQ(state_of(again), static_cast<DWORD>(MEM_FREE));
}

// Until `has_happened`, whatever time that takes: a test that never ends fails.
template <typename HasHappened> void wait_while_allocating(HasHappened has_happened) {
  alarm(60);
  for (SIZE_T i = 0; !has_happened(); ++i) {
    std::vector<char*> small;
    for (int k = 0; k < 1000; ++k) {
      small.push_back(take(i % 500));
    }
    for (char* block : small) {
      give(block);
    }
  }
  alarm(0);
}

TEST(HeapIdle, idle_memory_goes_back_while_the_program_allocates_other_things) {
  std::vector<char*> blocks;
  for (int i = 0; i < 50; ++i) {
    blocks.push_back(take(500'000));
    std::memset(blocks.back(), 1, 500'000);
  }
  char* large = take(32 << 20);
  for (char* block : blocks) {
    give(block);
  }
  give(large);
  wait_while_allocating([&] {
    auto gone = std::count_if(blocks.begin(), blocks.end(), [&](char* at) { return state_of(at) != MEM_COMMIT; });
    return state_of(large) == MEM_FREE && gone >= 40; // some may have become slabs of small blocks
  });
}

TEST(HeapIdle, what_a_thread_without_work_has_at_hand_of_large_blocks_goes_back) {
  std::promise<char*> freed;
  std::promise<void> ends;
  std::thread idle([&] {
    char* block = take(1'000'000);
    std::memset(block, 1, 1'000'000);
    give(block);
    freed.set_value(block);
    ends.get_future().wait();
  });
  wait_while_allocating([block = freed.get_future().get()] {
    const char* at = block;
    while (at < block + 1'000'000 && state_of(at) == MEM_COMMIT) { // some of it may have become slabs of small blocks
      at += 0x10000;
    }
    return at < block + 1'000'000;
  });
  ends.set_value();
  idle.join();
}

TEST(HeapIdle, a_freed_large_block_serves_one_of_another_size_and_what_that_leaves_unused_goes_back) {
  constexpr SIZE_T kLarge = 60 << 20;
  constexpr SIZE_T kSmaller = 40 << 20;
  HeapCompact(GetProcessHeap(), 0);
  char* large = take(kLarge);
  ASSERT_TRUE(give(large));
  char* smaller = take(kSmaller);
  EXPECT_EQ(smaller, large);
  EXPECT_EQ(size_of(smaller), kSmaller);
  std::memset(smaller, 5, kSmaller);
  EXPECT_EQ(state_of(large + kLarge - 100), static_cast<DWORD>(MEM_COMMIT));

  alarm(60); // else for ever, if it never goes
  while (state_of(large + kLarge - 100) == MEM_COMMIT) {
    give(take(2 << 20));
  }
  alarm(0);
  EXPECT_TRUE(is_filled(smaller, kSmaller, 5));

  char* grown = static_cast<char*>(HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, smaller, kLarge));
  EXPECT_EQ(grown, smaller);
  EXPECT_TRUE(is_filled(grown, kSmaller, 5));
  EXPECT_TRUE(is_filled(grown + kSmaller, kLarge - kSmaller, 0));
  EXPECT_TRUE(give(grown));
}

TEST(HeapIdle, a_large_block_that_grows_stays_where_it_is_for_a_while) {
  char* block = take(2 << 20);
  std::memset(block, 7, 2 << 20);
  int moves = 0;
  for (SIZE_T size = 2 << 20; size < 64 << 20; size += 100'000) {
    char* grown = static_cast<char*>(HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, block, size));
    ASSERT_NE(grown, nullptr);
    moves += grown != block ? 1 : 0;
    block = grown;
  }
  EXPECT_LE(moves, 6);
  EXPECT_TRUE(is_filled(block, 2 << 20, 7));
  EXPECT_TRUE(is_filled(block + (2 << 20), 60 << 20, 0));
  EXPECT_TRUE(give(block));
}

} // namespace
} // namespace apitest
