// Blocks of the process heap for those who do not go by its handle: the short way first (fast.h), then the heap.
#pragma once

#include "fast.h"
#include "registry.h"

#include <cstring>

namespace winmem::heap::process_block {

// nullptr without memory.
inline void* take(Bytes size, bool zeroed) {
  if (void* block = take_fast(size)) [[likely]] {
    return zeroed ? std::memset(block, 0, size) : block;
  }
  Heap* heap = process_heap();
  return heap != nullptr ? heap->allocate(size, zeroed, true) : nullptr;
}

// The same at a multiple of `alignment`, a power of two.
inline void* take_aligned(Bytes size, Bytes alignment, bool zeroed) {
  if (void* block = take_aligned_fast(size, alignment)) [[likely]] {
    return zeroed ? std::memset(block, 0, size) : block;
  }
  Heap* heap = process_heap();
  return heap != nullptr ? heap->allocate_aligned(size, alignment, zeroed, true) : nullptr;
}

// False when it is none.
inline bool give(void* block) {
  if (give_fast(block)) [[likely]] {
    return true;
  }
  Heap* heap = process_heap();
  return heap != nullptr && heap->free(block, true);
}

// Heap::kNoSize when it is none.
inline Bytes size_of(const void* block) {
  if (Bytes size = size_fast(block); size != kUnknownSize) [[likely]] {
    return size;
  }
  Heap* heap = process_heap();
  return heap != nullptr ? heap->size_of(block, true) : Heap::kNoSize;
}

// Of a block that was looked up before, so that there is a heap.
inline Heap::Reallocated resize(void* block, Bytes size, bool zeroed, Heap::Moving moving) {
  return process_heap()->reallocate(block, size, zeroed, moving, true);
}

} // namespace winmem::heap::process_block
