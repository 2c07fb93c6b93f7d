#include "shared_word.h"

#include "features.h"
#include "syscall.h"

#include <ctime>
#include <linux/futex.h>

namespace winmem::host {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr long kFutexWaitv = 449; // newer than Debian 12's headers promise
constexpr std::uint32_t kSize32 = 2;

// The kernel's struct futex_waitv.
struct Waiter {
  std::uint64_t value;
  std::uint64_t address;
  std::uint32_t flags;
  std::uint32_t reserved;
};

timespec to_timespec(std::uint64_t nanoseconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(nanoseconds / kSecond);
  time.tv_nsec = static_cast<long>(nanoseconds % kSecond);
  return time;
}

std::uint64_t now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time); // the vDSO; cannot fail
  return static_cast<std::uint64_t>(time.tv_sec) * kSecond + static_cast<std::uint64_t>(time.tv_nsec);
}

constinit std::atomic<bool> no_waitv{false}; // the kernel, or a sandbox, said so once

} // namespace

std::uint64_t monotonic() { return now(CLOCK_MONOTONIC); }

std::uint64_t time_of_day() { return now(CLOCK_REALTIME); }

std::uint64_t nanoseconds_until(std::int64_t since_1970) {
  auto then = static_cast<std::uint64_t>(since_1970 < 0 ? 0 : since_1970);
  std::uint64_t here = time_of_day();
  return then <= here ? 0 : then - here;
}

void sleep_until(std::uint64_t deadline) {
  timespec until = to_timespec(deadline);
  while (monotonic() < deadline) {
    long result = system_call(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, as_argument(&until));
    if (result != 0 && result != -EINTR) {
      system_call(SYS_sched_yield);
    }
  }
}

// Not FUTEX_WAIT_PRIVATE: other processes wake, and the kernel itself, which takes every word for a shared one.
void sleep_on(const WatchedWord& watched, std::uint64_t deadline) {
  timespec until = to_timespec(deadline);
  system_call(SYS_futex, as_argument(watched.word), FUTEX_WAIT_BITSET, static_cast<long>(watched.value),
              deadline == kNever ? 0 : as_argument(&until), 0, FUTEX_BITSET_MATCH_ANY);
}

bool sleep_on_any(const WatchedWord* watched, std::size_t count, std::uint64_t deadline) {
  if (disabled(Feature::waitv) || no_waitv.load(std::memory_order_relaxed)) {
    return false;
  }
  Waiter waiters[kMostWatched];
  for (std::size_t i = 0; i < count; ++i) {
    waiters[i] = {watched[i].value, reinterpret_cast<std::uint64_t>(watched[i].word), kSize32, 0};
  }
  timespec until = to_timespec(deadline);
  long result = system_call(kFutexWaitv, as_argument(waiters), static_cast<long>(count), 0,
                            deadline == kNever ? 0 : as_argument(&until), CLOCK_MONOTONIC);
  if (result == -ENOSYS || result == -EPERM) {
    no_waitv.store(true, std::memory_order_relaxed);
    return false;
  }
  return true;
}

void wake(const std::uint32_t* word, std::uint32_t count) {
  system_call(SYS_futex, as_argument(word), FUTEX_WAKE, static_cast<long>(count));
}

} // namespace winmem::host
