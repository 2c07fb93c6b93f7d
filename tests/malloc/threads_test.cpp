// Threads, their ends, and fork.
#include "ended.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <thread>
#include <vector>
#include <windows.h>

namespace malloctest {
namespace {

bool is_filled(const char* block, std::size_t size, char fill) {
  for (std::size_t i = 0; i < size; ++i) {
    if (block[i] != fill) {
      return false;
    }
  }
  return true;
}

TEST(Threads, blocks_outlive_their_thread) {
  constexpr std::size_t kBlocks = 2000;
  std::vector<char*> blocks;
  for (int round = 0; round < 20; ++round) {
    std::thread([&] {
      for (std::size_t i = 0; i < kBlocks; ++i) {
        blocks.push_back(static_cast<char*>(std::malloc(i)));
        std::memset(blocks.back(), round, i);
      }
    }).join();
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_EQ(HeapSize(GetProcessHeap(), 0, blocks[i]), i % kBlocks);
    ASSERT_TRUE(is_filled(blocks[i], i % kBlocks, static_cast<char>(i / kBlocks)));
    std::free(blocks[i]);
  }
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST(Threads, blocks_are_freed_by_other_threads) {
  constexpr int kRounds = 20000;
  std::atomic<char*> hand_over{nullptr};
  std::atomic<bool> all_right{true};
  std::thread taker([&] {
    for (int taken = 0; taken < kRounds;) {
      if (char* block = hand_over.exchange(nullptr)) {
        all_right = all_right && is_filled(block, 100, 'h');
        std::free(block);
        ++taken;
      } else {
        std::this_thread::yield();
      }
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    auto* block = static_cast<char*>(std::malloc(100));
    std::memset(block, 'h', 100);
    for (char* empty = nullptr; !hand_over.compare_exchange_weak(empty, block); empty = nullptr) {
      std::this_thread::yield();
    }
  }
  taker.join();
  EXPECT_TRUE(all_right);
}

struct Late {
  ~Late() {
    std::free(kept);
    auto* more = static_cast<char*>(std::malloc(200));
    std::memset(more, 1, 200);
    std::free(more);
  }
  void* kept = nullptr;
};
thread_local Late late;
pthread_key_t key;
std::atomic<int> destructors_run;

TEST(Threads, destructors_of_a_thread_may_use_malloc_to_the_last) {
  // Each of the later rounds of a key's destructors comes after all other destructors have run.
  ASSERT_EQ(pthread_key_create(&key,
                               [](void* value) {
                                 std::free(value);
                                 if (++destructors_run % 3 != 0) {
                                   pthread_setspecific(key, std::malloc(30));
                                 }
                               }),
            0);
  for (int i = 0; i < 50; ++i) {
    std::thread([] {
      late.kept = std::malloc(300);
      pthread_setspecific(key, std::malloc(40));
    }).join();
  }
  EXPECT_EQ(destructors_run, 150);
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
  pthread_key_delete(key);
}

// Allocates, and tells by its answer whether memory is good.
bool uses_memory() {
  std::vector<char*> blocks;
  for (std::size_t size : {10, 100, 1000, 10'000, 100'000, 2'000'000}) {
    blocks.push_back(static_cast<char*>(std::malloc(size)));
    if (blocks.back() == nullptr) {
      return false;
    }
    std::memset(blocks.back(), 'u', size);
  }
  for (char* block : blocks) {
    std::free(block);
  }
  return true;
}

TEST(Fork, a_child_of_busy_threads_goes_on) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        uses_memory();
      }
    });
  }
  for (int round = 0; round < 30; ++round) {
    Ended ended = run_apart([] {
      bool right = uses_memory();
      std::thread([&] { right = right && uses_memory(); }).join();
      _exit(right && HeapValidate(GetProcessHeap(), 0, nullptr) ? 3 : 4);
    });
    ASSERT_EQ(ended.status, 3) << "signal " << ended.signal << " " << ended.said;
  }
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(Fork, threads_fork_beside_each_other) {
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        pid_t child = fork();
        if (child == 0) {
          _exit(uses_memory() ? 3 : 4);
        }
        int status = 0;
        right += waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3 ? 1 : 0;
        uses_memory();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, 100);
}

TEST(Fork, a_child_frees_and_resizes_its_parents_blocks) {
  auto* small = static_cast<char*>(std::malloc(100));
  auto* large = static_cast<char*>(std::malloc(3'000'000));
  std::memset(small, 's', 100);
  std::memset(large, 'l', 3'000'000);
  Ended ended = run_apart([&] {
    small = static_cast<char*>(std::realloc(small, 50'000));
    bool right = is_filled(small, 100, 's') && is_filled(large, 3'000'000, 'l');
    std::free(small);
    std::free(large);
    _exit(right ? 3 : 4);
  });
  EXPECT_EQ(ended.status, 3);
  EXPECT_TRUE(is_filled(small, 100, 's') && is_filled(large, 3'000'000, 'l'));
  std::free(small);
  std::free(large);
}

std::atomic<int> handlers_run;
void use_in_handler() { handlers_run += uses_memory() ? 1 : 100; }

TEST(Fork, handlers_around_fork_may_use_malloc) {
  ASSERT_EQ(pthread_atfork(use_in_handler, use_in_handler, use_in_handler), 0);
  handlers_run = 0;
  Ended ended = run_apart([] { _exit(handlers_run); });
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(handlers_run, 2);
}

} // namespace
} // namespace malloctest
