// HeapLock, HeapUnlock, HeapWalk, HeapCompact, HeapSummary, HeapSetInformation, HeapQueryInformation.
// Rules: H70 to H76 H80 to H84 H90 to H98
#include "heap_test_support.h"

#include <atomic>
#include <chrono>
#include <map>
#include <thread>

namespace apitest {
namespace {

// ---- Locks ----

TEST(HeapLock, H70_the_owner_may_lock_again_and_use_the_heap) {
  OwnHeap heap;

  EXPECT_OK(HeapLock(heap));
  EXPECT_OK(HeapLock(heap));
  char* block = heap.alloc(100);
  EXPECT_TRUE(HeapFree(heap, 0, block));
  EXPECT_OK(HeapUnlock(heap));
  EXPECT_OK(HeapUnlock(heap));
}

TEST(HeapLock, H70_H74_other_threads_wait_until_the_last_unlock) {
  OwnHeap heap;
  char* block = heap.alloc(10);
  std::atomic<int> step{0};
  HeapLock(heap);
  HeapLock(heap);
  std::thread other([&] {
    step = 1;
    heap.alloc(10);
    HeapFree(heap, 0, block);
    step = 2;
  });
  while (step == 0) {
    std::this_thread::yield();
  }
  HeapUnlock(heap);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(step, 1);
  EXPECT_TRUE(HeapValidate(heap, 0, block));
  HeapUnlock(heap);
  other.join();
  EXPECT_EQ(step, 2);
}

TEST(HeapLock, H71_a_heap_without_serialisation_never_blocks) {
  OwnHeap heap(HEAP_NO_SERIALIZE);

  EXPECT_TRUE(HeapLock(heap));
  EXPECT_TRUE(HeapUnlock(heap));
  EXPECT_NE(heap.alloc(10), nullptr);
}

TEST(HeapLock, H72_unlocking_what_another_owns_is_refused) {
  OwnHeap heap;
  HeapLock(heap);

  std::thread([&] { EXPECT_ERROR(288, HeapUnlock(heap)); }).join();

  EXPECT_OK(HeapUnlock(heap));
  EXPECT_ERROR(288, HeapUnlock(heap));
}

TEST(HeapLock, H73_null_has_no_lock) {
  EXPECT_FALSE(HeapLock(nullptr));
  EXPECT_FALSE(HeapUnlock(nullptr));
}

// ---- Walks ----

struct Walk {
  std::map<char*, PROCESS_HEAP_ENTRY> busy;
  std::vector<PROCESS_HEAP_ENTRY> all;
  bool twice = false;
};

Walk walk(HANDLE heap) {
  Walk walk;
  PROCESS_HEAP_ENTRY entry{};
  HeapLock(heap);
  SetLastError(kNobodysError);
  while (HeapWalk(heap, &entry)) {
    walk.all.push_back(entry);
    if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) {
      walk.twice = !walk.busy.emplace(static_cast<char*>(entry.lpData), entry).second || walk.twice;
    }
  }
  EXPECT_EQ(GetLastError(), 259u); // H90
  HeapUnlock(heap);
  return walk;
}

class HeapWalkOf : public testing::TestWithParam<SIZE_T> {}; // the maximum of the heap

TEST_P(HeapWalkOf, H90_H91_every_live_block_is_seen_once_with_its_size) {
  OwnHeap heap(0, 0, GetParam());
  std::map<char*, SIZE_T> live;
  for (int round = 0; round < 6; ++round) {
    for (SIZE_T size : interesting_sizes(40'000)) {
      if (char* block = heap.alloc(size)) {
        live[block] = size;
      }
    }
  }
  for (auto it = live.begin(); it != live.end();) {
    bool goes = number(it->first) / 16 % 3 == 0;
    if (goes) {
      EXPECT_TRUE(HeapFree(heap, 0, it->first));
    }
    it = goes ? live.erase(it) : std::next(it);
  }

  Walk seen = walk(heap);

  EXPECT_FALSE(seen.twice);
  EXPECT_EQ(seen.busy.size(), live.size());
  for (auto [block, size] : live) {
    ASSERT_TRUE(seen.busy.count(block)) << size;
    EXPECT_EQ(seen.busy[block].cbData, size);
  }
}

TEST_P(HeapWalkOf, H92_H93_a_region_comes_before_its_elements_which_ascend) {
  OwnHeap heap(0, 0, GetParam());
  for (int i = 0; i < 300; ++i) {
    heap.alloc(static_cast<SIZE_T>(i) * 10);
  }

  Walk seen = walk(heap);

  ASSERT_FALSE(seen.all.empty());
  EXPECT_EQ(seen.all.front().wFlags, PROCESS_HEAP_REGION);
  char* previous = nullptr;
  for (const PROCESS_HEAP_ENTRY& entry : seen.all) {
    auto* data = static_cast<char*>(entry.lpData);
    if (entry.wFlags == PROCESS_HEAP_REGION) {
      EXPECT_EQ(number(data) % kPage, 0u);
      EXPECT_LE(data, static_cast<char*>(entry.Region.lpFirstBlock));
      EXPECT_LE(entry.Region.lpFirstBlock, entry.Region.lpLastBlock);
      EXPECT_EQ(entry.Region.dwCommittedSize + entry.Region.dwUnCommittedSize, entry.cbData);
      previous = data;
    } else {
      EXPECT_GT(data, previous);
      previous = data;
    }
  }
}

TEST_P(HeapWalkOf, H97_freed_blocks_are_not_busy) {
  OwnHeap heap(0, 0, GetParam());
  std::vector<char*> blocks;
  for (int i = 0; i < 400; ++i) {
    blocks.push_back(heap.alloc(static_cast<SIZE_T>(i)));
  }
  for (char* block : blocks) {
    EXPECT_TRUE(HeapFree(heap, 0, block));
  }

  EXPECT_TRUE(walk(heap).busy.empty());
}

INSTANTIATE_TEST_SUITE_P(Heaps, HeapWalkOf, testing::Values(SIZE_T{0}, SIZE_T{4} << 20));

TEST(HeapWalk, H92_H96_C42_large_blocks_come_last_and_have_the_region_number_64) {
  OwnHeap heap;
  heap.alloc(100);
  char* large = heap.alloc(8 << 20);

  Walk seen = walk(heap);

  EXPECT_EQ(seen.all.back().lpData, large);
  EXPECT_EQ(seen.all.back().cbData, DWORD{8} << 20);
  EXPECT_EQ(seen.all.back().iRegionIndex, 64);
}

TEST(HeapWalk, H98_bad_arguments) {
  PROCESS_HEAP_ENTRY entry{};
  OwnHeap heap;

  EXPECT_ERROR(6, HeapWalk(nullptr, &entry));
  EXPECT_ERROR(87, HeapWalk(heap, nullptr));
}

TEST(HeapWalk, H98_a_place_that_is_not_in_the_heap_is_an_invalid_parameter) {
  OwnHeap heap;
  PROCESS_HEAP_ENTRY entry{};
  entry.lpData = &entry;
  entry.wFlags = PROCESS_HEAP_ENTRY_BUSY;

  EXPECT_ERROR(87, HeapWalk(heap, &entry));
}

// ---- Summaries ----

// mingw-w64 knows neither the function nor the structure.
struct Summary {
  DWORD cb;
  SIZE_T cbAllocated;
  SIZE_T cbCommitted;
  SIZE_T cbReserved;
  SIZE_T cbMaxReserve;
};

BOOL summarize(HANDLE heap, DWORD flags, Summary* summary) {
  auto function = lookup<BOOL(WINAPI*)(HANDLE, DWORD, Summary*)>("kernelbase.dll", "HeapSummary");
  return function != nullptr && function(heap, flags, summary);
}

TEST(HeapCompact, H75_contents_stay) {
  OwnHeap heap;
  std::vector<char*> blocks;
  for (int i = 0; i < 1000; ++i) {
    blocks.push_back(heap.alloc(5000));
    std::memset(blocks.back(), i, 5000);
  }
  for (SIZE_T i = 0; i < 1000; i += 2) {
    HeapFree(heap, 0, blocks[i]);
  }

  EXPECT_GT(HeapCompact(heap, 0), 0u);

  for (SIZE_T i = 1; i < 1000; i += 2) {
    EXPECT_TRUE(is_filled(blocks[i], 5000, static_cast<char>(i)));
  }
}

TEST(HeapSummary, H76_the_figures_are_in_order) {
  for (SIZE_T maximum : {SIZE_T{0}, SIZE_T{1} << 20}) {
    OwnHeap heap(0, 0, maximum);
    heap.alloc(1000);
    heap.alloc(50'000);
    Summary summary{};
    summary.cb = sizeof summary;

    EXPECT_OK(summarize(heap, 0, &summary));

    EXPECT_GE(summary.cbAllocated, 51'000u);
    EXPECT_LE(summary.cbAllocated, summary.cbCommitted);
    EXPECT_LE(summary.cbCommitted, summary.cbReserved);
    EXPECT_LE(summary.cbReserved, summary.cbMaxReserve);
  }
}

TEST(HeapSummary, H76_a_wrong_size_or_flags_are_invalid) {
  OwnHeap heap;
  Summary summary{};
  summary.cb = sizeof summary - 1;
  EXPECT_ERROR(87, summarize(heap, 0, &summary));
  summary.cb = sizeof summary;
  EXPECT_ERROR(87, summarize(heap, 1, &summary));
}

// ---- Information ----

TEST(HeapInformation, H80_C43_a_fresh_heap_is_a_standard_one) {
  OwnHeap heap;
  ULONG value = 77;
  SIZE_T length = 0;

  EXPECT_OK(HeapQueryInformation(heap, HeapCompatibilityInformation, &value, sizeof value, &length));
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(length, sizeof value);
}

TEST(HeapInformation, H80_C43_many_equal_blocks_turn_it_into_a_low_fragmentation_heap) {
  OwnHeap heap;
  for (int i = 0; i < 40; ++i) {
    heap.alloc(100);
  }
  ULONG value = 77;

  EXPECT_OK(HeapQueryInformation(heap, HeapCompatibilityInformation, &value, sizeof value, nullptr));
  EXPECT_EQ(value, 2u);
}

TEST(HeapInformation, H80_C43_short_buffers_tell_the_length) {
  OwnHeap heap;
  ULONG value = 0;
  SIZE_T length = 0;

  EXPECT_ERROR(122, HeapQueryInformation(heap, HeapCompatibilityInformation, &value, 3, &length));
  EXPECT_EQ(length, 4u);
  EXPECT_ERROR(122, HeapQueryInformation(heap, HeapCompatibilityInformation, nullptr, 0, &length));
  EXPECT_ERROR(998, HeapQueryInformation(nullptr, HeapCompatibilityInformation, &value, 4, nullptr));
}

TEST(HeapInformation, H81_C43_the_low_fragmentation_heap_stays_once_it_is_on) {
  OwnHeap heap;
  ULONG on = 2;
  ULONG off = 0;

  EXPECT_OK(HeapSetInformation(heap, HeapCompatibilityInformation, &on, sizeof on));
  EXPECT_ERROR(31, HeapSetInformation(heap, HeapCompatibilityInformation, &off, sizeof off));
  EXPECT_OK(HeapQueryInformation(heap, HeapCompatibilityInformation, &off, sizeof off, nullptr));
  EXPECT_EQ(off, 2u);
}

TEST(HeapInformation, H81_C43_heaps_without_serialisation_and_fixed_ones_have_none) {
  OwnHeap unlocked(HEAP_NO_SERIALIZE);
  OwnHeap fixed(0, 0, 1 << 20);
  ULONG on = 2;

  EXPECT_FALSE(HeapSetInformation(unlocked, HeapCompatibilityInformation, &on, sizeof on));
  EXPECT_FALSE(HeapSetInformation(fixed, HeapCompatibilityInformation, &on, sizeof on));
}

TEST(HeapInformation, H83_resources_can_be_optimised_for_one_heap_and_for_all) {
  OwnHeap heap;
  constexpr auto kOptimizeResources = static_cast<HEAP_INFORMATION_CLASS>(3); // as above
  struct {
    DWORD version;
    DWORD flags;
  } wanted{1, 0};
  char* block = heap.alloc(100);
  std::memset(block, 9, 100);

  EXPECT_OK(HeapSetInformation(heap, kOptimizeResources, &wanted, sizeof wanted));
  EXPECT_OK(HeapSetInformation(nullptr, kOptimizeResources, &wanted, sizeof wanted));
  EXPECT_TRUE(is_filled(block, 100, 9));
}

TEST(HeapInformation, H84_unknown_classes_are_invalid) {
  OwnHeap heap;
  ULONG value = 0;

  EXPECT_ERROR(87, HeapQueryInformation(heap, static_cast<HEAP_INFORMATION_CLASS>(99), &value, 4, nullptr));
  EXPECT_ERROR(87, HeapSetInformation(heap, static_cast<HEAP_INFORMATION_CLASS>(99), &value, 4));
}

} // namespace
} // namespace apitest
