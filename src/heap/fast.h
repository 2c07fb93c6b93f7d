// The short way into the process heap, for HeapAlloc and malloc: by the thread's own cache, without a lock.
//
// Each answers nullptr or false when it does not know: then the heap has to be asked, which also tells mistakes.
//
// Always inline: a compiler takes a probe for many instructions, as its note has many lines.
#pragma once

#include "../host/probes.h"
#include "registry.h"
#include "span_map.h"
#include "thread_cache.h"

#include <cstring>

namespace winmem::heap {

namespace detail {

// What was taken, or nullptr.
[[gnu::always_inline]] inline void* probed(void* block, Bytes size) {
  if (block != nullptr) {
    WINMEM_PROBE_SIZE(alloc, block, size);
  }
  return block;
}

} // namespace detail

// For sizes up to kTabulated, which most are.
[[gnu::always_inline]] inline void* take_fast_tabulated(Bytes size) {
  return detail::probed(thread_cache::take_of(tabulated_class(size), size), size);
}

[[gnu::always_inline]] inline void* take_fast(Bytes size) {
  if (size <= kTabulated) [[likely]] {
    return take_fast_tabulated(size);
  }
  if (size <= kLargestSmall) {
    return detail::probed(thread_cache::take(size), size);
  }
  return size <= kLargestSingle ? detail::probed(thread_cache::take_single(size), size) : nullptr;
}

// The same at a multiple of `alignment`, a power of two. What was freed of such a class is aligned as all of its
// blocks.
[[gnu::always_inline]] inline void* take_aligned_fast(Bytes size, Bytes alignment) {
  unsigned wanted = aligned_size_class(size, alignment);
  return wanted < kClasses ? detail::probed(thread_cache::take_of(wanted, size), size) : nullptr;
}

namespace detail {

// A block of a slab or a single, live or not; no span if none begins there.
struct Kept {
  Span* span = nullptr;
  Cell* cell = nullptr;
};

inline Kept find_kept(const void* block) {
  auto at = reinterpret_cast<Address>(block);
  Span* span = span_map::find(at);
  if (span == nullptr) [[unlikely]] {
    return {};
  }
  Spot spot = spot_of(*span, at); // behind the last block there is a cell too, never a live one
  if (spot.remainder >= span->reciprocal) [[unlikely]] {
    return {};
  }
  return {span, span->cells + spot.number};
}

[[gnu::always_inline]] inline bool give(const void* block, const Kept& kept) {
  if (!thread_cache::give({reinterpret_cast<Address>(block), kept.cell}, kept.span->cached_class)) {
    return false;
  }
  WINMEM_PROBE(free, block);
  return true;
}

} // namespace detail

[[gnu::always_inline]] inline bool give_fast(void* block) {
  detail::Kept kept = detail::find_kept(block);
  return kept.span != nullptr && detail::give(block, kept);
}

namespace detail {

inline Bytes size_of(const Kept& kept) {
  if (kept.span == nullptr || kept.span->cached_class == kNotCached || thread_cache::is_stopped()) {
    return kUnknownSize;
  }
  std::uint16_t cell = kept.cell->load(std::memory_order_relaxed);
  return is_live(cell) ? requested_of(*kept.span, cell) : kUnknownSize;
}

} // namespace detail

inline Bytes size_fast(const void* block) { return detail::size_of(detail::find_kept(block)); }

namespace detail {

// For a block that has outgrown its `room`, and may again: a quarter more than that, so that it does not move each
// time.
inline void* take_roomy(Bytes room, Bytes size) {
  Bytes roomy = room + room / 4;
  if (roomy <= size || roomy > kLargestSmall) {
    return take_fast(size);
  }
  return probed(thread_cache::take_of(size_class(roomy), size), size);
}

[[gnu::noinline]] inline void* move_fast(void* block, const Kept& kept, Bytes size, bool zeroed) {
  Bytes old = size_of(kept);
  if (old == kUnknownSize || size > kLargestSingle) {
    return nullptr;
  }
  void* moved = size > old ? take_roomy(kept.span->block, size) : take_fast(size);
  if (moved == nullptr && (moved = process_heap()->allocate(size, false, true)) == nullptr) {
    return nullptr; // a smaller one may fit where it is
  }
  std::memcpy(moved, block, old < size ? old : size);
  if (zeroed && size > old) {
    std::memset(static_cast<char*>(moved) + old, 0, size - old);
  }
  if (!give(block, kept)) {
    process_heap()->free(block, true);
  }
  return moved;
}

} // namespace detail

// The block with its new size, where it was or elsewhere, its contents kept. `zeroed`: what it grew by is zero.
inline void* resize_fast(void* block, Bytes size, bool zeroed) {
  detail::Kept kept = detail::find_kept(block);
  if (kept.span == nullptr || kept.span->cached_class == kNotCached) {
    return nullptr;
  }
  if (size > kept.span->block || size < kept.span->block / 2) { // as in Heap::reallocate
    return detail::move_fast(block, kept, size, zeroed);
  }
  Bytes old = thread_cache::resize(*kept.span, *kept.cell, size);
  if (old == kUnknownSize) [[unlikely]] {
    return nullptr;
  }
  WINMEM_PROBE_SIZE(resize, block, size);
  if (zeroed && size > old) {
    std::memset(static_cast<char*>(block) + old, 0, size - old);
  }
  return block;
}

} // namespace winmem::heap
