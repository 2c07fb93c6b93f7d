// Who allocated and who freed the blocks of all heaps, for WINMEM_HEAP=debug.
//
// Owns:      one table of 262,144 traces, out of the blocks' way. A trace stays when its block is freed. Where many
//            blocks share a place of the table the freed ones go first, then the oldest; nothing is known of those.
// Lock:      traces_lock, a leaf. A trace is written while the heap's lock is held, so each tells one life of a block.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::heap {

struct Trace {
  Address block = 0;
  Address allocated_by = 0; // an address in code; 0: not known
  Address freed_by = 0;
  std::uint32_t allocating_thread = 0; // 0: not known
  std::uint32_t freeing_thread = 0;    // 0: the block is live
};

namespace traces {

namespace detail {
extern constinit struct Bucket* table;
} // namespace detail

// Once, with the process heap. Without memory nothing is traced.
void open();

inline bool are_on() { return detail::table != nullptr; }

// The calling thread allocated a block, or freed it, for Caller::current().
void note_allocated(const void* block);
void note_freed(const void* block);

// False when nothing is known of it.
bool find(Address block, Trace& out);

void lock_for_fork();
void unlock_after_fork();

} // namespace traces

} // namespace winmem::heap
