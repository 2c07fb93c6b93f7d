// What the calls of heapapi.h and ntdll's heap calls share.
#pragma once

#include "../heap/registry.h"

#include <windows.h>

namespace winmem::nt {

inline bool is_serialized(const heap::Heap& heap, ULONG flags) {
  return heap.options().serialized && (flags & HEAP_NO_SERIALIZE) == 0;
}

// A call has no memory: raises STATUS_NO_MEMORY if the heap or the call asks for that (H35, H36). No lock is held.
void no_memory(const heap::Heap& heap, ULONG flags, SIZE_T size);

// HeapEnableTerminationOnCorruption, which cannot be undone (H82), or WINMEM_HEAP (heap/mode.h).
bool terminates_on_corruption();

// A mistake of the program's (H61), which ends it if it asked for that. `function` is the one that was called.
void misuse(const char* function, const void* pointer, const heap::Heap& heap);

} // namespace winmem::nt
