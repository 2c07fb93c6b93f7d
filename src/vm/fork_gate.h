// The gate that fork closes: no change of the address space is half done at the moment of a fork.
//
// Every changing call holds a `Change` from before it takes its first lock until after it dropped the last. fork's
// prepare handler closes the gate, waits until those inside have left, and opens it again in parent and child. So the
// child finds every lock free, every table whole, and the kernel's state equal to them.
#pragma once

#include "../host/lock.h"
#include "epoch.h"

namespace winmem::vm {

namespace detail {
extern std::atomic<std::uint32_t> gate_closed;
extern std::atomic<std::uint32_t> forks;
void wait_for_gate(Stripe& stripe);
} // namespace detail

class [[nodiscard]] Change {
public:
  Change() : stripe_(detail::my_stripe()) {
    // Sequentially consistent with close_gate(): either it sees this count, or this sees the gate closed.
    stripe_.writers.fetch_add(1, std::memory_order_seq_cst);
    if (detail::gate_closed.load(std::memory_order_seq_cst) != 0) [[unlikely]] {
      detail::wait_for_gate(stripe_);
    }
  }
  ~Change() { stripe_.writers.fetch_sub(1, std::memory_order_release); }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

private:
  detail::Stripe& stripe_;
};

void close_gate();
void open_gate();

// How often this process, and those it comes from, began to fork. It does not change within a Change.
inline std::uint32_t forks() { return detail::forks.load(std::memory_order_relaxed); }
inline constexpr std::uint32_t kNoFork = ~0U; // none of its values

} // namespace winmem::vm
