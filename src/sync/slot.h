// The state of one event, mutex or semaphore, in memory that several processes may share.
//
// Owns:      the layout, and the word in which all of a state is that changes.
// Used:      by objects.h, which makes them, and by waiting.cpp. pool.h has memory for those without a name; those with
//            one lie at the beginning of their name's page (object/names.h).
// Lock:      none. Every change is one exchange of `state`.
//
// The low half of `state` is what the kernel sees and sleepers sleep on:
//     event        1 is set, 0 is not
//     semaphore    the count
//     mutex        the owner's thread id; kHasSleepers and kOwnerDied as host/robust_list.h says
// The high half is 0, or the thread that waits for several objects at once and is about to take this one with others.
// Then nobody else takes it, or resets it, for the few instructions until that is done; who wants to looks again.
//
// Holds:     W1  who makes a slot signalled does that first, then reads `sleepers`, and wakes if there are any; who is
//                going to sleep counts himself in `sleepers` first, then reads the state, then sleeps on what he read.
//                All four in one order for everybody (sequentially consistent), so no wake-up is lost.
//            W2  who was woken and leaves the slot signalled wakes another one (waiting.cpp, pass_on).
//            W3  who died between the two steps of W1, or was woken and died, tells nobody. So sleepers on a slot that
//                other processes know look again every kLookAgain.
#pragma once

#include "../host/robust_list.h"

#include <atomic>
#include <cstddef>

namespace winmem::sync {

enum class Kind : std::uint32_t { none, notification_event, synchronization_event, mutex, semaphore };

struct alignas(64) Slot {
  std::atomic<std::uint64_t> state;
  std::atomic<std::uint32_t> sleepers; // too high after a sleeper was killed: then a wake-up finds nobody
  std::atomic<std::uint32_t> crowd;    // of the sleepers, those who sleep on the bell instead (waiting.cpp)
  Kind kind;                           // fixed, as is `limit`
  std::int32_t limit;                  // of a semaphore
  host::RobustNode node;               // the owner's alone
  std::int32_t recursion;              // the owner's alone: how often it must release the mutex
  std::atomic<std::uint32_t> pulses;   // how often the event was pulsed
  std::atomic<std::uint32_t> tokens;   // how many sleepers the last pulse of an event that resets itself still frees
};
static_assert(offsetof(Slot, node) + offsetof(host::RobustNode, next) == host::kNodeOffset);
static_assert(sizeof(Slot) == 64);

inline constexpr std::uint64_t kLookAgain = 250'000'000; // nanoseconds

// One reading of `state`.
struct State {
  std::uint64_t word;

  std::uint32_t value() const { return static_cast<std::uint32_t>(word); }
  std::uint32_t locker() const { return static_cast<std::uint32_t>(word >> 32); }
  std::uint32_t owner() const { return value() & host::kOwnerBits; }
};

constexpr std::uint64_t to_word(std::uint32_t value, std::uint32_t locker = 0) {
  return std::uint64_t{locker} << 32 | value;
}

inline State read(const Slot& slot) { return {slot.state.load(std::memory_order_seq_cst)}; }

// The half that the kernel sees: processors of this make store the low half first.
inline const std::uint32_t* kernel_word(const Slot& slot) { return reinterpret_cast<const std::uint32_t*>(&slot); }

// Whether somebody else is about to take it, or to leave it alone. Of a mutex that is locked by who died the owner is
// 0, and its next owner takes the lock away with it.
inline bool is_locked(const Slot& slot, State now) {
  return now.locker() != 0 && !(slot.kind == Kind::mutex && now.owner() == 0);
}

// Whether `thread` could take it now.
inline bool is_signalled(const Slot& slot, State now, std::uint32_t thread) {
  return slot.kind == Kind::mutex ? now.owner() == 0 || now.owner() == thread : now.value() != 0;
}

enum class Taken : std::uint8_t { no, yes, abandoned, too_often };

// Takes it for the calling thread, whose id is `thread`, if it is signalled. too_often: a mutex that it owns 2^31 - 1
// times already.
Taken try_take(Slot& slot, std::uint32_t thread);

// In three steps, for waits that take several: lock what is signalled; then keep it, or let it go as it was. Of a mutex
// the lock is the ownership already, with `thread` in both halves.
bool try_lock(Slot& slot, std::uint32_t thread);
Taken keep_locked(Slot& slot, std::uint32_t thread);
void let_go(Slot& slot, std::uint32_t thread);

// Waits for the one that has locked the slot, and undoes his lock if he died.
void await_unlocked(Slot& slot);

// What a change did, besides what it answers.
struct Signalled {
  bool changed = false; // false: nothing was done
  std::uint32_t previous = 0;
  std::uint32_t wakes = 0; // how many sleepers may go on
};

Signalled set(Slot& slot);
std::uint32_t reset(Slot& slot); // whether it was set
// changed is false when the limit would be passed.
Signalled release(Slot& slot, std::int32_t count);
// changed is false when the thread does not own the mutex. previous: how often it did.
Signalled release_mutex(Slot& slot, std::uint32_t thread);

} // namespace winmem::sync
