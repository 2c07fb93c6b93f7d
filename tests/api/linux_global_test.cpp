// Moveable handles and fork: the child of threads that make, resize and free objects goes on with all of them.
#include "global_test_support.h"

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace apitest {
namespace {

// Whether each object can be used in all ways.
bool all_work(const std::vector<HANDLE>& objects) {
  for (HANDLE object : objects) {
    auto* block = static_cast<char*>(GlobalLock(object));
    if (block == nullptr || !is_filled(block, 64, 0x6B) || GlobalHandle(block) != object) {
      return false;
    }
    GlobalUnlock(object);
    if (GlobalReAlloc(object, 9000, GMEM_MOVEABLE) != object || GlobalSize(object) != 9000 ||
        GlobalFree(object) != nullptr || GlobalSize(object) != 0) {
      return false;
    }
    HANDLE other = GlobalAlloc(GMEM_MOVEABLE, 64);
    if (other == nullptr || GlobalFree(other) != nullptr) {
      return false;
    }
  }
  return true;
}

TEST(GlobalFork, G55_children_of_threads_that_resize_objects_go_on_with_them) {
  std::vector<HANDLE> objects;
  for (int i = 0; i < 4; ++i) {
    objects.push_back(GlobalAlloc(GMEM_MOVEABLE, 64));
    std::memset(GlobalLock(objects.back()), 0x6B, 64);
    GlobalUnlock(objects.back());
  }
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (HANDLE object : objects) {
    threads.emplace_back([&stop, object] {
      for (SIZE_T size = 64; !stop; size = 64 + size % 5000 + 137) {
        GlobalReAlloc(object, size, GMEM_MOVEABLE);
        GlobalFree(GlobalAlloc(GMEM_MOVEABLE, size));
      }
    });
  }
  for (int round = 0; round < 50; ++round) {
    pid_t child = fork();
    if (child == 0) {
      alarm(30); // a handle that fork left half changed would hold it for ever
      _exit(all_work(objects) ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "round " << round << ", status " << status;
  }
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_TRUE(all_work(objects));
}

TEST(GlobalLock, G55_who_holds_the_heap_does_not_wait_for_a_thread_that_waits_for_it) {
  HANDLE object = GlobalAlloc(GMEM_MOVEABLE, 64);
  auto* state = reinterpret_cast<std::atomic<std::uint64_t>*>(static_cast<char*>(object) - 8);
  constexpr std::uint64_t kResizing = std::uint64_t{1} << 33;
  HeapLock(GetProcessHeap());
  std::thread other([object] { EXPECT_EQ(GlobalReAlloc(object, 2 << 20, 0), object); });
  while ((*state & kResizing) == 0) {
    std::this_thread::yield();
  }

  EXPECT_NE(GlobalLock(object), nullptr);
  GlobalUnlock(object);
  EXPECT_EQ(GlobalSize(object), 64u);
  EXPECT_ERROR(8, GlobalReAlloc(object, 100'000, 0));
  EXPECT_EQ(GlobalDiscard(object), nullptr);

  HeapUnlock(GetProcessHeap());
  other.join();
  EXPECT_EQ(GlobalSize(object), SIZE_T{2} << 20);
  EXPECT_EQ(GlobalFree(object), nullptr);
}

} // namespace
} // namespace apitest
