// Events.
// Rules: W1 W2 W10 W11 W12 W13
#include "sync_test_support.h"

namespace apitest {
namespace {

TEST(Event, W1_success_sets_the_last_error_to_0) {
  SetLastError(kNobodysError);
  Handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));

  EXPECT_EQ(GetLastError(), 0u);
}

TEST(Event, W1_the_initial_state_is_as_asked_for) {
  EXPECT_TRUE(is_set(auto_event(true)));
  EXPECT_FALSE(is_set(auto_event(false)));
  EXPECT_TRUE(is_set(manual_event(true)));
  EXPECT_FALSE(is_set(manual_event(false)));
}

TEST(Event, W1_wide_names_and_flags_make_the_same) {
  Handle wide(CreateEventW(nullptr, TRUE, TRUE, nullptr));
  Handle flags(
      CreateEventExA(nullptr, nullptr, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS));
  Handle wide_flags(CreateEventExW(nullptr, nullptr, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS));

  EXPECT_TRUE(is_set(wide) && is_set(wide));
  EXPECT_TRUE(is_set(flags) && is_set(flags));
  EXPECT_TRUE(is_set(wide_flags) && !is_set(wide_flags));
}

TEST(Event, W1_an_empty_name_is_none) {
  Handle first(CreateEventA(nullptr, TRUE, TRUE, ""));
  Handle second(CreateEventW(nullptr, TRUE, FALSE, L""));

  EXPECT_TRUE(is_set(first));
  EXPECT_FALSE(is_set(second));
}

TEST(Event, W1_the_handle_is_inherited_if_asked_for) {
  SECURITY_ATTRIBUTES security{};
  security.nLength = sizeof security;
  security.bInheritHandle = TRUE;
  Handle inherited(CreateEventA(&security, FALSE, FALSE, nullptr));
  Handle own = auto_event();

  DWORD flags = 0;
  EXPECT_TRUE(GetHandleInformation(inherited, &flags));
  EXPECT_EQ(flags, DWORD{HANDLE_FLAG_INHERIT});
  EXPECT_TRUE(GetHandleInformation(own, &flags));
  EXPECT_EQ(flags, 0u);
}

TEST(Event, W2_unknown_flags_are_invalid) {
  EXPECT_ERROR(87, CreateEventExA(nullptr, nullptr, 4, EVENT_ALL_ACCESS));
  EXPECT_ERROR(87, CreateEventExW(nullptr, nullptr, 0x80000000, EVENT_ALL_ACCESS));
}

TEST(Event, W10_setting_and_resetting_succeed_in_any_state) {
  Handle event = manual_event();

  EXPECT_OK(ResetEvent(event));
  EXPECT_OK(SetEvent(event));
  EXPECT_OK(SetEvent(event));
  EXPECT_TRUE(is_set(event));
  EXPECT_OK(ResetEvent(event));
  EXPECT_FALSE(is_set(event));
}

TEST(Event, W10_setting_needs_its_right) {
  Handle event = manual_event();
  Handle waits_only = with_access(event, SYNCHRONIZE);
  Handle sets_only = with_access(event, EVENT_MODIFY_STATE);

  EXPECT_ERROR(5, SetEvent(waits_only));
  EXPECT_ERROR(5, ResetEvent(waits_only));
  EXPECT_FALSE(is_set(event));
  EXPECT_OK(SetEvent(sets_only));
  EXPECT_TRUE(is_set(waits_only));
}

TEST(Event, W1_W10_the_Ex_forms_give_the_access_that_was_asked_for) {
  Handle waits_only(CreateEventExA(nullptr, nullptr, 0, SYNCHRONIZE));
  Handle generic(CreateEventExA(nullptr, nullptr, CREATE_EVENT_MANUAL_RESET, GENERIC_EXECUTE | GENERIC_WRITE));

  EXPECT_ERROR(5, SetEvent(waits_only));
  EXPECT_OK(SetEvent(generic));
  EXPECT_TRUE(is_set(generic));
}

TEST(Event, W10_other_handles_are_invalid) {
  Handle other = mutex();

  EXPECT_ERROR(6, SetEvent(nullptr));
  EXPECT_ERROR(6, SetEvent(other));
  EXPECT_ERROR(6, ResetEvent(GetCurrentProcess()));
  EXPECT_ERROR(6, SetEvent(reinterpret_cast<HANDLE>(0x123450)));
}

TEST(Event, W11_a_manual_reset_event_satisfies_all_waits) {
  Handle event = manual_event();
  std::atomic<int> freed{0};
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&] { freed += WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0; });
  }

  EXPECT_OK(SetEvent(event));
  for (std::thread& each : waiters) {
    each.join();
  }

  EXPECT_EQ(freed, 4);
  EXPECT_TRUE(is_set(event));
}

TEST(Event, W12_an_auto_reset_event_satisfies_one_wait) {
  Handle event = auto_event();

  EXPECT_OK(SetEvent(event));
  EXPECT_OK(SetEvent(event));

  EXPECT_TRUE(is_set(event));
  EXPECT_FALSE(is_set(event));
}

TEST(Event, W12_each_setting_frees_one_of_those_who_wait) {
  constexpr int kWaiters = 4;
  Handle event = auto_event();
  Handle freed = semaphore(0);
  std::vector<std::thread> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&] {
      EXPECT_EQ(WaitForSingleObject(event, INFINITE), DWORD{WAIT_OBJECT_0});
      EXPECT_TRUE(ReleaseSemaphore(freed, 1, nullptr));
    });
  }

  for (int i = 0; i < kWaiters; ++i) {
    EXPECT_OK(SetEvent(event));
    EXPECT_EQ(WaitForSingleObject(freed, INFINITE), DWORD{WAIT_OBJECT_0});
    EXPECT_FALSE(is_set(freed));
  }
  for (std::thread& each : waiters) {
    each.join();
  }
}

TEST(Event, W13_a_pulse_leaves_the_event_reset) {
  Handle set = manual_event(true);
  Handle automatic = auto_event(true);

  EXPECT_OK(PulseEvent(set));
  EXPECT_OK(PulseEvent(automatic));

  EXPECT_FALSE(is_set(set));
  EXPECT_FALSE(is_set(automatic));
  EXPECT_ERROR(5, PulseEvent(with_access(set, SYNCHRONIZE)));
  EXPECT_ERROR(6, PulseEvent(nullptr));
}

TEST(Event, W13_a_pulse_frees_who_waits) {
  for (bool stays_set : {true, false}) {
    Handle event(CreateEventA(nullptr, stays_set, FALSE, nullptr));
    std::atomic<bool> was_freed{false};
    std::thread waiter([&] { was_freed = WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0; });

    while (!was_freed) {
      EXPECT_OK(PulseEvent(event)); // again: it may not wait yet
      Sleep(1);
    }
    waiter.join();

    EXPECT_FALSE(is_set(event));
  }
}

} // namespace
} // namespace apitest
