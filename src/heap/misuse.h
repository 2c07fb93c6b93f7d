// What a pointer is that is no live block of a heap, and the line that says so before the process ends.
//
// Used:      by free and its like, which do not return then, and by HeapFree's where the program asked for that.
// Lock:      none. Everything is read as it is at the moment, without allocating or faulting; while other threads work
//            on the same spans the answer may be off, and nothing worse.
#pragma once

#include "heap.h"

namespace winmem::heap {

enum class Mistake : std::uint8_t {
  double_free,     // the block was freed before
  inside_freed,    // within a block that was freed before
  interior,        // within a live block
  other_heap,      // a live block of another heap
  never_a_block,   // memory of a heap that was given out to nobody, or was freed long ago
  heap_handle,     // a heap itself
  virtual_memory,  // a region of VirtualAlloc's
  stack,           // the calling thread's
  static_data,     // of the program or of a library
  foreign_mapping, // memory that winmem did not make
  unmapped,        // nothing is there
  overrun,         // a live block that was written behind
  live,            // nothing is wrong with it
};

struct Misuse {
  Mistake mistake = Mistake::unmapped;
  const Heap* owner = nullptr; // of heaps' memory
  Address block = 0;           // where the block begins in which the pointer lies
  Bytes size = 0;              // its size, of a freed one at most that
};

// What `pointer` is to somebody who takes it for a block of `heap`.
Misuse classify(const Heap& heap, const void* pointer);

// Prints one line about it. `function` is the one that was called.
void report_misuse(const char* function, const void* pointer, const Heap& heap);

// The same, and aborts.
[[noreturn]] void stop_for_misuse(const char* function, const void* pointer, const Heap& heap);

// The same with words of the caller's: what the pointer is, and what to do.
[[noreturn]] void stop_for_misuse(const char* function, const void* pointer, const char* what, const char* next);

} // namespace winmem::heap
