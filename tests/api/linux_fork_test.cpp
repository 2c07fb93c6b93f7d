// fork: parent and child go on with their own copies of private memory and of winmem's books. Linux only.
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace apitest {
namespace {

// Runs the checks in a child process; true if all were right. A child that hangs is ended by SIGALRM.
::testing::AssertionResult in_child(const std::function<std::string()>& checks) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    const std::string wrong = checks();
    if (!wrong.empty()) {
      const ssize_t ignored = write(2, wrong.data(), wrong.size());
      (void)ignored;
    }
    _exit(wrong.empty() ? 0 : 1);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    return ::testing::AssertionFailure() << "no child";
  }
  if (WIFSIGNALED(status)) {
    return ::testing::AssertionFailure() << "the child ended by signal " << WTERMSIG(status);
  }
  return WEXITSTATUS(status) == 0 ? ::testing::AssertionSuccess()
                                  : ::testing::AssertionFailure() << "the child's checks failed (see its message)";
}

#define WRONG_UNLESS(...)                                                                                              \
  if (!(__VA_ARGS__)) {                                                                                                \
    return std::string("child: not " #__VA_ARGS__ " (error ") + std::to_string(GetLastError()) + ")\n";                \
  }

TEST(Fork, the_child_sees_what_the_parent_had) {
  Region region = reserve(16, PAGE_READONLY);
  region.commit(2, 4);
  region.fill(2, 4, 0x11);
  region.commit(8, 2, PAGE_READONLY);

  EXPECT_TRUE(in_child([&]() -> std::string {
    WRONG_UNLESS(picture_of(region.base(), region.bytes()) == "R2 C4rw R2 C2ro R6");
    WRONG_UNLESS(pages_hold(region.page(2), 4, 0x11));
    WRONG_UNLESS(pages_hold(region.page(8), 2, 0));
    WRONG_UNLESS(!platform::can_read(region.page(1)) && !platform::can_read(region.page(6)));
    WRONG_UNLESS(!platform::can_write(region.page(8)));
    WRONG_UNLESS(ask(region.base()).AllocationProtect == PAGE_READONLY);
    return "";
  }));
}

TEST(Fork, the_childs_changes_are_its_own) {
  Region region = reserve(16);
  region.commit(0, 8);
  region.fill(0, 8, 0x11);

  EXPECT_TRUE(in_child([&]() -> std::string {
    region.fill(0, 2, 0x22);
    DWORD old = 0;
    WRONG_UNLESS(VirtualFree(region.page(2), 2 * kPage, MEM_DECOMMIT));
    WRONG_UNLESS(VirtualProtect(region.page(4), kPage, PAGE_NOACCESS, &old) && old == PAGE_READWRITE);
    WRONG_UNLESS(VirtualAlloc(region.page(10), kPage, MEM_COMMIT, PAGE_READWRITE));
    WRONG_UNLESS(pages_hold(region.page(10), 1, 0));
    WRONG_UNLESS(picture_of(region.base(), region.bytes()) == "C2rw R2 C1na C3rw R2 C1rw R5");
    WRONG_UNLESS(VirtualAlloc(region.page(2), kPage, MEM_COMMIT, PAGE_READWRITE));
    WRONG_UNLESS(pages_hold(region.page(2), 1, 0));
    WRONG_UNLESS(VirtualFree(region.base(), 0, MEM_RELEASE));
    WRONG_UNLESS(picture_of(region.base(), region.bytes()) == "F16");
    return "";
  }));

  EXPECT_MAP(region, "C8rw R8");
  EXPECT_TRUE(pages_hold(region.base(), 8, 0x11));
}

TEST(Fork, the_parents_changes_are_its_own) {
  Region region = committed(8);
  region.fill(0, 8, 0x11);
  int parent_is_done[2];
  ASSERT_EQ(pipe(parent_is_done), 0);

  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    char byte = 0;
    bool right = read(parent_is_done[0], &byte, 1) == 1;
    right = right && picture_of(region.base(), region.bytes()) == "C8rw" && pages_hold(region.base(), 8, 0x11);
    _exit(right ? 0 : 1);
  }
  char* base = region.base();
  region.fill(0, 4, 0x22);
  EXPECT_OK(VirtualFree(region.page(4), 2 * kPage, MEM_DECOMMIT));
  region.release();
  ASSERT_EQ(write(parent_is_done[1], "x", 1), 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  close(parent_is_done[0]);
  close(parent_is_done[1]);

  EXPECT_EQ(status, 0);
  EXPECT_PICTURE(base, 8, "F8");
}

TEST(Fork, the_child_allocates_and_forks_again) {
  EXPECT_TRUE(in_child([]() -> std::string {
    Region mine = committed(32);
    mine.fill(0, 32, 0x33);
    return in_child([&]() -> std::string {
      WRONG_UNLESS(pages_hold(mine.base(), 32, 0x33));
      Region deeper = committed(32);
      WRONG_UNLESS(pages_hold(deeper.base(), 32, 0));
      WRONG_UNLESS(deeper.base() != mine.base());
      return "";
    })
               ? ""
               : "the grandchild failed\n";
  }));
}

TEST(Fork, the_child_has_an_id_of_its_own) {
  const DWORD parent = GetCurrentProcessId();

  EXPECT_TRUE(in_child([&]() -> std::string {
    WRONG_UNLESS(GetCurrentProcessId() != parent);
    WRONG_UNLESS(GetCurrentProcessId() == static_cast<DWORD>(getpid()));
    WRONG_UNLESS(GetCurrentThreadId() != 0);
    return "";
  }));
}

TEST(Fork, the_child_sees_its_own_foreign_memory) {
  MEMORY_BASIC_INFORMATION warm_up = {};
  VirtualQuery(&warm_up, &warm_up, sizeof warm_up); // Whatever winmem keeps open is open in the parent.

  EXPECT_TRUE(in_child([&]() -> std::string {
    std::vector<char> new_memory(64 << 20); // too large for the heap: a mapping that the parent lacks
    WRONG_UNLESS(ask(new_memory.data() + (32 << 20)).State == MEM_COMMIT);
    return "";
  }));
}

TEST(Fork, it_works_while_other_threads_allocate) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        void* base = VirtualAlloc(nullptr, 4 * kGranule, MEM_RESERVE, PAGE_READWRITE);
        VirtualAlloc(base, kPage, MEM_COMMIT, PAGE_READWRITE);
        VirtualFree(base, kPage, MEM_DECOMMIT);
        VirtualFree(base, 0, MEM_RELEASE);
      }
    });
  }
  Region region = reserve(16);

  for (int round = 0; round < 25; ++round) {
    ASSERT_TRUE(in_child([&]() -> std::string {
      WRONG_UNLESS(VirtualAlloc(region.base(), kPage, MEM_COMMIT, PAGE_READWRITE));
      void* base = VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
      WRONG_UNLESS(base != nullptr);
      WRONG_UNLESS(pages_hold(base, 16, 0));
      WRONG_UNLESS(VirtualFree(base, 0, MEM_RELEASE));
      WRONG_UNLESS(picture_of(region.base(), region.bytes()) == "C1rw R15");
      return "";
    })) << "fork "
        << round;
  }

  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
}

} // namespace
} // namespace apitest
