// The heaps of the process: the process heap first, the others in the order of their creation (H21, C44).
//
// Lock:      registry_lock. Nobody waits for a heap's while holding it.
#pragma once

#include "heap.h"

namespace winmem::heap {

// Made at the first call; nullptr only as long as there is no memory for it.
Heap* process_heap();

inline constexpr Address kNoHandle = 1;

namespace detail {
extern constinit std::atomic<Address> process_handle; // kNoHandle until there is one
} // namespace detail

// Its handle; kNoHandle before the first call of process_heap().
inline Address process_handle() { return detail::process_handle.load(std::memory_order_acquire); }

inline bool is_process_heap(const void* handle) { return reinterpret_cast<Address>(handle) == process_handle(); }

// Whether a wrong pointer ends the process. Once true it stays so.
extern constinit std::atomic<bool> ends_on_corruption;

// nullptr without memory.
Heap* create(const HeapOptions& options);

// The heap goes with all its blocks, also when a thread holds its lock (H20). Not the process heap.
void destroy(Heap& heap);

// The heap whose handle this is, the process heap included; nullptr for anything else. Never faults.
Heap* from_handle(const void* handle);

// How many heaps there are, the process heap included.
unsigned count();

// Writes the handles of at most `count` heaps, without the first `skip`. Returns how many it wrote.
unsigned copy_handles(unsigned skip, Address* out, unsigned count);

// Trims all (HeapOptimizeResources).
void trim_all();

} // namespace winmem::heap
