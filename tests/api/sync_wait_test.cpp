// Waits.
// Rules: W40 W41 W42 W43 W44 W45 W46 W47 W50 W51 W52 W53 W54 W55 W60 W61
#include "native_calls.h"
#include "sync_test_support.h"

#include <chrono>

namespace apitest {
namespace {

NTSTATUS native_wait(HANDLE handle, LONGLONG* units) {
  using Function = NTSTATUS(NTAPI*)(HANDLE, BOOLEAN, LARGE_INTEGER*);
  static const auto function = lookup<Function>("ntdll.dll", "NtWaitForSingleObject");
  return function(handle, FALSE, reinterpret_cast<LARGE_INTEGER*>(units));
}

template <typename Call> bool lasts_at_least(int milliseconds, Call call) {
  auto begin = std::chrono::steady_clock::now();
  call();
  // The clock that Windows' time-outs go by may tick only every 15.6 ms.
  return std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(milliseconds - 16);
}

TEST(Wait, W40_a_wait_lasts_until_its_time_is_over) {
  Handle event = auto_event();
  DWORD answer = 0;

  EXPECT_TRUE(lasts_at_least(40, [&] { answer = WaitForSingleObject(event, 40); }));
  EXPECT_EQ(answer, DWORD{WAIT_TIMEOUT});
  EXPECT_TRUE(lasts_at_least(40, [&] { answer = wait_any({event, auto_event()}, 40); }));
  EXPECT_EQ(answer, DWORD{WAIT_TIMEOUT});
  EXPECT_TRUE(lasts_at_least(40, [&] { answer = wait_all({event, manual_event(true)}, 40); }));
  EXPECT_EQ(answer, DWORD{WAIT_TIMEOUT});
}

TEST(Wait, W40_neither_success_nor_time_out_sets_the_last_error) {
  Handle event = auto_event(true);

  SetLastError(kNobodysError);
  EXPECT_EQ(WaitForSingleObject(event, 0), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(WaitForSingleObject(event, 0), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(GetLastError(), kNobodysError);
}

TEST(Wait, W41_it_needs_a_handle_with_its_right) {
  Handle event = auto_event(true);
  HANDLE closed = nullptr;
  ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &closed, 0, FALSE, 2));
  ASSERT_TRUE(CloseHandle(closed));

  EXPECT_WAIT_ERROR(5, WaitForSingleObject(with_access(event, EVENT_MODIFY_STATE), 0));
  EXPECT_WAIT_ERROR(6, WaitForSingleObject(nullptr, INFINITE));
  EXPECT_WAIT_ERROR(6, WaitForSingleObject(closed, 0));
  EXPECT_TRUE(is_set(event));
}

TEST(Wait, W42_W43_it_lasts_until_somebody_signals) {
  Handle event = auto_event();
  std::thread other([&] {
    Sleep(10);
    EXPECT_TRUE(SetEvent(event));
  });

  EXPECT_EQ(WaitForSingleObjectEx(event, INFINITE, TRUE), DWORD{WAIT_OBJECT_0});
  other.join();
  EXPECT_EQ(WaitForSingleObjectEx(event, 1, TRUE), DWORD{WAIT_TIMEOUT});
}

TEST(Wait, W44_the_own_process_and_thread_are_not_signalled) {
  Handle real = with_access(GetCurrentProcess(), SYNCHRONIZE);

  EXPECT_EQ(WaitForSingleObject(GetCurrentProcess(), 1), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(WaitForSingleObject(GetCurrentThread(), 0), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(WaitForSingleObject(real, 1), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(wait_any({real, auto_event(true)}, INFINITE), DWORD{WAIT_OBJECT_0 + 1});
}

TEST(Wait, W44_a_thread_is_signalled_when_it_has_ended) {
  Handle go_on = auto_event();
  HANDLE thread = nullptr;
  Handle known = auto_event();
  std::thread other([&] {
    EXPECT_TRUE(
        DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, SYNCHRONIZE, FALSE, 0));
    EXPECT_TRUE(SetEvent(known));
    WaitForSingleObject(go_on, INFINITE);
  });
  WaitForSingleObject(known, INFINITE);
  Handle handle(thread);

  EXPECT_EQ(WaitForSingleObject(handle, 1), DWORD{WAIT_TIMEOUT});
  EXPECT_TRUE(SetEvent(go_on));
  EXPECT_EQ(wait_all({handle, manual_event(true)}, INFINITE), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(WaitForSingleObject(handle, INFINITE), DWORD{WAIT_OBJECT_0});
  other.join();
}

TEST(Wait, W45_a_section_cannot_be_waited_for) {
  Handle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, nullptr));

  EXPECT_WAIT_ERROR(5, WaitForSingleObject(section, 0));
}

TEST(Wait, W46_a_file_is_signalled) {
  Handle file(CreateFileA("sync_wait_test.tmp", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, nullptr, CREATE_ALWAYS,
                          FILE_FLAG_DELETE_ON_CLOSE, nullptr));

  EXPECT_EQ(WaitForSingleObject(file, INFINITE), DWORD{WAIT_OBJECT_0});
}

TEST(Wait, W47_native_time_outs_are_relative_absolute_or_none) {
  Handle event = auto_event();
  LONGLONG relative = -400'000;
  LONGLONG past = 1;
  LONGLONG zero = 0;
  NTSTATUS answer = 0;

  EXPECT_TRUE(lasts_at_least(40, [&] { answer = native_wait(event, &relative); }));
  EXPECT_STATUS(0x102, answer);
  EXPECT_STATUS(0x102, native_wait(event, &past));
  EXPECT_STATUS(0x102, native_wait(event, &zero));
  EXPECT_TRUE(SetEvent(event));
  EXPECT_STATUS(0, native_wait(event, nullptr));
  EXPECT_STATUS(kInvalidHandle, native_wait(nullptr, nullptr));
  EXPECT_STATUS(kAccessViolation, native_wait(event, reinterpret_cast<LONGLONG*>(16)));
}

TEST(Wait, W50_any_takes_the_first_of_those_that_are_signalled) {
  Handle first = auto_event();
  Handle second = auto_event(true);
  Handle third = auto_event(true);

  EXPECT_EQ(wait_any({first, second, third}), DWORD{WAIT_OBJECT_0 + 1});
  EXPECT_EQ(wait_any({first, second, third}), DWORD{WAIT_OBJECT_0 + 2});
  EXPECT_EQ(wait_any({first, second, third}), DWORD{WAIT_TIMEOUT});
}

TEST(Wait, W50_any_sleeps_until_one_is_signalled) {
  std::vector<Handle> events;
  std::vector<HANDLE> handles;
  for (int i = 0; i < MAXIMUM_WAIT_OBJECTS; ++i) {
    events.push_back(auto_event());
    handles.push_back(events.back());
  }
  for (std::size_t which : {std::size_t{0}, std::size_t{31}, std::size_t{63}}) {
    std::thread other([&] {
      Sleep(5);
      EXPECT_TRUE(SetEvent(handles[which]));
    });

    EXPECT_EQ(wait_any(handles, INFINITE), WAIT_OBJECT_0 + which);
    other.join();
  }
}

TEST(Wait, W51_all_takes_none_before_all_are_signalled) {
  Handle first = auto_event(true);
  Handle second = semaphore(1);
  Handle third = mutex();
  std::thread owner([&] {
    EXPECT_TRUE(is_set(third));
    EXPECT_EQ(in_thread([&] { return wait_all({first, second, third}, 1); }), DWORD{WAIT_TIMEOUT});
    EXPECT_TRUE(ReleaseMutex(third));
  });
  owner.join();

  EXPECT_EQ(wait_all({first, second, third}), DWORD{WAIT_OBJECT_0});
  EXPECT_FALSE(is_set(first));
  EXPECT_FALSE(is_set(second));
  EXPECT_OK(ReleaseMutex(third));
  EXPECT_ERROR(288, ReleaseMutex(third));
}

TEST(Wait, W51_all_sleeps_until_the_last_is_signalled) {
  Handle first = auto_event();
  Handle second = manual_event();
  Handle third = semaphore(0);
  std::thread waiter([&] { EXPECT_EQ(wait_all({first, second, third}, INFINITE), DWORD{WAIT_OBJECT_0}); });

  Sleep(5);
  EXPECT_TRUE(ReleaseSemaphore(third, 1, nullptr));
  Sleep(5);
  EXPECT_TRUE(SetEvent(first));
  Sleep(5);
  EXPECT_TRUE(is_set(third) && ReleaseSemaphore(third, 1, nullptr)); // nobody holds a part
  EXPECT_TRUE(SetEvent(second));
  waiter.join();

  EXPECT_FALSE(is_set(first) || is_set(third));
  EXPECT_TRUE(is_set(second));
}

TEST(Wait, W52_abandoned_mutexes) {
  Handle first = mutex();
  Handle second = mutex();
  Handle event = manual_event();
  auto abandon = [&] {
    in_thread([&] {
      EXPECT_TRUE(is_set(first));
      EXPECT_TRUE(is_set(second));
      return 0;
    });
  };

  abandon();
  EXPECT_EQ(wait_any({event, second, first}), DWORD{WAIT_ABANDONED_0 + 1});
  EXPECT_EQ(WaitForSingleObject(first, 0), DWORD{WAIT_ABANDONED});
  EXPECT_TRUE(ReleaseMutex(first) && ReleaseMutex(second));

  abandon();
  EXPECT_TRUE(SetEvent(event));
  EXPECT_EQ(wait_all({event, first, second}), DWORD{WAIT_ABANDONED_0});
  EXPECT_TRUE(ReleaseMutex(first) && ReleaseMutex(second));
}

TEST(Wait, W52_a_wait_for_all_that_fails_leaves_a_mutex_abandoned) {
  Handle mutex = apitest::mutex();
  Handle event = auto_event();
  in_thread([&] { return WaitForSingleObject(mutex, 0); });

  EXPECT_EQ(wait_all({mutex, event}), DWORD{WAIT_TIMEOUT});
  EXPECT_EQ(WaitForSingleObject(mutex, 0), DWORD{WAIT_ABANDONED});
  EXPECT_TRUE(ReleaseMutex(mutex));
}

TEST(Wait, W53_bad_arguments_take_nothing) {
  Handle event = auto_event(true);
  Handle deaf = with_access(event, EVENT_MODIFY_STATE);
  std::vector<HANDLE> many(MAXIMUM_WAIT_OBJECTS + 1, event);

  EXPECT_WAIT_ERROR(87, wait_any({}));
  EXPECT_WAIT_ERROR(87, wait_any(many));
  EXPECT_WAIT_ERROR(6, wait_any({event, nullptr}));
  EXPECT_WAIT_ERROR(6, wait_all({event, nullptr}));
  EXPECT_WAIT_ERROR(5, wait_any({event, deaf}));
  EXPECT_TRUE(is_set(event));
}

TEST(Wait, W53_handles_that_cannot_be_read) { EXPECT_WAIT_ERROR(998, WaitForMultipleObjects(2, nullptr, FALSE, 0)); }

TEST(Wait, W54_a_wait_for_all_has_no_object_twice) {
  Handle event = manual_event(true);
  Handle again = with_access(event, EVENT_ALL_ACCESS);

  EXPECT_WAIT_ERROR(87, wait_all({event, event}));
  EXPECT_WAIT_ERROR(87, wait_all({event, again}));
  EXPECT_EQ(wait_any({event, event}), DWORD{WAIT_OBJECT_0});
}

TEST(Wait, W55_all_takes_each_kind_in_its_own_way) {
  Handle manual = manual_event(true);
  Handle automatic = auto_event(true);
  Handle counted = semaphore(3);
  Handle owned = mutex(true);
  Handle free = mutex();

  EXPECT_EQ(wait_all({manual, automatic, counted, owned, free}), DWORD{WAIT_OBJECT_0});

  LONG previous = 0;
  EXPECT_TRUE(is_set(manual));
  EXPECT_FALSE(is_set(automatic));
  EXPECT_TRUE(ReleaseSemaphore(counted, 1, &previous));
  EXPECT_EQ(previous, 2);
  EXPECT_TRUE(ReleaseMutex(owned) && ReleaseMutex(owned));
  EXPECT_TRUE(ReleaseMutex(free));
  EXPECT_ERROR(288, ReleaseMutex(owned));
  EXPECT_ERROR(288, ReleaseMutex(free));
}

TEST(Wait, W51_single_handles_and_the_Ex_form) {
  Handle event = auto_event(true);
  HANDLE handles[] = {event};

  EXPECT_EQ(WaitForMultipleObjectsEx(1, handles, TRUE, 0, TRUE), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(WaitForMultipleObjectsEx(1, handles, FALSE, 1, TRUE), DWORD{WAIT_TIMEOUT});
}

TEST(Wait, W60_signalling_and_waiting) {
  Handle event = auto_event();
  Handle counted = semaphore(0, 1);
  Handle owned = mutex(true);

  EXPECT_EQ(SignalObjectAndWait(event, event, 0, FALSE), DWORD{WAIT_OBJECT_0});
  EXPECT_EQ(SignalObjectAndWait(counted, event, 0, FALSE), DWORD{WAIT_TIMEOUT});
  EXPECT_WAIT_ERROR(298, SignalObjectAndWait(counted, event, 0, FALSE));
  EXPECT_TRUE(is_set(counted));
  EXPECT_EQ(SignalObjectAndWait(owned, event, 1, TRUE), DWORD{WAIT_TIMEOUT});
  EXPECT_WAIT_ERROR(288, SignalObjectAndWait(owned, event, 0, FALSE));
}

TEST(Wait, W60_nothing_is_signalled_for_a_wait_that_cannot_be) {
  Handle event = auto_event();

  EXPECT_WAIT_ERROR(6, SignalObjectAndWait(event, nullptr, 0, FALSE));
  EXPECT_WAIT_ERROR(6, SignalObjectAndWait(nullptr, event, 0, FALSE));
  EXPECT_WAIT_ERROR(5, SignalObjectAndWait(with_access(event, SYNCHRONIZE), event, 0, FALSE));
  EXPECT_FALSE(is_set(event));
}

TEST(Wait, W61_sleeping) {
  EXPECT_TRUE(lasts_at_least(30, [] { Sleep(30); }));
  EXPECT_TRUE(lasts_at_least(30, [] { EXPECT_EQ(SleepEx(30, TRUE), 0u); }));
  Sleep(0);
}

} // namespace
} // namespace apitest
