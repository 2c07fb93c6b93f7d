#include "lock.h"

#include "syscall.h"

#include <climits>
#include <linux/futex.h>

namespace winmem::host {

namespace {

// Spinning pays only for critical sections of some ten nanoseconds, which most of ours are; the rest hold the lock
// through a system call, where sleeping is right. A guess, not a measurement.
constexpr int kSpins = 40;

} // namespace

void Lock::lock_contended() {
  for (int spin = 0; spin < kSpins; ++spin) {
    __builtin_ia32_pause();
    std::uint32_t expected = kFree;
    if (word_.load(std::memory_order_relaxed) == kFree &&
        word_.compare_exchange_weak(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed)) {
      return;
    }
  }
  while (word_.exchange(kHeldWithWaiters, std::memory_order_acquire) != kFree) {
    wait_on(word_, kHeldWithWaiters);
  }
}

void Lock::wake_one() { system_call(SYS_futex, as_argument(&word_), FUTEX_WAKE_PRIVATE, 1); }

void wait_on(std::atomic<std::uint32_t>& word, std::uint32_t value) {
  system_call(SYS_futex, as_argument(&word), FUTEX_WAIT_PRIVATE, static_cast<long>(value));
}

void wake_all(std::atomic<std::uint32_t>& word) {
  system_call(SYS_futex, as_argument(&word), FUTEX_WAKE_PRIVATE, INT_MAX);
}

} // namespace winmem::host
