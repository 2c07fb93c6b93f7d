// What the two files of heapapi.h share.
#pragma once

#include "../heap/registry.h"

#include <windows.h>

namespace winmem::win32 {

inline bool is_serialized(const heap::Heap& heap, DWORD flags) {
  return heap.options().serialized && (flags & HEAP_NO_SERIALIZE) == 0;
}

// HeapEnableTerminationOnCorruption, which cannot be undone (H82), or WINMEM_HEAP=strict.
bool terminates_on_corruption();

} // namespace winmem::win32
