// The lock of one heap, which its owner may take again (H70).
//
// Surprise:  a thread that ends or is forked away while it holds one leaves it held, as on Windows.
#pragma once

#include "../host/lock.h"
#include "../host/own_process.h"

#include <atomic>
#include <cstdint>

namespace winmem::heap {

namespace detail {

// 1 while a fork waits for all heaps: those who hold none stay out, or it might wait for ever.
extern constinit std::atomic<std::uint32_t> fork_waits;
extern thread_local constinit std::uint32_t held __attribute__((tls_model("initial-exec"))); // locks, by this thread

} // namespace detail

class HeapMutex {
public:
  void lock() {
    std::uint32_t self = host::thread_id();
    if (owner_.load(std::memory_order_relaxed) != self) {
      while (detail::fork_waits.load(std::memory_order_relaxed) != 0 && detail::held == 0)
        [[unlikely]] { host::wait_on(detail::fork_waits, 1); }
      lock_.lock();
      owner_.store(self, std::memory_order_relaxed);
    }
    ++depth_;
    ++detail::held;
  }

  bool try_lock() {
    std::uint32_t self = host::thread_id();
    if (owner_.load(std::memory_order_relaxed) != self) {
      if (!lock_.try_lock()) {
        return false;
      }
      owner_.store(self, std::memory_order_relaxed);
    }
    ++depth_;
    ++detail::held;
    return true;
  }

  // False, with nothing changed, when the caller does not hold it (H72).
  bool unlock() {
    if (owner_.load(std::memory_order_relaxed) != host::thread_id()) {
      return false;
    }
    --detail::held;
    if (--depth_ == 0) {
      owner_.store(0, std::memory_order_relaxed);
      lock_.unlock();
    }
    return true;
  }

  bool is_mine() const { return owner_.load(std::memory_order_relaxed) == host::thread_id(); }

  // In a fork's child, whose only thread has another number; `inherited` is what the parent's thread had.
  void adopt(std::uint32_t inherited) {
    if (owner_.load(std::memory_order_relaxed) == inherited) {
      owner_.store(host::thread_id(), std::memory_order_relaxed);
    }
  }

private:
  host::Lock lock_;
  std::atomic<std::uint32_t> owner_{0}; // a thread's number; only its own is ever compared
  std::uint32_t depth_ = 0;             // guarded by lock_
};

// Holds a heap for a scope; not at all where the heap or the call asks for no serialisation.
class [[nodiscard]] HeapHold {
public:
  HeapHold(HeapMutex& mutex, bool serialized) : mutex_(serialized ? &mutex : nullptr) {
    if (mutex_ != nullptr) {
      mutex_->lock();
    }
  }
  ~HeapHold() {
    if (mutex_ != nullptr) {
      mutex_->unlock();
    }
  }
  HeapHold(const HeapHold&) = delete;
  HeapHold& operator=(const HeapHold&) = delete;

private:
  HeapMutex* mutex_;
};

} // namespace winmem::heap
