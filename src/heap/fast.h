// The short way into the process heap, for HeapAlloc and malloc: by the thread's own cache, without a lock.
//
// Each answers nullptr or false when it does not know: then the heap has to be asked, which also tells mistakes.
#pragma once

#include "span_map.h"
#include "thread_cache.h"

namespace winmem::heap {

inline void* take_fast(Bytes size) { return size <= kLargestSmall ? thread_cache::take(size) : nullptr; }

namespace detail {

// Which block of which slab of the process heap begins there; no slab if none does.
struct Small {
  const Span* slab = nullptr;
  std::uint16_t number = 0;
};

inline Small find_small(const void* block) {
  auto at = reinterpret_cast<Address>(block);
  const Span* slab = span_map::find(at);
  if (slab == nullptr || slab->cached_class == kNotCached) {
    return {};
  }
  std::uint16_t number = block_at(*slab, at);
  return number != kNoBlock ? Small{slab, number} : Small{};
}

} // namespace detail

inline bool give_fast(void* block) {
  detail::Small small = detail::find_small(block);
  return small.slab != nullptr && thread_cache::give(*small.slab, small.number);
}

inline constexpr Bytes kUnknownSize = ~Bytes{0};

inline Bytes size_fast(const void* block) {
  detail::Small small = detail::find_small(block);
  if (small.slab == nullptr || thread_cache::are_stopped()) {
    return kUnknownSize;
  }
  std::uint16_t cell = cell_of(*small.slab, small.number);
  return is_live(cell) ? small.slab->block - slack_of(cell) : kUnknownSize;
}

// Changes the size where the block is.
inline bool resize_fast(void* block, Bytes size) {
  detail::Small small = detail::find_small(block);
  return small.slab != nullptr && size <= kLargestSmall && size_class(size) == small.slab->size_class &&
         thread_cache::resize(*small.slab, small.number, size);
}

} // namespace winmem::heap
