// Grace periods: when may memory that readers might still look at be used again?
//
// Readers (queries, the look-ups of changing calls, the fault path) enter with one atomic increment and leave with one
// decrement; they never wait and never retry, also in a signal handler that interrupted a writer. Writers unlink what
// they replace, stamp it with now(), and use its memory again once passed(stamp).
//
// How: a global epoch, and per stripe two counters of readers, one for even and one for odd epochs. The epoch goes from
// e to e+1 only when no stripe has readers of the other parity, that is of e-1. A reader may be late: it reads e,
// sleeps, and counts itself in when the epoch is already another. Then its parity is that of some epoch up to two away
// from the present one, and it holds back the advance no later than the one after next. Hence the distance of three in
// passed().
#pragma once

#include <atomic>
#include <cstdint>

namespace winmem::vm {

namespace detail {

inline constexpr unsigned kStripes = 32;

struct alignas(64) Stripe {
  std::atomic<std::uint32_t> readers[2]{};
  std::atomic<std::uint32_t> writers{0}; // inside a change; see fork_gate.h
};

extern Stripe stripes[kStripes];
extern std::atomic<std::uint64_t> epoch;

// One plus the stripe of this thread; 0 before its first use. Threads share stripes when there are more than 32.
extern thread_local constinit unsigned stripe_of_thread __attribute__((tls_model("initial-exec")));
unsigned choose_stripe();

inline Stripe& my_stripe() {
  unsigned chosen = stripe_of_thread;
  return stripes[(chosen != 0 ? chosen : choose_stripe()) - 1];
}

} // namespace detail

class [[nodiscard]] Reader {
public:
  Reader() : Reader(detail::my_stripe()) {}
  explicit Reader(detail::Stripe& stripe)
      : counter_(stripe.readers[detail::epoch.load(std::memory_order_relaxed) & 1]) {
    // Sequentially consistent: everything read after this is read after the count is visible to passed().
    counter_.fetch_add(1, std::memory_order_seq_cst);
  }
  ~Reader() { counter_.fetch_sub(1, std::memory_order_release); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

private:
  std::atomic<std::uint32_t>& counter_;
};

namespace epochs {

using Stamp = std::uint64_t;

inline Stamp now() { return detail::epoch.load(std::memory_order_seq_cst); }

// True when no reader can still see what was unlinked before `stamp` was taken. Tries to bring that about.
bool passed(Stamp stamp);

// Until no reader can still see what was unlinked before. The caller is none itself.
void wait_for_readers();

// The child of a fork has one thread, which is not inside a reader: fork() is called from ordinary code.
void reset_in_child();

} // namespace epochs
} // namespace winmem::vm
