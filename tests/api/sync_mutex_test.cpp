// Mutexes and semaphores.
// Rules: W1 W2 W20 W21 W22 W30 W31 W32 W33
#include "sync_test_support.h"

namespace apitest {
namespace {

// What another thread's test of the mutex says; if that thread gets it, it gives it back.
DWORD tested_by_another(HANDLE mutex) {
  return in_thread([=] {
    DWORD answer = WaitForSingleObject(mutex, 0);
    if (answer != WAIT_TIMEOUT) {
      EXPECT_TRUE(ReleaseMutex(mutex));
    }
    return answer;
  });
}

TEST(Mutex, W1_W20_it_is_the_makers_if_asked_for) {
  SetLastError(kNobodysError);
  Handle owned(CreateMutexA(nullptr, TRUE, nullptr));
  EXPECT_EQ(GetLastError(), 0u);
  Handle owned_by_flag(CreateMutexExW(nullptr, nullptr, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS));
  Handle free(CreateMutexW(nullptr, FALSE, nullptr));
  Handle free_by_flag(CreateMutexExA(nullptr, nullptr, 0, MUTEX_ALL_ACCESS));

  EXPECT_EQ(tested_by_another(owned), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(tested_by_another(owned_by_flag), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(tested_by_another(free), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(tested_by_another(free_by_flag), DWORD{WAIT_OBJECT_0});
  EXPECT_OK(ReleaseMutex(owned));
  EXPECT_OK(ReleaseMutex(owned_by_flag));
}

TEST(Mutex, W2_unknown_flags_are_invalid) { EXPECT_ERROR(87, CreateMutexExA(nullptr, nullptr, 2, MUTEX_ALL_ACCESS)); }

TEST(Mutex, W20_its_owner_gets_it_again_and_releases_it_as_often) {
  Handle mutex = apitest::mutex(true);

  EXPECT_TRUE(is_set(mutex));
  EXPECT_TRUE(is_set(mutex));
  EXPECT_OK(ReleaseMutex(mutex));
  EXPECT_OK(ReleaseMutex(mutex));
  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_TIMEOUT});
  EXPECT_OK(ReleaseMutex(mutex));
  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_OBJECT_0});
}

TEST(Mutex, W21_only_its_owner_releases_it) {
  Handle mutex = apitest::mutex();

  EXPECT_ERROR(288, ReleaseMutex(mutex));
  EXPECT_TRUE(is_set(mutex));
  in_thread([&] {
    EXPECT_ERROR(288, ReleaseMutex(mutex));
    return 0;
  });
  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_TIMEOUT});
  EXPECT_OK(ReleaseMutex(mutex));
  EXPECT_ERROR(288, ReleaseMutex(mutex));
}

TEST(Mutex, W21_no_right_is_needed) {
  Handle mutex = apitest::mutex(true);
  Handle waits_only = with_access(mutex, SYNCHRONIZE);

  EXPECT_OK(ReleaseMutex(waits_only));
  EXPECT_ERROR(6, ReleaseMutex(auto_event()));
  EXPECT_ERROR(6, ReleaseMutex(nullptr));
}

TEST(Mutex, W20_one_thread_at_a_time_owns_it) {
  constexpr int kRounds = 2000;
  Handle mutex = apitest::mutex();
  int counted = 0; // guarded by the mutex
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_OBJECT_0});
        ++counted;
        EXPECT_TRUE(ReleaseMutex(mutex));
      }
    });
  }
  for (std::thread& each : threads) {
    each.join();
  }

  EXPECT_EQ(counted, 4 * kRounds);
}

TEST(Mutex, W22_a_thread_that_ends_abandons_it) {
  Handle mutex = apitest::mutex();
  in_thread([&] { return WaitForSingleObject(mutex, 0); });

  EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_TIMEOUT});
  EXPECT_OK(ReleaseMutex(mutex));
  EXPECT_ERROR(288, ReleaseMutex(mutex));
  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_OBJECT_0});
}

TEST(Mutex, W22_who_waits_already_gets_it_abandoned) {
  Handle mutex = apitest::mutex();
  Handle owned = auto_event();
  Handle end = auto_event();
  std::thread owner([&] {
    EXPECT_TRUE(is_set(mutex) && is_set(mutex)); // twice: both go
    EXPECT_TRUE(SetEvent(owned));
    WaitForSingleObject(end, INFINITE);
  });
  WaitForSingleObject(owned, INFINITE);
  std::thread waiter([&] {
    EXPECT_EQ(WaitForSingleObject(mutex, INFINITE), DWORD{WAIT_ABANDONED});
    EXPECT_TRUE(ReleaseMutex(mutex));
  });

  Sleep(20);
  EXPECT_OK(SetEvent(end));
  owner.join();
  waiter.join();

  EXPECT_EQ(tested_by_another(mutex), DWORD{WAIT_OBJECT_0});
}

TEST(Mutex, W22_all_mutexes_of_a_thread_are_abandoned) {
  constexpr int kMutexes = 40;
  std::vector<Handle> mutexes;
  for (int i = 0; i < kMutexes; ++i) {
    mutexes.push_back(mutex());
  }
  in_thread([&] {
    for (Handle& each : mutexes) {
      EXPECT_TRUE(is_set(each));
    }
    for (int i = 0; i < kMutexes; i += 3) { // in another order than they were taken
      EXPECT_TRUE(ReleaseMutex(mutexes[static_cast<std::size_t>(i)]));
    }
    return 0;
  });

  for (int i = 0; i < kMutexes; ++i) {
    Handle& each = mutexes[static_cast<std::size_t>(i)];
    EXPECT_EQ(WaitForSingleObject(each, INFINITE), DWORD{i % 3 == 0 ? 0U : 0x80U}) << i;
    EXPECT_TRUE(ReleaseMutex(each));
  }
}

TEST(Mutex, W20_it_may_be_closed_while_it_is_owned) {
  for (int round = 0; round < 300; ++round) {
    mutex(true).close();
  }
  in_thread([] {
    mutex(true).close();
    return 0;
  });
  Handle other = mutex();

  EXPECT_EQ(tested_by_another(other), DWORD{WAIT_OBJECT_0});
}

TEST(Semaphore, W30_the_count_lies_between_0_and_the_maximum) {
  EXPECT_ERROR(87, CreateSemaphoreA(nullptr, 0, 0, nullptr));
  EXPECT_ERROR(87, CreateSemaphoreA(nullptr, -1, 1, nullptr));
  EXPECT_ERROR(87, CreateSemaphoreW(nullptr, 2, 1, nullptr));
  EXPECT_ERROR(87, CreateSemaphoreA(nullptr, 0, -1, nullptr));
}

TEST(Semaphore, W2_there_are_no_flags) {
  EXPECT_ERROR(87, CreateSemaphoreExA(nullptr, 0, 1, nullptr, 1, SEMAPHORE_ALL_ACCESS));
  Handle made(CreateSemaphoreExW(nullptr, 1, 1, nullptr, 0, SEMAPHORE_ALL_ACCESS));
  EXPECT_TRUE(is_set(made));
}

TEST(Semaphore, W31_waits_take_from_the_count) {
  Handle semaphore = apitest::semaphore(2);

  EXPECT_TRUE(is_set(semaphore));
  EXPECT_TRUE(is_set(semaphore));
  EXPECT_FALSE(is_set(semaphore));
}

TEST(Semaphore, W32_releasing_adds_and_tells_what_was) {
  Handle semaphore = apitest::semaphore(0, 5);
  LONG previous = 77;

  EXPECT_OK(ReleaseSemaphore(semaphore, 3, &previous));
  EXPECT_EQ(previous, 0);
  EXPECT_OK(ReleaseSemaphore(semaphore, 2, &previous));
  EXPECT_EQ(previous, 3);
  EXPECT_ERROR(298, ReleaseSemaphore(semaphore, 1, &previous));
  EXPECT_EQ(previous, 3);
  EXPECT_TRUE(is_set(semaphore));
  EXPECT_ERROR(298, ReleaseSemaphore(semaphore, 2, nullptr));
  EXPECT_ERROR(298, ReleaseSemaphore(semaphore, 0x7FFFFFFF, nullptr));
  EXPECT_OK(ReleaseSemaphore(semaphore, 1, nullptr));
}

TEST(Semaphore, W32_the_largest_maximum) {
  Handle semaphore = apitest::semaphore(0, 0x7FFFFFFF);
  LONG previous = 0;

  EXPECT_OK(ReleaseSemaphore(semaphore, 0x7FFFFFFF, nullptr));
  EXPECT_ERROR(298, ReleaseSemaphore(semaphore, 1, nullptr));
  EXPECT_TRUE(is_set(semaphore));
  EXPECT_OK(ReleaseSemaphore(semaphore, 1, &previous));
  EXPECT_EQ(previous, 0x7FFFFFFE);
}

TEST(Semaphore, W33_bad_arguments_change_nothing) {
  Handle semaphore = apitest::semaphore(0);

  EXPECT_ERROR(87, ReleaseSemaphore(semaphore, 0, nullptr));
  EXPECT_ERROR(87, ReleaseSemaphore(semaphore, -1, nullptr));
  EXPECT_ERROR(87, ReleaseSemaphore(nullptr, 0, nullptr));
  EXPECT_ERROR(6, ReleaseSemaphore(nullptr, 1, nullptr));
  EXPECT_ERROR(6, ReleaseSemaphore(auto_event(), 1, nullptr));
  EXPECT_ERROR(5, ReleaseSemaphore(with_access(semaphore, SYNCHRONIZE), 1, nullptr));
  EXPECT_ERROR(998, ReleaseSemaphore(semaphore, 1, reinterpret_cast<LONG*>(16)));
  EXPECT_FALSE(is_set(semaphore));
}

TEST(Semaphore, W31_W32_a_release_frees_as_many_as_it_adds) {
  constexpr int kWaiters = 5;
  Handle semaphore = apitest::semaphore(0);
  Handle freed = apitest::semaphore(0);
  std::vector<std::thread> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] {
      EXPECT_EQ(WaitForSingleObject(semaphore, INFINITE), DWORD{WAIT_OBJECT_0});
      EXPECT_TRUE(ReleaseSemaphore(freed, 1, nullptr));
    });
  }

  EXPECT_OK(ReleaseSemaphore(semaphore, 3, nullptr));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(WaitForSingleObject(freed, INFINITE), DWORD{WAIT_OBJECT_0});
  }
  EXPECT_FALSE(is_set(freed));
  EXPECT_OK(ReleaseSemaphore(semaphore, kWaiters - 3, nullptr));
  for (std::thread& each : waiters) {
    each.join();
  }

  EXPECT_FALSE(is_set(semaphore));
}

} // namespace
} // namespace apitest
