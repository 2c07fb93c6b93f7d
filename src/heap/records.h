// Memory for the heap's own records: spans, segments, heaps, and the cells of slabs.
//
// Owns:      pools, never given back to the system (vm/pool.h).
// Lock:      records_lock, a leaf: whoever holds it takes no other.
// Surprise:  a record that was given back may still be looked at by who found it in the span map a moment ago. Its
//            memory stays a record of its kind, so that is harmless: they look again under the heap's lock.
#pragma once

#include "span.h"

namespace winmem::heap {

struct Segment;

Span* take_span(); // zero but for the pool's link; nullptr without memory
void give_span(Span* span);

Segment* take_segment();
void give_segment(Segment* segment);

void* take_heap_memory();
void give_heap_memory(void* heap);

// Cells for `count` blocks; not zeroed.
std::uint16_t* take_cells(unsigned count);
void give_cells(std::uint16_t* cells, unsigned count);

// Bytes taken from the kernel.
Bytes records_footprint();

void lock_records_for_fork();
void unlock_records_after_fork();

} // namespace winmem::heap
