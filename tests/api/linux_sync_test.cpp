// Events, mutexes and semaphores between a parent and its children by fork, ends by kill -9, and lost wake-ups.
#include "child_process.h"
#include "sync_test_support.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace apitest {
namespace {

TEST(SharedByFork, a_child_sets_the_parents_event) {
  Handle there = auto_event();
  Handle back = auto_event();
  pid_t other =
      start_child([&] { return WaitForSingleObject(there, INFINITE) == WAIT_OBJECT_0 && SetEvent(back) ? 0 : 1; });

  EXPECT_OK(SetEvent(there));
  EXPECT_EQ(WaitForSingleObject(back, INFINITE), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(result_of(other), 0);
}

TEST(SharedByFork, W22_a_killed_child_abandons_its_mutex) {
  Handle mutex = apitest::mutex();
  Handle owned = auto_event();
  for (int round = 0; round < 20; ++round) {
    pid_t owner = start_child([&] {
      WaitForSingleObject(mutex, INFINITE);
      SetEvent(owned);
      return static_cast<int>(pause());
    });
    WaitForSingleObject(owned, INFINITE);
    std::thread waiter([&] { // it sleeps already, in most rounds
      EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
      EXPECT_TRUE(ReleaseMutex(mutex));
    });
    if (round % 2 == 0) {
      usleep(2000);
    }
    kill(owner, SIGKILL);
    waiter.join();
    EXPECT_NE(result_of(owner), -1);
  }
  EXPECT_TRUE(is_set(mutex) && ReleaseMutex(mutex));
}

TEST(SharedByFork, W22_the_owner_is_the_thread_not_its_copy) {
  Handle mutex = apitest::mutex(true);
  pid_t other = start_child([&] {
    bool refused = !ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER;
    return refused && WaitForSingleObject(mutex, 0) == WAIT_TIMEOUT ? 0 : 1;
  });
  EXPECT_EQ(result_of(other), 0);
  EXPECT_OK(ReleaseMutex(mutex));
}

TEST(SharedByFork, an_exec_abandons_the_mutex) {
  Handle mutex = apitest::mutex();
  pid_t other = start_child([&] {
    WaitForSingleObject(mutex, INFINITE);
    execl("/bin/true", "true", nullptr);
    return 1;
  });
  EXPECT_EQ(result_of(other), 0);
  EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
  EXPECT_OK(ReleaseMutex(mutex));
}

TEST(SharedByFork, W44_a_process_is_signalled_when_it_has_ended) {
  HANDLE self = nullptr;
  ASSERT_TRUE(
      DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &self, SYNCHRONIZE, FALSE, 0));
  Handle handle(self);
  int result[2];
  ASSERT_EQ(pipe(result), 0);
  pid_t middle = start_child([&] {
    HANDLE own = nullptr;
    DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &own, SYNCHRONIZE, FALSE, 0);
    start_child([&] { // its parent ends at once
      char right = WaitForSingleObject(own, INFINITE) == WAIT_OBJECT_0 && WaitForSingleObject(self, 1) == WAIT_TIMEOUT;
      return write(result[1], &right, 1) == 1 ? 0 : 1;
    });
    return 0;
  });
  EXPECT_EQ(result_of(middle), 0);
  char right = 0;
  EXPECT_EQ(read(result[0], &right, 1), 1);
  EXPECT_EQ(right, 1);
  close(result[0]);
  close(result[1]);
}

TEST(SharedByFork, what_the_parent_makes_later_is_its_own) {
  Handle before = semaphore(0);
  pid_t other = start_child([&] {
    std::vector<Handle> own;
    for (int i = 0; i < 2000; ++i) {
      own.push_back(auto_event(true));
    }
    return WaitForSingleObject(before, INFINITE) == WAIT_OBJECT_0 ? 0 : 1;
  });
  std::vector<Handle> later;
  for (int i = 0; i < 2000; ++i) {
    later.push_back(auto_event());
  }
  EXPECT_OK(ReleaseSemaphore(before, 1, nullptr));
  EXPECT_EQ(result_of(other), 0);
  for (Handle& each : later) {
    EXPECT_FALSE(is_set(each));
  }
}

// Killed at any moment, while it owns, waits, or is between: who is left is never blocked, and nobody owns it twice.
TEST(SharedByFork, W22_children_killed_at_any_moment_block_nobody) {
  Handle mutex = apitest::mutex();
  Handle pair = apitest::mutex();
  Handle tokens = semaphore(1);
  for (int round = 0; round < 60; ++round) {
    pid_t others[3];
    for (pid_t& other : others) {
      other = start_child([&] {
        for (;;) {
          if (WaitForSingleObject(mutex, INFINITE) == WAIT_FAILED || !ReleaseMutex(mutex)) {
            return 1;
          }
          if (wait_all({mutex, pair}, INFINITE) == WAIT_FAILED || !ReleaseMutex(pair) || !ReleaseMutex(mutex)) {
            return 2;
          }
        }
      });
    }
    usleep(static_cast<useconds_t>(300 + round * 37 % 1000));
    for (pid_t other : others) {
      kill(other, SIGKILL);
    }
    DWORD answer = WaitForMultipleObjects(2, std::vector<HANDLE>{mutex, pair}.data(), TRUE, 20'000);
    ASSERT_TRUE(answer == WAIT_OBJECT_0 || answer == WAIT_ABANDONED_0) << answer << " in round " << round;
    EXPECT_TRUE(ReleaseMutex(mutex) && ReleaseMutex(pair));
    for (pid_t other : others) {
      EXPECT_EQ(result_of(other), 256 + SIGKILL);
    }
  }
}

// ---- nothing is lost: all that was put in comes out, and at the end nobody is left sleeping ----

TEST(LostWakeups, producers_and_consumers_by_semaphores) {
  constexpr int kEach = 4000;
  constexpr LONG kRoom = 3;
  Handle room = semaphore(kRoom, kRoom);
  Handle full = semaphore(0, kRoom);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kEach; ++round) {
        EXPECT_EQ(WaitForSingleObject(room, INFINITE), DWORD{WAIT_OBJECT_0});
        EXPECT_TRUE(ReleaseSemaphore(full, 1, nullptr));
      }
    });
    threads.emplace_back([&] {
      for (int round = 0; round < kEach; ++round) {
        EXPECT_EQ(WaitForSingleObject(full, INFINITE), DWORD{WAIT_OBJECT_0});
        ++taken;
        EXPECT_TRUE(ReleaseSemaphore(room, 1, nullptr));
      }
    });
  }
  for (std::thread& each : threads) {
    each.join();
  }

  EXPECT_EQ(taken, 3 * kEach);
  LONG left = -1;
  EXPECT_ERROR(298, ReleaseSemaphore(room, 1, &left));
  EXPECT_FALSE(is_set(full));
}

// Some want both kinds at once, some any of them, some one: each pair is taken once.
TEST(LostWakeups, W50_W51_waits_for_all_against_waits_for_any) {
  constexpr int kEach = 3000;
  Handle first = semaphore(0, 100'000);
  Handle second = semaphore(0, 100'000);
  Handle done = semaphore(0, 100'000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      std::vector<HANDLE> both = i == 0 ? std::vector<HANDLE>{first, second} : std::vector<HANDLE>{second, first};
      for (int round = 0; round < kEach; ++round) {
        EXPECT_EQ(wait_all(both, INFINITE), DWORD{WAIT_OBJECT_0});
        EXPECT_TRUE(ReleaseSemaphore(done, 2, nullptr));
      }
    });
  }
  threads.emplace_back([&] {
    for (int round = 0; round < 2 * kEach; ++round) { // one of each kind in turn would do for ever, so take what comes
      DWORD which = wait_any({second, first}, INFINITE);
      EXPECT_TRUE(which <= WAIT_OBJECT_0 + 1);
      EXPECT_TRUE(ReleaseSemaphore(which == WAIT_OBJECT_0 ? second : first, 1, nullptr)); // and put it back
    }
  });
  std::thread producer([&] {
    for (int round = 0; round < 2 * kEach; ++round) {
      EXPECT_TRUE(ReleaseSemaphore(round % 3 == 0 ? first : second, 1, nullptr));
      EXPECT_TRUE(ReleaseSemaphore(round % 3 == 0 ? second : first, 1, nullptr));
    }
    EXPECT_TRUE(ReleaseSemaphore(first, 1, nullptr)); // one is left, so that the wait for any ends
  });
  producer.join();
  for (std::thread& each : threads) {
    each.join();
  }

  LONG previous = 0;
  EXPECT_TRUE(ReleaseSemaphore(done, 1, &previous));
  EXPECT_EQ(previous, 4 * kEach);
  EXPECT_TRUE(is_set(first));
  EXPECT_FALSE(is_set(first));
  EXPECT_FALSE(is_set(second));
}

TEST(LostWakeups, W12_two_threads_wake_each_other_in_turn) {
  constexpr int kRounds = 5000;
  Handle ping = auto_event();
  Handle pong = auto_event();
  Handle never = manual_event();
  std::thread other([&] {
    for (int round = 0; round < kRounds; ++round) {
      EXPECT_EQ(wait_any({never, ping}, INFINITE), DWORD{WAIT_OBJECT_0 + 1});
      EXPECT_TRUE(SetEvent(pong));
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    EXPECT_EQ(SignalObjectAndWait(ping, pong, INFINITE, FALSE), DWORD{WAIT_OBJECT_0});
  }
  other.join();
}

} // namespace
} // namespace apitest
