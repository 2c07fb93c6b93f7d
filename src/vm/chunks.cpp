#include "chunks.h"

#include "../host/memory.h"
#include "mapping_budget.h"
#include "pool.h"

namespace winmem::vm::chunks {

namespace {

using host::Access;
using host::Kernel;

// Records come by the gigabyte: 512 of them fill a page.
constexpr unsigned kPerGroup = 512;
constexpr Bytes kGroupSpan = kPerGroup * kChunk;
constexpr unsigned kGroups = (Bytes{33} << 40) / kGroupSpan; // the largest arena, and the alignment of its begin

struct Group {
  Chunk chunks[kPerGroup];
};

constinit std::atomic<Group*> groups[kGroups];
constinit AddressRange arena_range{};
constinit Address groups_begin = 0; // arena_range.begin rounded down to a group

constinit host::Lock groups_lock;

// Held by who opens chunks that are none of its own, and by who must keep such from chunks without a record.
constinit host::Lock bridging;
constinit Pool group_pool{sizeof(Group), 16 * sizeof(Group)}; // guarded by groups_lock; groups are never given back

// Empty chunks that are still open. Each costs a page table of 4 KiB and at most two mappings, so this many cost 16 MiB
// and an eighth of the mappings; opening and closing one costs ten commits.
constexpr std::int64_t kIdleLimit = 4096;
constinit std::atomic<std::int64_t> idle{0};

// How far to look for an open chunk when a gap has to be bridged: 2 GiB, that is 4 MiB of page tables at most.
constexpr unsigned kLongestBridge = 1024;

unsigned group_index(Address at) { return static_cast<unsigned>((at - groups_begin) / kGroupSpan); }

Chunk* find(Address at) {
  if (!arena_range.contains(at)) {
    return nullptr;
  }
  Group* group = groups[group_index(at)].load(std::memory_order_acquire); // pairs with prepare()
  return group != nullptr ? &group->chunks[(at - groups_begin) / kChunk % kPerGroup] : nullptr;
}

AddressRange range_of(Address at) { return {round_down(at, kChunk), round_down(at, kChunk) + kChunk}; }

bool is_open(Address at) {
  Chunk* chunk = find(at);
  return chunk != nullptr && chunk->is_open.load(std::memory_order_relaxed);
}

// The end of the chunks whose records lie together with that of `at`.
Address group_end(Address at) { return groups_begin + (group_index(at) + Address{1}) * kGroupSpan; }

// The chunks of `range` that have a record, upwards. Those without were never open.
template <typename Visit> void for_each_record(AddressRange range, Visit visit) {
  for (Address at = range.begin; at < range.end;) {
    Chunk* chunk = find(at);
    if (chunk == nullptr) {
      at = group_end(at);
    } else {
      visit(*chunk, at);
      at += kChunk;
    }
  }
}

// What opening or closing [range] does to the number of mappings: each end is a border, or was one.
std::int64_t borders_of(AddressRange range) {
  return (is_open(range.begin - kChunk) ? -1 : 1) + (is_open(range.end) ? -1 : 1);
}

void mark_open(Chunk& chunk, AddressRange range) {
  mapping_budget::add(borders_of(range));
  chunk.odd_protection.store(false, std::memory_order_relaxed);
  chunk.is_open.store(true, std::memory_order_relaxed);
}

void mark_closed(Chunk& chunk, AddressRange range) {
  chunk.is_open.store(false, std::memory_order_relaxed);
  mapping_budget::add(-borders_of(range));
}

enum class Opening : std::uint8_t {
  done,
  refused, // closed, as before
  stuck,   // refused, and what was begun could not be undone: no page is accessible, but there are markers
};

// Markers first, then read-write: no page is open meanwhile. Either may have happened to a part when it fails (K4,
// K111), and a closed chunk must hold no marker.
Opening open_in_kernel(AddressRange range) {
  bool marked = host::install_guards(range) == Kernel::ok;
  if (marked && host::protect(range, Access::read_write) == Kernel::ok) {
    host::include_in_dumps(range);
    return Opening::done;
  }
  bool undone =
      (!marked || host::protect(range, Access::none) == Kernel::ok) && host::remove_guards(range) == Kernel::ok;
  return undone ? Opening::refused : Opening::stuck;
}

// A chunk that is stuck counts as open: then whoever commits there removes the markers and sets the protection.
void mark_stuck(Chunk& chunk, AddressRange range) {
  mark_open(chunk, range);
  chunk.odd_protection.store(true, std::memory_order_relaxed);
  idle.fetch_add(1, std::memory_order_relaxed);
}

enum class Closing : std::uint8_t {
  done,
  hidden,  // the contents are gone and no page is accessible, but the chunk has to stay open
  refused, // contents as before; the protection is to be restored, and markers may be missing
};

// PROT_NONE first, for the same reason. Removing the markers and discarding frees the page tables too (K10).
Closing close_in_kernel(AddressRange range) {
  if (host::protect(range, Access::none) != Kernel::ok) {
    // For want of a mapping; markers need none.
    return host::install_guards(range) == Kernel::ok ? Closing::hidden : Closing::refused;
  }
  if (host::remove_guards(range) != Kernel::ok || host::discard(range) != Kernel::ok) {
    return host::install_guards(range) == Kernel::ok ? Closing::hidden : Closing::refused;
  }
  host::exclude_from_dumps(range);
  return Closing::done;
}

// The chunks between `below` (open) and `chunk`, opened under markers, so that all become one mapping. Locks of others
// are only tried, since we hold our own chunk's: who cannot bridge opens an island of its own.
void bridge_from(Address below, Address chunk) {
  AddressRange gap{below + kChunk, chunk};
  if (!bridging.try_lock()) {
    return;
  }
  if (!prepare(gap)) {
    bridging.unlock();
    return;
  }
  Address locked_end = gap.begin;
  bool bridgeable = true;
  for (; bridgeable && locked_end < gap.end; locked_end += kChunk) {
    Chunk& between = at(locked_end);
    if (!between.lock.try_lock()) {
      break;
    }
    bridgeable = between.committed == 0 && !between.is_open.load(std::memory_order_relaxed);
  }
  Opening opening = bridgeable && locked_end == gap.end ? open_in_kernel(gap) : Opening::refused;
  for (Address each = gap.begin; each < locked_end; each += kChunk) {
    Chunk& between = at(each);
    if (opening == Opening::done) {
      mark_open(between, range_of(each));
      idle.fetch_add(1, std::memory_order_relaxed);
    } else if (opening == Opening::stuck) {
      mark_stuck(between, range_of(each));
    }
    between.lock.unlock();
  }
  bridging.unlock();
}

void bridge_to_neighbours(Address chunk) {
  if (is_open(chunk - kChunk) || is_open(chunk + kChunk)) {
    return;
  }
  for (unsigned distance = 2; distance < kLongestBridge; ++distance) {
    if (is_open(chunk - distance * kChunk)) {
      bridge_from(chunk - distance * kChunk, chunk);
      return;
    }
    if (is_open(chunk + distance * kChunk)) {
      bridge_from(chunk, chunk + distance * kChunk);
      return;
    }
  }
}

bool open_locked(Chunk& chunk, AddressRange range) {
  if (mapping_budget::tight()) {
    bridge_to_neighbours(range.begin);
  }
  switch (open_in_kernel(range)) {
  case Opening::done:
    mark_open(chunk, range);
    return true;
  case Opening::stuck:
    mark_stuck(chunk, range);
    return false;
  case Opening::refused:
    break;
  }
  return false;
}

} // namespace

void start(AddressRange arena) {
  arena_range = arena;
  groups_begin = round_down(arena.begin, kGroupSpan);
}

bool prepare(AddressRange range) {
  for (Address at = round_down(range.begin, kGroupSpan); at < range.end; at += kGroupSpan) {
    unsigned i = group_index(at);
    if (groups[i].load(std::memory_order_acquire) != nullptr) {
      continue;
    }
    host::LockHold hold(groups_lock);
    if (groups[i].load(std::memory_order_relaxed) == nullptr) {
      void* fresh = group_pool.take(); // zero: all closed
      if (fresh == nullptr) {
        return false;
      }
      groups[i].store(static_cast<Group*>(fresh), std::memory_order_release);
    }
  }
  return true;
}

Chunk& at(Address address) { return *find(address); }

bool pin_open(Chunk& chunk, Address at, unsigned pages) {
  host::LockHold hold(chunk.lock);
  if (!chunk.is_open.load(std::memory_order_relaxed)) {
    if (!open_locked(chunk, range_of(at))) {
      return false;
    }
  } else if (chunk.committed == 0) {
    idle.fetch_sub(1, std::memory_order_relaxed);
  }
  chunk.committed = static_cast<std::uint16_t>(chunk.committed + pages);
  if (chunk.committed == 0) {
    idle.fetch_add(1, std::memory_order_relaxed); // pages == 0: opened, or looked at, for nothing
  }
  return true;
}

void pin_whole(Chunk& chunk, unsigned pages) {
  host::LockHold hold(chunk.lock);
  if (chunk.is_open.load(std::memory_order_relaxed) && chunk.committed == 0) {
    idle.fetch_sub(1, std::memory_order_relaxed);
  }
  chunk.committed = static_cast<std::uint16_t>(chunk.committed + pages);
}

void set_open(Chunk& chunk, Address at) {
  host::LockHold hold(chunk.lock);
  if (!chunk.is_open.load(std::memory_order_relaxed)) {
    mark_open(chunk, range_of(at));
  }
}

void unpin(Chunk& chunk, Address at, unsigned pages) {
  host::LockHold hold(chunk.lock);
  chunk.committed = static_cast<std::uint16_t>(chunk.committed - pages);
  if (chunk.committed != 0 || pages == 0 || !chunk.is_open.load(std::memory_order_relaxed)) {
    return;
  }
  if (idle.load(std::memory_order_relaxed) >= kIdleLimit && !mapping_budget::tight()) {
    if (close_in_kernel(range_of(at)) == Closing::done) {
      mark_closed(chunk, range_of(at));
      return;
    }
    chunk.odd_protection.store(true, std::memory_order_relaxed);
  }
  idle.fetch_add(1, std::memory_order_relaxed);
}

void close_bare(Chunk& chunk, Address at) {
  host::LockHold hold(chunk.lock);
  chunk.committed = 0;
  if (chunk.is_open.load(std::memory_order_relaxed)) {
    mark_closed(chunk, range_of(at));
  }
}

WholeHold::WholeHold(AddressRange range) : range_(range) {
  bool all_known = true;
  for (Address at = range.begin; at < range.end; at = group_end(at)) {
    all_known = all_known && find(at) != nullptr;
  }
  // A chunk without a record has no lock.
  if (!all_known) {
    bridging.lock();
    holds_bridging_ = true;
  }
  lock_all();
  for_each_record(range, [&](Chunk& chunk, Address at) {
    if (chunk.is_open.load(std::memory_order_relaxed)) {
      open_ = {open_.empty() ? at : open_.begin, at + kChunk};
    }
  });
}

WholeHold::~WholeHold() {
  unlock_all();
  if (holds_bridging_) {
    bridging.unlock();
  }
}

// Upwards, as nobody else holds two but who only tries (bridge_from).
void WholeHold::lock_all() {
  for_each_record(range_, [](Chunk& chunk, Address) { chunk.lock.lock(); });
}

void WholeHold::unlock_all() {
  for_each_record(range_, [](Chunk& chunk, Address) { chunk.lock.unlock(); });
}

bool WholeHold::can_mark(AddressRange range) {
  unsigned open = 0;
  for_each_record(range_,
                  [&](Chunk& chunk, Address) { open += chunk.is_open.load(std::memory_order_relaxed) ? 1U : 0U; });
  if (range.size() / kChunk > open + kLongestBridge) {
    return false;
  }
  if (!holds_bridging_) {
    return true;
  }
  unlock_all();
  bool known = prepare(range_);
  lock_all();
  return known;
}

void WholeHold::set_closed() {
  host::exclude_from_dumps(open_);
  for_each_record(open_, [](Chunk& chunk, Address at) {
    if (chunk.is_open.load(std::memory_order_relaxed)) {
      idle.fetch_sub(chunk.committed == 0 ? 1 : 0, std::memory_order_relaxed);
      chunk.committed = 0;
      mark_closed(chunk, range_of(at));
    }
  });
}

void WholeHold::set_marked(AddressRange range) {
  AddressRange closed{};
  auto unmark = [&] {
    if (!closed.empty() && host::remove_guards(closed) != Kernel::ok) {
      for_each_record(closed, [](Chunk& chunk, Address at) { mark_stuck(chunk, range_of(at)); });
    }
    closed = {};
  };
  for_each_record(range_, [&](Chunk& chunk, Address at) {
    if (chunk.is_open.load(std::memory_order_relaxed)) {
      unmark();
      idle.fetch_add(chunk.committed != 0 ? 1 : 0, std::memory_order_relaxed);
      chunk.committed = 0;
      chunk.odd_protection.store(true, std::memory_order_relaxed);
    } else if (range.contains(at)) {
      closed = {closed.empty() ? at : closed.begin, at + kChunk};
    }
  });
  unmark();
}

void mark_odd(AddressRange range) {
  for_each_record({round_down(range.begin, kChunk), range.end},
                  [](Chunk& chunk, Address) { chunk.odd_protection.store(true, std::memory_order_relaxed); });
}

bool has_plain_protection(Address at) {
  const Chunk* chunk = find(at);
  return chunk != nullptr && chunk->is_open.load(std::memory_order_relaxed) &&
         !chunk->odd_protection.load(std::memory_order_relaxed);
}

Bytes footprint() {
  host::LockHold hold(groups_lock);
  return group_pool.footprint();
}

void lock_for_fork() { groups_lock.lock(); }
void unlock_after_fork() { groups_lock.unlock(); }

} // namespace winmem::vm::chunks
