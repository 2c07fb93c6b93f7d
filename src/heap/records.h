// Memory for the heap's own records: spans, segments, heaps, the cells of slabs, threads' caches.
//
// Owns:      pools, never given back to the system (vm/pool.h).
// Lock:      records_lock, a leaf: whoever holds it takes no other.
// Surprise:  a record that was given back may still be looked at by who found it in the span map a moment ago. Its
//            memory stays a record of its kind, so that is harmless: they look again under the heap's lock.
#pragma once

#include "span.h"

namespace winmem::heap {

struct Segment;
struct ThreadCache;
struct CachedBlock;

Span* take_span(); // zero but for the pool's link; nullptr without memory
void give_span(Span* span);

Segment* take_segment();
void give_segment(Segment* segment);

void* take_heap_memory();
void give_heap_memory(void* heap);

// Cells for `count` blocks, none of them live. They are given back as such.
Cell* take_cells(unsigned count);
void give_cells(Cell* cells, unsigned count);

// Numbers of owners for `count` blocks; zero.
std::atomic<std::uint16_t>* take_owners(unsigned count);
void give_owners(std::atomic<std::uint16_t>* owners, unsigned count);

// A thread's cache, and room for `count` cached blocks, kFirstRoom or kFirstRoom * 4^n, up to kLargestRoom.
ThreadCache* take_thread_cache();
void give_thread_cache(ThreadCache* cache);
CachedBlock* take_room(unsigned count);
void give_room(CachedBlock* room, unsigned count);

// A table of whole pages, zero; nullptr without memory.
void* take_table(Bytes size);
void give_table(void* table, Bytes size);

// Bytes taken from the kernel, tables included.
Bytes records_footprint();

void lock_records_for_fork();
void unlock_records_after_fork();

} // namespace winmem::heap
