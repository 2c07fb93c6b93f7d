#include "records.h"

#include "../host/lock.h"
#include "heap.h"
#include "segment.h"

#include <bit>
#include <new>

namespace winmem::heap {

namespace {

constexpr Bytes kBlock = 0x10000; // what a pool takes from the kernel at a time, at first

constinit host::Lock records_lock; // guards all pools here
constinit vm::Pool spans{sizeof(Span), kBlock};
constinit vm::Pool segments{sizeof(Segment), kPage};
constinit vm::Pool heaps{sizeof(Heap), kPage * 4};

// Cells in sizes of 64 << n bytes, up to those of a slab of 16-byte blocks.
constexpr unsigned kCellSizes = 8;
constinit vm::Pool cell_pools[kCellSizes] = {{64, kBlock},   {128, kBlock},  {256, kBlock},  {512, kBlock},
                                             {1024, kBlock}, {2048, kBlock}, {4096, kBlock}, {8192, kBlock}};

vm::Pool& cells_for(unsigned count) {
  auto width = static_cast<unsigned>(std::bit_width(count * sizeof(std::uint16_t) - 1));
  return cell_pools[width > 6 ? width - 6 : 0];
}

template <typename T> T* take(vm::Pool& pool) {
  host::LockHold hold(records_lock);
  return static_cast<T*>(pool.take());
}

void give(vm::Pool& pool, void* record) {
  host::LockHold hold(records_lock);
  pool.give(static_cast<vm::Pooled*>(record));
}

} // namespace

Span* take_span() {
  auto* span = take<Span>(spans);
  return span != nullptr ? new (span) Span{} : nullptr;
}
void give_span(Span* span) { give(spans, span); }

Segment* take_segment() { return take<Segment>(segments); }
void give_segment(Segment* segment) { give(segments, segment); }

void* take_heap_memory() { return take<void>(heaps); }
void give_heap_memory(void* heap) { give(heaps, heap); }

std::uint16_t* take_cells(unsigned count) { return take<std::uint16_t>(cells_for(count)); }
void give_cells(std::uint16_t* cells, unsigned count) { give(cells_for(count), cells); }

Bytes records_footprint() {
  host::LockHold hold(records_lock);
  Bytes sum = spans.footprint() + segments.footprint() + heaps.footprint();
  for (const vm::Pool& pool : cell_pools) {
    sum += pool.footprint();
  }
  return sum;
}

void lock_records_for_fork() { records_lock.lock(); }
void unlock_records_after_fork() { records_lock.unlock(); }

} // namespace winmem::heap
