// The short way into the process heap, for HeapAlloc and malloc: by the thread's own cache, without a lock.
//
// Each answers nullptr or false when it does not know: then the heap has to be asked, which also tells mistakes.
#pragma once

#include "registry.h"
#include "span_map.h"
#include "thread_cache.h"

#include <cstring>

namespace winmem::heap {

inline void* take_fast(Bytes size) { return size <= kLargestSmall ? thread_cache::take(size) : nullptr; }

// The same at a multiple of `alignment`, a power of two. What was freed of such a class is aligned as all of its
// blocks.
inline void* take_aligned_fast(Bytes size, Bytes alignment) {
  unsigned wanted = aligned_size_class(size, alignment);
  return wanted < kClasses ? thread_cache::take_of(wanted, size) : nullptr;
}

namespace detail {

// A block of a slab of the process heap, live or not; no slab if none begins there.
struct Small {
  const Span* slab = nullptr;
  Cell* cell = nullptr;
};

inline Small find_small(const void* block) {
  auto at = reinterpret_cast<Address>(block);
  const Span* slab = span_map::find(at);
  if (slab == nullptr || slab->cached_class == kNotCached) {
    return {};
  }
  std::uint64_t number = number_around(*slab, at);
  if (number >= slab->count || number * slab->block != at - slab->begin) {
    return {};
  }
  return {slab, slab->cells + number};
}

} // namespace detail

inline bool give_fast(void* block) {
  detail::Small small = detail::find_small(block);
  return small.slab != nullptr &&
         thread_cache::give({reinterpret_cast<Address>(block), small.cell}, small.slab->cached_class);
}

inline constexpr Bytes kUnknownSize = ~Bytes{0};

inline Bytes size_fast(const void* block) {
  detail::Small small = detail::find_small(block);
  if (small.slab == nullptr || thread_cache::are_stopped()) {
    return kUnknownSize;
  }
  std::uint16_t cell = small.cell->load(std::memory_order_relaxed);
  return is_live(cell) ? small.slab->block - slack_of(cell) : kUnknownSize;
}

// The block with its new size, where it was or elsewhere, its contents kept. `zeroed`: what it grew by is zero.
inline void* resize_fast(void* block, Bytes size, bool zeroed) {
  Bytes old = size_fast(block);
  if (old == kUnknownSize || size > kLargestSmall) {
    return nullptr;
  }
  detail::Small small = detail::find_small(block);
  void* result = block;
  bool stays = size <= small.slab->block && size >= small.slab->block / 2; // as in Heap::reallocate
  if (!stays || !thread_cache::resize(*small.cell, small.slab->block - size)) {
    result = take_fast(size);
    if (result == nullptr) {
      return nullptr;
    }
    std::memcpy(result, block, old < size ? old : size);
  }
  if (zeroed && size > old) {
    std::memset(static_cast<char*>(result) + old, 0, size - old);
  }
  if (result != block && !give_fast(block)) {
    process_heap()->free(block, true);
  }
  return result;
}

} // namespace winmem::heap
