// Small blocks of a hardened process heap, by the thread's own cache: as in thread_cache.h, but each block is looked at
// before it is used and when it is freed, and rests in between.
//
// Owns:      what a thread has freed and nobody uses yet, the oldest first (`Resting`). Such blocks are zero, and their
//            cells say that a cache has them.
// Lock:      none, like the quick ways, which are stopped for good. Who stops everybody stops these as well.
#pragma once

#include "filling.h"
#include "hardening.h"
#include "thread_cache.h"

namespace winmem::heap {

struct Rested {
  CachedBlock block;
  std::uint32_t size_class;
};

struct Resting {
  static constexpr unsigned kMost = 128;
  static constexpr Bytes kMostBytes = Bytes{64} << 10;

  unsigned first;
  unsigned count;
  Bytes bytes;
  Rested blocks[kMost];

  bool has_room(Bytes more) const { return count < kMost && (count == 0 || bytes + more <= kMostBytes); }
  const Rested& oldest() const { return blocks[first]; }

  void enter(const Rested& block) {
    blocks[(first + count) % kMost] = block;
    ++count;
    bytes += block_size(block.size_class);
  }

  Rested leave() {
    Rested left = blocks[first];
    first = (first + 1) % kMost;
    --count;
    bytes -= block_size(left.size_class);
    return left;
  }
};

inline constexpr Bytes kRestingSize = round_up(sizeof(Resting), kPage);

namespace hardened_cache {

// A block of the class for `size` bytes, which fit with what is to be behind them; it is zero. nullptr: the heap has to
// be asked.
[[gnu::always_inline]] inline void* take(unsigned size_class, Bytes size) {
  ThreadCache& cache = *thread_cache::detail::own;
  Magazine& magazine = cache.magazines[size_class];
  thread_cache::detail::Busy busy(cache);
  if (!busy.is_allowed_slowly() || magazine.top == magazine.bottom) [[unlikely]] {
    return nullptr;
  }
  CachedBlock taken = *--magazine.top;
  Hardening::must_be_unused(taken.block, magazine.block);
  Hardening::guard(taken.block, size, magazine.block);
  taken.cell->store(live_cell(magazine.block - size), std::memory_order_relaxed);
  return reinterpret_cast<void*>(taken.block);
}

enum class Given : std::uint8_t {
  done,
  refused, // it is not live, or something was written behind it
  full,    // there is no room in the cache for what has rested longest
  unknown, // the thread has no cache, or is stopped
};

// The block `number` of a slab.
[[gnu::always_inline]] inline Given give(const Span& slab, std::uint16_t number) {
  ThreadCache& cache = *thread_cache::detail::own;
  thread_cache::detail::Busy busy(cache);
  if (!busy.is_allowed_slowly()) [[unlikely]] {
    return Given::unknown;
  }
  Cell& cell = slab.cells[number];
  std::uint16_t state = cell.load(std::memory_order_relaxed);
  Address block = address_of(slab, number);
  if (!is_live(state) || !Hardening::is_intact(block, slab.block - slack_of(state), slab.block)) {
    return Given::refused;
  }
  Resting& resting = *cache.resting;
  while (!resting.has_room(slab.block)) {
    Magazine& magazine = cache.magazines[resting.oldest().size_class];
    if (magazine.top == magazine.limit) {
      return Given::full;
    }
    *magazine.top++ = resting.leave().block;
  }
  fill(block, slab.block, 0);
  cell.store(kCached, std::memory_order_relaxed);
  resting.enter({{block, &cell}, slab.size_class});
  return Given::done;
}

// The class whose magazine is full then.
inline unsigned full_class() { return thread_cache::detail::own->resting->oldest().size_class; }

// Whether a live block of a slab, behind which nothing was written, has another size from now on, which fits with what
// is to be behind it.
inline bool resize(const Span& slab, std::uint16_t number, Bytes size) {
  ThreadCache& cache = *thread_cache::detail::own;
  thread_cache::detail::Busy busy(cache);
  Cell& cell = slab.cells[number];
  std::uint16_t state = cell.load(std::memory_order_relaxed);
  Address block = address_of(slab, number);
  if (!busy.is_allowed_slowly() || !is_live(state) ||
      !Hardening::is_intact(block, slab.block - slack_of(state), slab.block)) [[unlikely]] {
    return false;
  }
  Hardening::guard(block, size, slab.block);
  cell.store(live_cell(slab.block - size), std::memory_order_relaxed);
  return true;
}

} // namespace hardened_cache

} // namespace winmem::heap
