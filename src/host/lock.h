// The one lock of the core: a four-byte futex mutex, zero when free.
//
// It is not recursive and not fair. It can be taken before constructors run and after destructors did. A signal handler
// must not take it, except where a synchronous fault in user code is being handled: no lock of ours is held there.
// A fork finds every lock free: see vm/fork_gate.h.
#pragma once

#include <atomic>
#include <cstdint>

namespace winmem::host {

class Lock {
public:
  void lock() {
    std::uint32_t expected = kFree;
    if (!word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed)) {
      lock_contended();
    }
  }

  bool try_lock() {
    std::uint32_t expected = kFree;
    return word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed);
  }

  void unlock() {
    if (word_.exchange(kFree, std::memory_order_release) == kHeldWithWaiters) {
      wake_one();
    }
  }

  // True now or a moment ago.
  bool is_held() const { return word_.load(std::memory_order_relaxed) != kFree; }

private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kHeldWithWaiters = 2;

  void lock_contended();
  void wake_one();

  std::atomic<std::uint32_t> word_{kFree};
};

class [[nodiscard]] LockHold {
public:
  explicit LockHold(Lock& lock) : lock_(lock) { lock_.lock(); }
  ~LockHold() { lock_.unlock(); }
  LockHold(const LockHold&) = delete;
  LockHold& operator=(const LockHold&) = delete;

private:
  Lock& lock_;
};

// Sleeps while *word is `value`, at most until woken. Used by Lock and by the fork gate.
void wait_on(std::atomic<std::uint32_t>& word, std::uint32_t value);
void wake_all(std::atomic<std::uint32_t>& word);

} // namespace winmem::host
