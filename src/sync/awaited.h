// One object of a wait: what the waits do with it, whatever its kind.
#pragma once

#include "objects.h"
#include "waiting.h"

namespace winmem::sync {

class Awaited {
public:
  explicit Awaited(object::Object& object);

  Taken try_take(std::uint32_t thread);

  // Whether try_take() would take it, or somebody is about to do so and it is worth to look again.
  bool seems_signalled(std::uint32_t thread) const;

  // Counts a sleeper in or out. Between the two a wake-up for the object may be this sleeper's.
  void count_sleeper();
  void forget_sleeper();
  void join_crowd();
  void leave_crowd();

  // What to sleep on. False: there is no need to sleep any more.
  bool watch(std::uint32_t thread, host::WatchedWord& out);

  // Whether a pulse freed this sleeper since it was counted in.
  bool was_pulsed();

  // For who was woken and does not take the object: somebody else may (W2).
  void pass_on();

  // After how many nanoseconds a sleeper must look again by itself.
  std::uint64_t look_again(bool on_bell) const;

  bool has_word() const { return waitable_ != nullptr; }
  Slot* slot() const { return waitable_ != nullptr ? waitable_->slot : nullptr; }

private:
  object::Object* object_;
  Waitable* waitable_ = nullptr; // events, mutexes, semaphores
  std::uint32_t pulses_ = 0;
};

// When a wait ends. The clock is not asked before the wait has to sleep.
class Deadline {
public:
  explicit Deadline(Patience patience) : patience_(patience) {}
  bool is_test() const { return patience_ == 0; }
  bool is_over();
  // The earlier of the deadline and `look_again` from now.
  std::uint64_t or_in(std::uint64_t look_again);

private:
  std::uint64_t at();

  Patience patience_;
  std::uint64_t at_ = 0;
};

inline Outcome to_outcome(Taken taken, std::uint32_t index) {
  switch (taken) {
  case Taken::no:
    return {Status::timeout};
  case Taken::yes:
    return {Status::ok, index};
  case Taken::abandoned:
    return {Status::abandoned, index};
  case Taken::too_often:
    return {Status::mutant_limit_exceeded};
  }
  __builtin_unreachable();
}

} // namespace winmem::sync
