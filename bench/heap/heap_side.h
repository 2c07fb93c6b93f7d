// The same calls on Windows' process heap.
#pragma once

#include "../must.h"

#include <windows.h>

namespace bench {

struct ProcessHeap {
  static void* allocate(std::size_t size) { return HeapAlloc(GetProcessHeap(), 0, size); }
  static void* allocate_zeroed(std::size_t size) { return HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size); }
  static void* reallocate(void* block, std::size_t size) {
    return block == nullptr ? allocate(size) : HeapReAlloc(GetProcessHeap(), 0, block, size);
  }
  static void release(void* block) { must(HeapFree(GetProcessHeap(), 0, block) != 0, "HeapFree"); }
};

} // namespace bench
