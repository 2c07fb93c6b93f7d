#include "epoch.h"

#include "../host/thread.h"

namespace winmem::vm {

namespace detail {

constinit Stripe stripes[kStripes];
constinit std::atomic<std::uint64_t> epoch{2};
thread_local constinit unsigned stripe_of_thread = 0;

namespace {
constinit std::atomic<unsigned> next_stripe{0};
} // namespace

unsigned choose_stripe() {
  stripe_of_thread = next_stripe.fetch_add(1, std::memory_order_relaxed) % kStripes + 1;
  return stripe_of_thread;
}

} // namespace detail

namespace epochs {

namespace {

bool no_readers_of(std::uint64_t parity) {
  for (auto& stripe : detail::stripes) {
    if (stripe.readers[parity & 1].load(std::memory_order_seq_cst) != 0) {
      return false;
    }
  }
  return true;
}

} // namespace

bool passed(Stamp stamp) {
  constexpr Stamp kDistance = 3;
  Stamp current = now();
  while (current < stamp + kDistance) {
    if (!no_readers_of(current + 1)) {
      return false;
    }
    // Another thread may have moved it on meanwhile: then `current` is reloaded and its readers are looked at anew.
    if (detail::epoch.compare_exchange_strong(current, current + 1, std::memory_order_seq_cst)) {
      ++current;
    }
  }
  return true;
}

void wait_for_readers() {
  Stamp stamp = now();
  while (!passed(stamp)) {
    host::yield(); // readers are short
  }
}

void reset_in_child() {
  for (auto& stripe : detail::stripes) {
    stripe.readers[0].store(0, std::memory_order_relaxed);
    stripe.readers[1].store(0, std::memory_order_relaxed);
    stripe.writers.store(0, std::memory_order_relaxed);
  }
}

} // namespace epochs
} // namespace winmem::vm
