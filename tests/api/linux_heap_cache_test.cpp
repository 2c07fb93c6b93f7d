// The process heap with threads that keep blocks at hand: what all of them did is seen by who asks.
#include "process_heap_blocks.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <pthread.h>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <winmem.h>

namespace apitest {
namespace {

constexpr SIZE_T kSizes[] = {0,      1,      24,     100,     256,     1000,    4000,    20'000,
                             28'672, 28'673, 65'536, 200'000, 262'144, 300'000, 700'000, 1'048'576};

// The live blocks of the process heap, each with the size and how often it was met.
std::map<void*, std::pair<SIZE_T, int>> walk() {
  std::map<void*, std::pair<SIZE_T, int>> met;
  EXPECT_TRUE(HeapLock(GetProcessHeap()));
  PROCESS_HEAP_ENTRY entry{};
  while (HeapWalk(GetProcessHeap(), &entry)) {
    if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0) {
      auto [at, is_new] = met.insert({entry.lpData, {entry.cbData, 0}});
      ++at->second.second;
    }
  }
  EXPECT_EQ(GetLastError(), DWORD{ERROR_NO_MORE_ITEMS});
  EXPECT_TRUE(HeapUnlock(GetProcessHeap()));
  return met;
}

SIZE_T live_bytes() {
  HEAP_SUMMARY summary{};
  summary.cb = sizeof summary;
  EXPECT_TRUE(HeapSummary(GetProcessHeap(), 0, &summary));
  return summary.cbAllocated;
}

// Threads that allocate and free until the end of the scope.
class Traffic {
public:
  explicit Traffic(int threads, SIZE_T largest = 2000) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, i, largest] { run(static_cast<unsigned>(i), largest); });
    }
  }
  ~Traffic() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // Until it flows, from each thread. A thread that only starts may hold a lock of a sanitizer's run-time, which a
  // child of that moment would find held for ever.
  void wait() const {
    while (calls_ < 1000 || started_ < threads_.size()) {
      std::this_thread::yield();
    }
  }

private:
  void run(unsigned seed, SIZE_T largest) {
    void* kept[50] = {};
    ++started_;
    while (!stop_) {
      seed = seed * 1103515245 + 12345;
      void*& one = kept[seed / 65536 % 50];
      give(one);
      one = take(seed / 7 % largest);
      ++calls_;
    }
    for (void* block : kept) {
      give(block);
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<unsigned long> calls_{0};
  std::atomic<std::size_t> started_{0};
  std::vector<std::thread> threads_;
};

TEST(HeapCache, a_walk_meets_every_live_block_of_other_threads_once_with_its_size) {
  std::vector<std::pair<char*, SIZE_T>> blocks;
  std::vector<char*> freed;
  std::thread([&] {
    for (int i = 0; i < 300; ++i) {
      for (SIZE_T size : kSizes) {
        blocks.push_back({take(size), size});
        freed.push_back(take(size));
      }
    }
    for (char* block : freed) {
      give(block);
    }
  }).join();
  Traffic traffic(2);

  auto met = walk();

  for (auto [block, size] : blocks) {
    auto at = met.find(block);
    ASSERT_NE(at, met.end());
    EXPECT_EQ(at->second, std::make_pair(size, 1));
  }
  EXPECT_TRUE(std::all_of(met.begin(), met.end(), [](auto& each) { return each.second.second == 1; }));
  for (auto [block, size] : blocks) {
    EXPECT_TRUE(give(block));
  }
}

TEST(HeapCache, HeapLock_stops_threads_that_have_blocks_at_hand) {
  Traffic traffic(3, 500);
  traffic.wait();
  for (int round = 0; round < 50; ++round) {
    ASSERT_TRUE(HeapLock(GetProcessHeap()));
    // A thread may count a call that it had made before the lock; then it waits.
    SIZE_T before = live_bytes();
    char* own = take(111);
    for (int i = 0; i < 20; ++i) {
      std::this_thread::yield();
    }
    EXPECT_EQ(live_bytes(), before + 111);
    EXPECT_TRUE(give(own));
    EXPECT_EQ(live_bytes(), before);
    ASSERT_TRUE(HeapUnlock(GetProcessHeap()));
  }
}

TEST(HeapCache, the_books_agree_at_any_moment) {
  Traffic traffic(4, 40'000);
  traffic.wait();
  for (int round = 0; round < 300; ++round) {
    ASSERT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
    if (round % 10 == 0) {
      HeapCompact(GetProcessHeap(), 0);
    }
  }
}

TEST(HeapCache, blocks_may_be_freed_by_other_threads) {
  constexpr int kRounds = 200;
  constexpr int kBlocks = 500;
  SIZE_T before = live_bytes();
  std::vector<char*> passed(kBlocks);
  for (int round = 0; round < kRounds; ++round) {
    std::thread([&] {
      for (int i = 0; i < kBlocks; ++i) {
        SIZE_T size = 8 + static_cast<SIZE_T>(i) * 13 % 3000;
        passed[i] = take(size);
        std::memset(passed[i], i % 128, size);
      }
    }).join();
    std::thread([&] {
      for (int i = 0; i < kBlocks; ++i) {
        SIZE_T size = 8 + static_cast<SIZE_T>(i) * 13 % 3000;
        EXPECT_EQ(size_of(passed[i]), size);
        EXPECT_TRUE(is_filled(passed[i], size, static_cast<char>(i % 128)));
        EXPECT_TRUE(give(passed[i]));
      }
    }).join();
  }
  EXPECT_EQ(live_bytes(), before);
}

TEST(HeapCache, what_ended_threads_had_at_hand_is_used_again) {
  auto committed = [] {
    HeapCompact(GetProcessHeap(), 0);
    HEAP_SUMMARY summary{};
    summary.cb = sizeof summary;
    EXPECT_TRUE(HeapSummary(GetProcessHeap(), 0, &summary));
    return summary.cbCommitted;
  };
  auto use_much = [] {
    std::vector<void*> blocks;
    for (int i = 0; i < 3000; ++i) {
      blocks.push_back(take(1000));
    }
    for (void* block : blocks) {
      give(block);
    }
  };
  std::thread(use_much).join();
  SIZE_T before = committed();
  for (int i = 0; i < 100; ++i) {
    std::thread(use_much).join();
  }
  EXPECT_LE(committed(), before + 0x100000);
}

TEST(HeapCache, threads_that_only_free_have_caches_that_go_when_they_end) {
  auto bookkeeping = [] {
    winmem_memory_status status{};
    EXPECT_EQ(winmem_get_memory_status(&status, sizeof status), sizeof status);
    return status.bookkeeping;
  };
  for (SIZE_T size : {SIZE_T{100}, SIZE_T{100'000}}) {
    for (int i = 0; i < 10; ++i) {
      std::thread(give, take(size)).join();
    }
    auto before = bookkeeping();
    for (int i = 0; i < 1000; ++i) {
      std::thread(give, take(size)).join();
    }
    EXPECT_LE(bookkeeping(), before + 0x20000);
  }
}

TEST(HeapCache, what_one_thread_frees_another_takes) {
  constexpr int kBlocks = 5000;
  constexpr SIZE_T kSize = 208; // of a class that nothing else here uses
  std::set<char*> freed;
  std::thread([&] {
    for (int i = 0; i < kBlocks; ++i) {
      freed.insert(take(kSize));
    }
    for (char* block : freed) {
      give(block);
    }
  }).join();
  std::vector<char*> taken;
  int met = 0;
  for (int i = 0; i < kBlocks; ++i) {
    taken.push_back(take(kSize));
    met += freed.count(taken.back()) != 0 ? 1 : 0;
  }
  EXPECT_GT(met, kBlocks / 2);
  EXPECT_EQ(std::set<char*>(taken.begin(), taken.end()).size(), taken.size());
  for (char* block : taken) {
    EXPECT_EQ(size_of(block), kSize);
    EXPECT_TRUE(give(block));
  }
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST(HeapCache, a_second_free_fails_at_once_and_later_and_by_another_thread) {
  for (SIZE_T size : kSizes) {
    char* block = take(size);
    EXPECT_TRUE(give(block));
    EXPECT_FALSE(give(block));
    EXPECT_EQ(size_of(block), kNoSize);
    EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
    std::thread([&] { EXPECT_FALSE(give(block)); }).join();
  }
}

TEST(HeapCache, inner_and_misaligned_pointers_are_no_blocks) {
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{100}, SIZE_T{4000}, SIZE_T{300'000}}) {
    char* block = take(size);
    std::memset(block, 0x5A, size);
    for (SIZE_T offset : {SIZE_T{1}, SIZE_T{8}, SIZE_T{16}, size - 1}) {
      EXPECT_FALSE(give(block + offset));
      EXPECT_EQ(size_of(block + offset), kNoSize);
    }
    EXPECT_EQ(size_of(block), size);
    EXPECT_TRUE(is_filled(block, size, 0x5A));
    EXPECT_TRUE(give(block));
  }
}

struct AtThreadEnd {
  ~AtThreadEnd() {
    give(block);
    char* another = take(123);
    std::memset(another, 1, 123);
    EXPECT_EQ(size_of(another), 123u);
    EXPECT_TRUE(give(another));
  }
  void* block = nullptr;
};

pthread_key_t key;

// Comes again, up to the last round of destructors.
void at_key_end(void* block) {
  EXPECT_TRUE(give(block));
  pthread_setspecific(key, take(77));
}

TEST(HeapCache, destructors_of_a_thread_may_allocate_and_free) {
  ASSERT_EQ(pthread_key_create(&key, at_key_end), 0);
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      static thread_local AtThreadEnd object;
      object.block = take(50);
      pthread_setspecific(key, take(60));
    }).join();
  }
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST(HeapCache, children_of_threads_that_allocate_go_on_with_the_heap) {
  Traffic traffic(4, 5000);
  traffic.wait();
  char* kept = take(1000);
  std::memset(kept, 0x6B, 1000);
  for (int round = 0; round < 40; ++round) {
    pid_t child = fork();
    if (child == 0) {
      alarm(30);
      bool right = size_of(kept) == 1000 && is_filled(kept, 1000, 0x6B) && HeapValidate(GetProcessHeap(), 0, nullptr);
      std::vector<std::pair<char*, SIZE_T>> blocks;
      std::thread([&] { // it takes over what a thread of the parent had
        for (SIZE_T i = 0; i < 3000; ++i) {
          SIZE_T size = i * 37 % 5000;
          blocks.push_back({take(size), size});
          std::memset(blocks.back().first, static_cast<int>(i % 100), size);
        }
      })
          .join();
      for (SIZE_T i = 0; i < 3000; ++i) {
        auto [block, size] = blocks[i];
        right = right && size_of(block) == size && is_filled(block, size, static_cast<char>(i % 100)) && give(block);
      }
      HeapCompact(GetProcessHeap(), 0);
      right = right && HeapValidate(GetProcessHeap(), 0, nullptr);
      _exit(right ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "round " << round << ", status " << status;
  }
  EXPECT_TRUE(give(kept));
}

} // namespace
} // namespace apitest
