#include "handles.h"

#include "../host/fork.h"
#include "../host/thread.h"
#include "records.h"
#include "span_map.h"

namespace winmem::heap::handles {

namespace detail {
constinit Entry table[kMost];
constinit std::atomic<std::uint32_t> fresh{0};
} // namespace detail

namespace {

using detail::fresh;
using detail::table;

// The list of free entries: the first one's number plus one, and above it a count of changes. Without the count an
// entry that was taken and given back meanwhile would look as if nothing had happened to the list.
constinit std::atomic<std::uint64_t> free_list{0};
constexpr std::uint64_t kNumberBits = 0xFFFFFFFF;
constexpr std::uint64_t kOneChange = kNumberBits + 1;

constexpr unsigned kLinkShift = 4;
constexpr std::uint64_t link_to(std::uint64_t number) { return (number + 1) << kLinkShift; }
constexpr std::uint64_t number_in(std::uint64_t link) { return (link >> kLinkShift) - 1; }

std::uint16_t number_of(const Entry& entry) { return static_cast<std::uint16_t>(&entry - table); }

Entry* take_fresh() {
  std::uint32_t number = fresh.load(std::memory_order_relaxed);
  while (number < kMost) {
    if (fresh.compare_exchange_weak(number, number + 1, std::memory_order_relaxed)) {
      return &table[number];
    }
  }
  return nullptr;
}

// In a fork's child: threads that were changing entries are not here to end it.
void after_fork_in_child() {
  std::uint32_t used = fresh.load(std::memory_order_relaxed);
  for (std::uint32_t number = 0; number < used; ++number) {
    std::uint64_t state = table[number].state.load(std::memory_order_relaxed);
    if ((state & kUsed) != 0 && (state & (kChanging | kResizing)) != 0) {
      table[number].state.store(state & ~(kChanging | kResizing | kTouched), std::memory_order_relaxed);
    }
  }
}

void nothing() {}

[[gnu::constructor(102)]] void install_fork_handlers() { host::at_fork(nothing, nothing, after_fork_in_child); }

// Where the number of a block's owner is kept; nullptr where there is no place yet.
std::atomic<std::uint16_t>* place_of(const Span& span, Address at) {
  std::atomic<std::uint16_t>* owners = span.owners.load(std::memory_order_acquire);
  if (owners == nullptr) {
    return nullptr;
  }
  if (span.kind != SpanKind::slab) {
    return owners;
  }
  std::uint16_t number = block_at(span, at);
  return number != kNoBlock ? &owners[number] : nullptr;
}

// Two threads may come here with blocks of one slab.
[[gnu::noinline]] bool add_places(Span& span) {
  unsigned count = places_for_owners(span);
  std::atomic<std::uint16_t>* places = take_owners(count);
  if (places == nullptr) {
    return false;
  }
  std::atomic<std::uint16_t>* none = nullptr;
  if (!span.owners.compare_exchange_strong(none, places, std::memory_order_acq_rel)) {
    give_owners(places, count);
  }
  return true;
}

} // namespace

Entry* take() {
  std::uint64_t list = free_list.load(std::memory_order_acquire);
  while ((list & kNumberBits) != 0) {
    Entry& first = table[(list & kNumberBits) - 1];
    // Wrong when another thread takes it right now; then the list has changed.
    std::uint64_t next = number_in(first.state.load(std::memory_order_relaxed)) & kNumberBits;
    std::uint64_t rest = ((list & ~kNumberBits) + kOneChange) | next;
    if (free_list.compare_exchange_weak(list, rest, std::memory_order_acquire)) {
      return &first;
    }
  }
  return take_fresh();
}

void give(Entry& entry) {
  entry.block.store(nullptr, std::memory_order_relaxed);
  std::uint64_t list = free_list.load(std::memory_order_relaxed);
  std::uint64_t longer = 0;
  do {
    entry.state.store(link_to(list & kNumberBits), std::memory_order_relaxed);
    longer = ((list & ~kNumberBits) + kOneChange) | (std::uint64_t{number_of(entry)} + 1);
  } while (!free_list.compare_exchange_weak(list, longer, std::memory_order_release, std::memory_order_relaxed));
}

std::uint64_t read(const Entry& entry) {
  std::uint64_t state = entry.state.load(std::memory_order_acquire);
  while ((state & kUsed) != 0 && (state & kChanging) != 0) {
    host::yield();
    state = entry.state.load(std::memory_order_acquire);
  }
  return state;
}

Outcome lock(Entry& entry, void*& block) {
  for (;;) {
    std::uint64_t state = read(entry);
    if ((state & kUsed) == 0) {
      return Outcome::no_handle;
    }
    if ((state & kDiscarded) != 0) {
      return Outcome::refused;
    }
    std::uint64_t touched = (state & kResizing) != 0 ? kTouched : 0;
    std::uint64_t more = (state | touched) + (locks_of(state) < kMostLocks ? kOneLock : 0);
    if (more == state || entry.state.compare_exchange_weak(state, more, std::memory_order_acq_rel)) {
      block = entry.block.load(std::memory_order_relaxed);
      return Outcome::done;
    }
  }
}

Outcome unlock(Entry& entry, unsigned& left) {
  for (;;) {
    std::uint64_t state = read(entry);
    if ((state & kUsed) == 0) {
      return Outcome::no_handle;
    }
    if (locks_of(state) == 0) {
      return Outcome::refused;
    }
    left = locks_of(state) - 1;
    if (entry.state.compare_exchange_weak(state, state - kOneLock, std::memory_order_acq_rel)) {
      return Outcome::done;
    }
  }
}

void make_discardable(Entry& entry) {
  std::uint64_t state = read(entry);
  while ((state & kUsed) != 0 &&
         !entry.state.compare_exchange_weak(state, state | kDiscardable, std::memory_order_acq_rel)) {
    state = read(entry);
  }
}

std::uint64_t retire(Entry& entry) {
  for (;;) {
    std::uint64_t state = read(entry);
    if ((state & kUsed) == 0 || entry.state.compare_exchange_weak(state, link_to(0), std::memory_order_acq_rel)) {
      return state;
    }
  }
}

std::uint64_t begin_resize(Entry& entry, bool holds_heap) {
  constexpr unsigned kPatience = 100; // it may be about to end
  for (unsigned tries = 0;; ++tries) {
    std::uint64_t state = read(entry);
    if ((state & kUsed) == 0) {
      return state;
    }
    if ((state & kResizing) != 0) {
      if (holds_heap && tries >= kPatience) {
        return state;
      }
      host::yield();
    } else if (entry.state.compare_exchange_weak(state, state | kResizing, std::memory_order_acq_rel)) {
      return state;
    }
  }
}

void end_resize(Entry& entry) {
  std::uint64_t state = read(entry);
  while ((state & kUsed) != 0 &&
         !entry.state.compare_exchange_weak(state, state & ~(kResizing | kTouched), std::memory_order_acq_rel)) {
    state = read(entry);
  }
}

bool exchange_block(Entry& entry, void* block, std::uint64_t& state) {
  for (;;) {
    state = read(entry);
    if ((state & kUsed) == 0) {
      return false;
    }
    bool touched = (state & kTouched) != 0;
    std::uint64_t next = touched ? state & ~kTouched : state | kChanging;
    if (!entry.state.compare_exchange_weak(state, next, std::memory_order_acq_rel)) {
      continue;
    }
    if (!touched) {
      entry.block.store(block, std::memory_order_release);
      state = block != nullptr ? state & ~kDiscarded : state | kDiscarded;
      entry.state.store(state, std::memory_order_release);
    }
    return !touched;
  }
}

bool note_owner(const void* block, const Entry& entry) {
  auto at = reinterpret_cast<Address>(block);
  Span* span = span_map::find(at);
  if (span == nullptr || (span->owners.load(std::memory_order_relaxed) == nullptr && !add_places(*span))) {
    return false;
  }
  std::atomic<std::uint16_t>* place = place_of(*span, at);
  if (place == nullptr) {
    return false;
  }
  place->store(number_of(entry), std::memory_order_relaxed);
  return true;
}

// A number beside a block may be an old one's: the entry itself tells. This waits for nobody, as its caller may hold
// the heap.
Entry* owner_of(const void* block) {
  auto at = reinterpret_cast<Address>(block);
  const Span* span = block != nullptr ? span_map::find(at) : nullptr;
  const std::atomic<std::uint16_t>* place = span != nullptr ? place_of(*span, at) : nullptr;
  if (place == nullptr) {
    return nullptr;
  }
  Entry& entry = table[place->load(std::memory_order_relaxed)];
  return (entry.state.load(std::memory_order_acquire) & kUsed) != 0 &&
                 entry.block.load(std::memory_order_relaxed) == block
             ? &entry
             : nullptr;
}

} // namespace winmem::heap::handles
