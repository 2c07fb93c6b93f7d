#include "slot.h"

#include "../host/thread.h"

#include <limits>

namespace winmem::sync {

namespace {

using host::kHasSleepers;
using host::kOwnerBits;
using host::kOwnerDied;

constexpr int kSpins = 100;            // a lock is held for some ten instructions; a guess
constexpr int kYieldsPerQuestion = 64; // then its holder may be dead

bool exchange(Slot& slot, State& now, std::uint64_t wanted) {
  return slot.state.compare_exchange_strong(now.word, wanted, std::memory_order_seq_cst);
}

// So that the kernel wakes one of them when the new owner dies.
std::uint32_t owned_by(const Slot& slot, std::uint32_t thread) {
  return slot.sleepers.load(std::memory_order_seq_cst) != 0 ? thread | kHasSleepers : thread;
}

// A mutex that is nobody's becomes the thread's, as its owner or (`locker`) for the time being. False when it changed.
bool own(Slot& slot, State& now, std::uint32_t thread, std::uint32_t locker) {
  host::announce(slot.node);
  bool is_own = exchange(slot, now, to_word(owned_by(slot, thread), locker));
  if (is_own) {
    host::enlist(slot.node);
  }
  host::conclude();
  return is_own;
}

constexpr std::int32_t kWasAbandoned = -1; // what a locked mutex has in `recursion`, if it was when it was free

// For its new owner. A dead thread that had only locked the mutex left nothing behind that somebody must look at.
bool was_abandoned(const Slot& slot, State before) {
  return (before.value() & kOwnerDied) != 0 && (before.locker() == 0 || slot.recursion == kWasAbandoned);
}

Taken take_mutex(Slot& slot, State& now, std::uint32_t thread) {
  if (now.owner() == thread) {
    if (slot.recursion == std::numeric_limits<std::int32_t>::max()) {
      return Taken::too_often;
    }
    ++slot.recursion;
    return Taken::yes;
  }
  while (now.owner() == 0) {
    State before = now;
    if (own(slot, now, thread, 0)) {
      bool is_abandoned = was_abandoned(slot, before);
      slot.recursion = 1;
      return is_abandoned ? Taken::abandoned : Taken::yes;
    }
  }
  return Taken::no;
}

std::uint32_t after_taking(const Slot& slot, State now) {
  return slot.kind == Kind::notification_event || now.value() == 0 ? now.value() : now.value() - 1;
}

} // namespace

void await_unlocked(Slot& slot) {
  for (int round = 0;; ++round) {
    State now = read(slot);
    if (!is_locked(slot, now)) {
      return;
    }
    if (round < kSpins) {
      __builtin_ia32_pause();
      continue;
    }
    host::yield();
    // The kernel gives back what a dead thread owned; of the other kinds nobody else knows.
    if (round % kYieldsPerQuestion == 0 && slot.kind != Kind::mutex && host::thread_is_gone(now.locker())) {
      exchange(slot, now, to_word(now.value()));
    }
  }
}

Taken try_take(Slot& slot, std::uint32_t thread) {
  State now = read(slot);
  for (;;) {
    if (is_locked(slot, now)) [[unlikely]] {
      await_unlocked(slot);
      now = read(slot);
    } else if (slot.kind == Kind::mutex) {
      Taken taken = take_mutex(slot, now, thread);
      if (taken != Taken::no || !is_locked(slot, now)) {
        return taken;
      }
    } else if (now.value() == 0) {
      return Taken::no;
    } else if (slot.kind == Kind::notification_event || exchange(slot, now, to_word(now.value() - 1))) {
      return Taken::yes;
    }
  }
}

bool try_lock(Slot& slot, std::uint32_t thread) {
  State now = read(slot);
  if (slot.kind == Kind::mutex) {
    if (now.owner() == thread) {
      return slot.recursion != std::numeric_limits<std::int32_t>::max();
    }
    while (now.owner() == 0) {
      State before = now;
      if (own(slot, now, thread, thread)) {
        slot.recursion = was_abandoned(slot, before) ? kWasAbandoned : 0;
        return true;
      }
    }
    return false;
  }
  while (now.locker() == 0 && now.value() != 0) {
    if (exchange(slot, now, to_word(now.value(), thread))) {
      return true;
    }
  }
  return false;
}

Taken keep_locked(Slot& slot, std::uint32_t thread) {
  State now = read(slot);
  if (slot.kind == Kind::mutex) {
    bool is_abandoned = slot.recursion == kWasAbandoned;
    slot.recursion = is_abandoned ? 1 : slot.recursion + 1;
    while (now.locker() == thread && !exchange(slot, now, to_word(now.value()))) {
    }
    return is_abandoned ? Taken::abandoned : Taken::yes;
  }
  while (!exchange(slot, now, to_word(after_taking(slot, now)))) {
  }
  return Taken::yes;
}

void let_go(Slot& slot, std::uint32_t thread) {
  State now = read(slot);
  if (slot.kind != Kind::mutex) {
    while (!exchange(slot, now, to_word(now.value()))) {
    }
    return;
  }
  if (now.locker() != thread) {
    return; // it was the thread's before
  }
  std::uint32_t free = slot.recursion == kWasAbandoned ? kOwnerDied : 0;
  host::announce(slot.node);
  host::delist(slot.node);
  while (!exchange(slot, now, to_word(free))) {
  }
  host::conclude();
}

Signalled set(Slot& slot) {
  State now = read(slot);
  while (!exchange(slot, now, to_word(1, now.locker()))) {
  }
  return {true, now.value(), slot.kind == Kind::notification_event ? kOwnerBits : 1};
}

std::uint32_t reset(Slot& slot) {
  State now = read(slot);
  for (;;) {
    if (now.locker() != 0) [[unlikely]] {
      await_unlocked(slot);
      now = read(slot);
    } else if (exchange(slot, now, to_word(0))) {
      return now.value();
    }
  }
}

Signalled release(Slot& slot, std::int32_t count) {
  auto added = static_cast<std::uint32_t>(count);
  State now = read(slot);
  do {
    if (added > static_cast<std::uint32_t>(slot.limit) - now.value()) {
      return {false, now.value()};
    }
  } while (!exchange(slot, now, to_word(now.value() + added, now.locker())));
  return {true, now.value(), added};
}

Signalled release_mutex(Slot& slot, std::uint32_t thread) {
  State now = read(slot);
  if (now.owner() != thread) {
    return {};
  }
  auto previous = static_cast<std::uint32_t>(slot.recursion);
  if (--slot.recursion != 0) {
    return {true, previous, 0};
  }
  host::announce(slot.node);
  host::delist(slot.node);
  while (!exchange(slot, now, to_word(0))) {
  }
  return {true, previous, 1}; // the caller concludes, when it has woken who sleeps
}

} // namespace winmem::sync
