#include "pool.h"

#include "../host/fork.h"
#include "../host/lock.h"
#include "../host/shared_pages.h"

#include <new>

namespace winmem::sync {

namespace {

constexpr Bytes kBlock = 0x10000;

constinit host::Lock slots_lock;      // guards the free slots
constinit Slot* first_free = nullptr; // linked by node.next
constinit Address fresh = 0;
constinit Address fresh_end = 0;
constinit std::atomic<std::uint32_t> forks{0};
constinit std::atomic<Bytes> taken{0};
constinit std::atomic<Slot*> bell{nullptr}; // the first slot of all

void* take_cell_locked() {
  if (first_free != nullptr) {
    Slot* slot = first_free;
    first_free = static_cast<Slot*>(slot->node.next);
    return slot;
  }
  if (fresh == fresh_end) {
    fresh = reinterpret_cast<Address>(host::map_shared_pages(kBlock));
    fresh_end = fresh == 0 ? 0 : fresh + kBlock;
    taken.fetch_add(fresh_end - fresh, std::memory_order_relaxed);
    if (fresh != 0 && bell.load(std::memory_order_relaxed) == nullptr) {
      bell.store(new (reinterpret_cast<void*>(fresh)) Slot{}, std::memory_order_release);
      fresh += sizeof(Slot);
    }
  }
  void* cell = reinterpret_cast<void*>(fresh);
  fresh += fresh == 0 ? 0 : sizeof(Slot);
  return cell;
}

} // namespace

Slot* take_slot() {
  void* cell = nullptr;
  {
    host::LockHold hold(slots_lock);
    cell = take_cell_locked();
  }
  return cell == nullptr ? nullptr : new (cell) Slot{};
}

Bytes footprint() { return taken.load(std::memory_order_relaxed); }

Slot* bell_slot() {
  Slot* slot = bell.load(std::memory_order_acquire);
  if (slot == nullptr) {
    if (Slot* first = take_slot()) {
      give_slot(*first, fork_count());
    }
    slot = bell.load(std::memory_order_acquire);
  }
  return slot;
}

std::uint32_t fork_count() { return forks.load(std::memory_order_relaxed); }

void give_slot(Slot& slot, std::uint32_t taken_at) {
  host::LockHold hold(slots_lock);
  if (taken_at == fork_count()) {
    slot.node.next = first_free;
    first_free = &slot;
  }
}

namespace {

// Counted before the fork, so that both sides have it; a fork that then fails costs the slots of the moment.
void before_fork() {
  slots_lock.lock();
  forks.fetch_add(1, std::memory_order_relaxed);
}

void after_fork_in_parent() { slots_lock.unlock(); }

void after_fork_in_child() {
  first_free = nullptr;
  fresh = 0;
  fresh_end = 0;
  slots_lock.unlock();
}

[[gnu::constructor(102)]] void install_fork_handlers() {
  host::at_fork(before_fork, after_fork_in_parent, after_fork_in_child);
}

} // namespace

} // namespace winmem::sync
