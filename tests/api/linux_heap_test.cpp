// Heaps and what only Linux has: fork with threads inside a heap, and how a process ends by its own mistake.
#include "heap_test_support.h"

#include <atomic>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace apitest {
namespace {

// The exit status of `body` in a fork's child.
template <typename Body> int status_of_child(Body body) {
  pid_t child = fork();
  if (child == 0) {
    alarm(30); // a heap that fork left locked would hold it for ever
    _exit(body());
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(HeapFork, children_of_threads_inside_a_heap_go_on_with_it) {
  OwnHeap heap;
  char* kept = heap.alloc(1000);
  std::memset(kept, 0x6B, 1000);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (SIZE_T size = 0; !stop; size = (size + 37) % 70'000) {
        HeapFree(heap, 0, heap.alloc(size));
        HANDLE other = HeapCreate(0, 0, 0);
        HeapAlloc(other, 0, size);
        HeapDestroy(other);
      }
    });
  }
  for (int round = 0; round < 50; ++round) {
    int status = status_of_child([&] {
      bool right = HeapSize(heap, 0, kept) == 1000 && is_filled(kept, 1000, 0x6B) && HeapValidate(heap, 0, nullptr);
      for (SIZE_T size = 0; size < 200'000 && right; size += 999) {
        char* block = heap.alloc(size);
        right = block != nullptr && HeapFree(heap, 0, block);
      }
      HANDLE other = HeapCreate(0, 0, 0x10000);
      return right && HeapAlloc(other, 0, 10) != nullptr && HeapDestroy(other) ? 0 : 1;
    });
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "round " << round << ", status " << status;
  }
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_TRUE(HeapValidate(heap, 0, nullptr));
}

TEST(HeapFork, a_child_of_the_owner_of_a_heap_owns_it) {
  OwnHeap heap;
  HeapLock(heap);

  int status = status_of_child([&] { return HeapUnlock(heap) && heap.alloc(10) != nullptr ? 0 : 1; });

  EXPECT_EQ(status, 0);
  EXPECT_TRUE(HeapUnlock(heap));
}

// ---- Writes behind a block ----

class HeapOverrun : public testing::TestWithParam<SIZE_T> {}; // the maximum of the heap

TEST_P(HeapOverrun, H67_a_write_behind_a_block_is_seen_by_HeapValidate_and_at_the_free) {
  OwnHeap heap(0, 0, GetParam());
  for (SIZE_T size : {SIZE_T{0}, SIZE_T{1}, SIZE_T{24}, SIZE_T{100}, SIZE_T{1000}, SIZE_T{30'001}, SIZE_T{500'001}}) {
    char* before = heap.alloc(size);
    char* block = heap.alloc(size);
    std::memset(block, 0xAB, size);
    ASSERT_TRUE(HeapValidate(heap, 0, block)) << size;
    char kept = block[size];

    block[size] = 0;

    EXPECT_FALSE(HeapValidate(heap, 0, block)) << size;
    EXPECT_FALSE(HeapValidate(heap, 0, nullptr)) << size;
    EXPECT_TRUE(HeapValidate(heap, 0, before)) << size;
    EXPECT_ERROR(87, HeapFree(heap, 0, block));
    EXPECT_ERROR(87, HeapReAlloc(heap, 0, block, size + 100));
    EXPECT_EQ(HeapSize(heap, 0, block), size);
    block[size] = kept;
    EXPECT_TRUE(HeapValidate(heap, 0, nullptr)) << size;
    EXPECT_TRUE(HeapFree(heap, 0, block)) << size;
    EXPECT_TRUE(HeapFree(heap, 0, before)) << size;
  }
}

TEST_P(HeapOverrun, H67_a_block_that_changed_its_size_is_watched_behind_the_new_end) {
  OwnHeap heap(0, 0, GetParam());
  for (SIZE_T size : {SIZE_T{10}, SIZE_T{100}, SIZE_T{5000}, SIZE_T{100'000}}) {
    auto* block = heap.alloc(size);
    std::memset(block, 0x77, size);
    for (SIZE_T next : {size - 1, size - size / 4, size, size * 3, size / 3}) {
      block = static_cast<char*>(HeapReAlloc(heap, 0, block, next));
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(HeapValidate(heap, 0, block)) << size << " to " << next;
      if (next % 16 != 0) { // else the next block may begin there
        char kept = block[next];
        block[next] = static_cast<char>(~kept);
        EXPECT_FALSE(HeapValidate(heap, 0, block)) << size << " to " << next;
        block[next] = kept;
      }
    }
    EXPECT_TRUE(HeapFree(heap, 0, block));
  }
}

INSTANTIATE_TEST_SUITE_P(Heaps, HeapOverrun, testing::Values(SIZE_T{0}, SIZE_T{4} << 20));

// ---- The end ----

TEST(HeapTermination, H82_a_wrong_pointer_ends_the_process_once_it_asked_for_that) {
  OwnHeap heap;
  char* block = heap.alloc(10);

  int status = status_of_child([&] {
    HeapSetInformation(nullptr, HeapEnableTerminationOnCorruption, nullptr, 0);
    ULONG value = 0;
    HeapQueryInformation(nullptr, HeapEnableTerminationOnCorruption, &value, sizeof value, nullptr);
    if (value != 1) {
      return 2;
    }
    HeapFree(heap, 0, block + 1);
    return 3;
  });

  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
}

} // namespace
} // namespace apitest
