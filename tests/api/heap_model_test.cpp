// Random calls on a heap, beside a plain list of what must be in it; then many threads that free each other's blocks.
// The seed is printed with every failure.
#include "heap_test_support.h"

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

namespace apitest {
namespace {

struct Block {
  SIZE_T size;
  char fill;
};

class HeapModel {
public:
  HeapModel(HANDLE heap, SIZE_T largest, unsigned seed) : heap_(heap), largest_(largest), random_(seed) {}

  void run(int calls) {
    for (int call = 0; call < calls && !testing::Test::HasFailure(); ++call) {
      unsigned action = pick(10);
      if (action < 5 || live_.empty()) {
        allocate();
      } else if (action < 8) {
        free();
      } else {
        reallocate();
      }
      if (call % 4096 == 4095) {
        compare();
      }
    }
    compare();
  }

private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

  SIZE_T pick_size() {
    static constexpr SIZE_T kReach[] = {64, 300, 300, 300, 1100, 5000, 5000, 40'000, 300'000, 2'000'000};
    SIZE_T reach = kReach[pick(10)];
    return random_() % (reach < largest_ ? reach : largest_);
  }

  void keep(char* block, SIZE_T size) {
    char fill = static_cast<char>(random_());
    std::memset(block, fill, size);
    EXPECT_TRUE(live_.emplace(block, Block{size, fill}).second) << "given out twice";
  }

  void allocate() {
    SIZE_T size = pick_size();
    bool zeroed = pick(2) == 0;
    auto* block = static_cast<char*>(HeapAlloc(heap_, zeroed ? HEAP_ZERO_MEMORY : 0, size));
    if (block != nullptr) { // a fixed heap may be full
      EXPECT_TRUE(!zeroed || is_filled(block, size, 0));
      keep(block, size);
    }
  }

  // Any of the live blocks, whose contents and size are looked at on the way.
  std::map<char*, Block>::iterator any() {
    auto found = live_.lower_bound(at(random_() % 0x7FFF00000000));
    found = found == live_.end() || pick(4) == 0 ? live_.begin() : found;
    EXPECT_EQ(HeapSize(heap_, 0, found->first), found->second.size);
    EXPECT_TRUE(is_filled(found->first, found->second.size, found->second.fill));
    return found;
  }

  void free() {
    auto found = any();
    EXPECT_TRUE(HeapFree(heap_, 0, found->first));
    if (kIsWinmem) { // Windows ends the process, Wine its heap
      EXPECT_FALSE(HeapFree(heap_, 0, found->first));
    }
    live_.erase(found);
  }

  void reallocate() {
    auto found = any();
    auto [block, old] = *found;
    SIZE_T size = pick_size();
    DWORD flags = (pick(2) == 0 ? HEAP_ZERO_MEMORY : 0u) | (pick(4) == 0 ? HEAP_REALLOC_IN_PLACE_ONLY : 0u);
    auto* place = static_cast<char*>(HeapReAlloc(heap_, flags, block, size));
    if (place == nullptr) {
      EXPECT_EQ(HeapSize(heap_, 0, block), old.size);
      return;
    }
    EXPECT_TRUE((flags & HEAP_REALLOC_IN_PLACE_ONLY) == 0 || place == block);
    SIZE_T kept = size < old.size ? size : old.size;
    EXPECT_TRUE(is_filled(place, kept, old.fill));
    EXPECT_TRUE((flags & HEAP_ZERO_MEMORY) == 0 || is_filled(place + kept, size - kept, 0));
    live_.erase(found);
    keep(place, size);
  }

  void compare() {
    EXPECT_TRUE(HeapValidate(heap_, 0, nullptr));
    SIZE_T seen = 0;
    PROCESS_HEAP_ENTRY entry{};
    while (HeapWalk(heap_, &entry)) {
      if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) {
        auto found = live_.find(static_cast<char*>(entry.lpData));
        ASSERT_NE(found, live_.end());
        EXPECT_EQ(entry.cbData, found->second.size);
        ++seen;
      }
    }
    EXPECT_EQ(seen, live_.size());
    if (pick(4) == 0) {
      HeapCompact(heap_, 0);
    }
  }

  HANDLE heap_;
  SIZE_T largest_;
  std::mt19937_64 random_;
  std::map<char*, Block> live_;
};

void run_model(HANDLE heap, SIZE_T largest) {
  unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  HeapModel(heap, largest, seed).run(30'000);
}

TEST(HeapModel, a_growable_heap_is_as_the_model) {
  OwnHeap heap;
  run_model(heap, 2'000'000);
}

TEST(HeapModel, a_fixed_heap_is_as_the_model) {
  OwnHeap heap(0, 0, 4 << 20);
  run_model(heap, 300'000);
}

TEST(HeapModel, a_heap_of_a_page_is_as_the_model) {
  OwnHeap heap(0, 0, 1);
  run_model(heap, 1000);
}

TEST(HeapModel, H39_eight_threads_free_each_others_blocks) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 3'000;
  OwnHeap heap;
  std::mutex mutex;
  std::vector<std::pair<char*, SIZE_T>> shared;
  std::atomic<int> wrong{0};

  auto work = [&](unsigned seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < kRounds; ++i) {
      SIZE_T size = 1 + random() % (i % 64 == 0 ? 100'000 : 500);
      char* block = heap.alloc(size);
      std::memset(block, static_cast<char>(size), size);
      std::pair<char*, SIZE_T> other{nullptr, 0};
      {
        std::lock_guard<std::mutex> hold(mutex);
        shared.emplace_back(block, size);
        std::swap(shared[random() % shared.size()], shared.back());
        if (shared.size() > 100) {
          other = shared.back();
          shared.pop_back();
        }
      }
      if (other.first != nullptr) {
        bool right = HeapSize(heap, 0, other.first) == other.second &&
                     is_filled(other.first, other.second, static_cast<char>(other.second)) &&
                     HeapFree(heap, 0, other.first);
        wrong += right ? 0 : 1;
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(HeapValidate(heap, 0, nullptr));
  for (auto [block, size] : shared) {
    EXPECT_TRUE(HeapFree(heap, 0, block));
  }
}

TEST(HeapModel, heaps_come_and_go_by_the_thousand) {
  std::vector<HANDLE> heaps;
  for (int i = 0; i < 2000; ++i) {
    heaps.push_back(HeapCreate(0, 0, i % 3 == 0 ? 0x10000 : 0));
    ASSERT_NE(heaps.back(), nullptr);
    ASSERT_NE(HeapAlloc(heaps.back(), 0, 1000), nullptr);
  }
  for (HANDLE heap : heaps) {
    EXPECT_TRUE(HeapDestroy(heap));
  }
}

} // namespace
} // namespace apitest
