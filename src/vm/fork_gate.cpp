#include "fork_gate.h"

#include "../host/thread.h"

namespace winmem::vm {

namespace detail {

constinit std::atomic<std::uint32_t> gate_closed{0};
constinit std::atomic<std::uint32_t> forks{0};

void wait_for_gate(Stripe& stripe) {
  do {
    stripe.writers.fetch_sub(1, std::memory_order_seq_cst);
    while (gate_closed.load(std::memory_order_seq_cst) != 0) {
      host::wait_on(gate_closed, 1);
    }
    stripe.writers.fetch_add(1, std::memory_order_seq_cst);
  } while (gate_closed.load(std::memory_order_seq_cst) != 0);
}

} // namespace detail

namespace {
constinit host::Lock forking; // one fork at a time
} // namespace

void close_gate() {
  forking.lock();
  detail::gate_closed.store(1, std::memory_order_seq_cst);
  for (auto& stripe : detail::stripes) {
    while (stripe.writers.load(std::memory_order_seq_cst) != 0) {
      host::yield();
    }
  }
  detail::forks.fetch_add(1, std::memory_order_relaxed);
}

void open_gate() {
  detail::gate_closed.store(0, std::memory_order_seq_cst);
  host::wake_all(detail::gate_closed);
  forking.unlock();
}

} // namespace winmem::vm
