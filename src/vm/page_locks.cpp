#include "page_locks.h"

#include "../host/memory.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "page_span.h"
#include "vm.h"
#include "working_set.h"

namespace winmem::vm {

namespace {

using host::Kernel;

constinit host::Lock locks_lock;
constinit std::atomic<std::uint64_t> locked_pages{0};

// Unlocks what was locked before the present call was not.
void unlock_unmarked(AddressRange range) {
  page_bits::for_each(PageBit::locked, false, range,
                      [](AddressRange fresh) { static_cast<void>(host::unlock_resident(fresh)); });
}

void forget_marks(AddressRange range) {
  locked_pages.fetch_sub(page_bits::clear(PageBit::locked, range), std::memory_order_relaxed);
}

// V100: all pages committed, and none without access.
bool is_lockable(const Description& there) {
  switch (there.owner) {
  case Owner::winmem:
    return is_committed(there.state) && without_guard(there.state) != PageState::no_access;
  case Owner::foreign:
    return there.foreign.state == ForeignState::committed && there.foreign.protection != ForeignProtection::no_access;
  case Owner::nobody:
    break;
  }
  return false;
}

// Whether all of `range` can be locked; `guard` is the first page whose guard is armed, or the end of the range.
bool all_lockable(AddressRange range, Address& guard) {
  guard = range.end;
  for (Address at = range.begin; at < range.end;) {
    Description there = describe(at);
    if (!is_lockable(there)) {
      return false;
    }
    if (guard == range.end && there.owner == Owner::winmem && is_guarded(there.state)) {
      guard = at;
    }
    at = there.range.end;
  }
  return true;
}

// V63: the lock's own touch takes the guard off, as a program's would.
void disarm(Address page) {
  RegionHold region(page);
  if (!region) {
    return;
  }
  GuardFreeze freeze(*region);
  PageState state = find_seen_run(*region, region->root(), region->page_at(page)).state;
  AddressRange range{page, page + kPage};
  if (is_guarded(state) && host::protect(range, told_access(*region, without_guard(state))) == Kernel::ok) {
    page_bits::set(PageBit::disarmed, range);
  }
}

// Pages of others that were unmapped while they were locked.
void forget_unmapped() {
  page_bits::for_each(PageBit::locked, true, kUserSpace, [](AddressRange locked) {
    for (Address at = locked.begin; at < locked.end;) {
      Description there = describe(at);
      Address end = there.range.end < locked.end ? there.range.end : locked.end;
      if (there.owner == Owner::nobody) {
        forget_marks({at, end});
      }
      at = end;
    }
  });
}

bool exceeds_quota(AddressRange range) {
  std::uint64_t fresh = bytes_to_pages(range.size()) - page_bits::count(PageBit::locked, range);
  return locked_pages.load(std::memory_order_relaxed) + fresh > page_locks::most_locked();
}

// The kernel has locked all of `range`. Own pages that another thread took away meanwhile are locked no more; nobody
// can tell that from a lock that came first.
void mark_locked(AddressRange range) {
  for (Address at = range.begin; at < range.end;) {
    RegionHold region(at);
    AddressRange piece{at, range.end};
    bool stays = !is_arena(at);
    if (region) {
      PageRun run = find_run(region->root(), region->page_at(at), region->pages());
      piece.end = region->address_of(run.end) < range.end ? region->address_of(run.end) : range.end;
      stays = is_committed(run.state);
    } else {
      piece.end = at + kPage; // of others; whatever comes behind
    }
    if (stays) {
      locked_pages.fetch_add(page_bits::set(PageBit::locked, piece), std::memory_order_relaxed);
    } else {
      static_cast<void>(host::unlock_resident(piece));
    }
    at = piece.end;
  }
}

} // namespace

Status lock_pages(AddressRange range) {
  Change change;
  host::LockHold hold(locks_lock);
  Address guard = 0;
  if (!all_lockable(range, guard)) {
    return Status::access_violation;
  }
  if (guard != range.end) {
    disarm(guard);
    return Status::guard_page_violation;
  }
  if (exceeds_quota(range)) {
    forget_unmapped();
    if (exceeds_quota(range)) {
      return Status::working_set_quota;
    }
  }
  if (!page_bits::prepare(range)) {
    return Status::no_memory;
  }
  bool was_locked = page_bits::count(PageBit::locked, range) != 0;
  if (host::lock_resident(range) != Kernel::ok) {
    unlock_unmarked(range);
    return Status::working_set_quota; // RLIMIT_MEMLOCK, most likely
  }
  mark_locked(range);
  return was_locked ? Status::was_locked : Status::ok;
}

Status unlock_pages(AddressRange range) {
  Change change;
  host::LockHold hold(locks_lock);
  page_bits::Stretch first = page_bits::stretch(PageBit::locked, range);
  if (!first.is_set || first.end != range.end) {
    page_bits::for_each(PageBit::locked, false, range, [](AddressRange trimmed) { host::page_out(trimmed); });
    return Status::not_locked;
  }
  if (host::unlock_resident(range) == Kernel::ok) {
    forget_marks(range);
    return Status::ok;
  }
  forget_unmapped();
  if (page_bits::count(PageBit::locked, range) != bytes_to_pages(range.size())) {
    return Status::not_locked;
  }
  page_locks::restore(range);
  return Status::no_memory; // the middle of a locked mapping, and no mapping left for the rest
}

namespace page_locks {

std::uint64_t most_locked() {
  constexpr std::uint64_t kKeptBack = 8;
  return working_set_limits().least - kKeptBack;
}

bool lift(AddressRange range) {
  if (locked_pages.load(std::memory_order_relaxed) == 0) [[likely]] {
    return true;
  }
  bool lifted = true;
  page_bits::for_each(PageBit::locked, true, range,
                      [&](AddressRange locked) { lifted = lifted && host::unlock_resident(locked) == Kernel::ok; });
  if (!lifted) {
    restore(range);
  }
  return lifted;
}

void unlock(AddressRange range) {
  if (locked_pages.load(std::memory_order_relaxed) != 0) [[unlikely]] {
    page_bits::for_each(PageBit::locked, true, range,
                        [](AddressRange locked) { static_cast<void>(host::unlock_resident(locked)); });
  }
}

void forget(AddressRange range) {
  if (locked_pages.load(std::memory_order_relaxed) != 0) [[unlikely]] {
    forget_marks(range);
  }
}

void restore(AddressRange range) {
  if (locked_pages.load(std::memory_order_relaxed) != 0) [[unlikely]] {
    page_bits::for_each(PageBit::locked, true, range,
                        [](AddressRange locked) { static_cast<void>(host::lock_resident(locked)); });
  }
}

void forget_all_in_child() {
  if (locked_pages.load(std::memory_order_relaxed) != 0) {
    forget_marks(kUserSpace);
  }
}

} // namespace page_locks
} // namespace winmem::vm
