#include "records.h"

#include "../host/lock.h"
#include "../host/memory.h"
#include "heap.h"
#include "segment.h"
#include "thread_cache.h"

#include <atomic>
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

constinit std::atomic<Bytes> tables{0}; // bytes

vm::Pool& cells_for(unsigned count) {
  auto width = static_cast<unsigned>(std::bit_width(count * sizeof(Cell) - 1));
  return cell_pools[width > 6 ? width - 6 : 0];
}

constinit vm::Pool caches{round_up(sizeof(ThreadCache), kCacheLine), kBlock};
constinit vm::Pool room_pools[] = {{kFirstRoom * sizeof(CachedBlock), kPage * 4},
                                   {kFirstRoom * 4 * sizeof(CachedBlock), kPage * 4},
                                   {kFirstRoom * 16 * sizeof(CachedBlock), kBlock}};
static_assert(kLargestRoom == kFirstRoom * 16);

vm::Pool& room_for(unsigned count) { return room_pools[count == kFirstRoom ? 0 : count == kLargestRoom ? 2 : 1]; }

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
  if (span != nullptr) {
    new (span) Span{};
    span->cells = &span->own_cell;
  }
  return span;
}
void give_span(Span* span) {
  if (std::atomic<std::uint16_t>* owners = span->owners.load(std::memory_order_relaxed)) {
    give_owners(owners, places_for_owners(*span));
  }
  give(spans, span);
}

Segment* take_segment() { return take<Segment>(segments); }
void give_segment(Segment* segment) { give(segments, segment); }

void* take_heap_memory() { return take<void>(heaps); }
void give_heap_memory(void* heap) { give(heaps, heap); }

// The pool's link lies in the first cells.
static_assert(sizeof(Cell) * 4 == sizeof(vm::Pooled));

Cell* take_cells(unsigned count) {
  Cell* cells = take<Cell>(cells_for(count));
  for (unsigned i = 0; cells != nullptr && i < sizeof(vm::Pooled) / sizeof(Cell); ++i) {
    cells[i].store(0, std::memory_order_relaxed);
  }
  return cells;
}
void give_cells(Cell* cells, unsigned count) { give(cells_for(count), cells); }

// Numbers are as large as cells, and lie where cells did or will.
std::atomic<std::uint16_t>* take_owners(unsigned count) { return take_cells(count); }
void give_owners(std::atomic<std::uint16_t>* owners, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    owners[i].store(0, std::memory_order_relaxed); // no live cells
  }
  give_cells(owners, count);
}

ThreadCache* take_thread_cache() { return take<ThreadCache>(caches); }
void give_thread_cache(ThreadCache* cache) { give(caches, cache); }

CachedBlock* take_room(unsigned count) { return take<CachedBlock>(room_for(count)); }
void give_room(CachedBlock* room, unsigned count) { give(room_for(count), room); }

void* take_table(Bytes size) {
  void* table = host::map_tables(size);
  if (table != nullptr) {
    tables.fetch_add(size, std::memory_order_relaxed);
  }
  return table;
}

void give_table(void* table, Bytes size) {
  auto begin = reinterpret_cast<Address>(table);
  if (host::unmap({begin, begin + size}) == host::Kernel::ok) { // else it stays, and is still told of
    tables.fetch_sub(size, std::memory_order_relaxed);
  }
}

Bytes records_footprint() {
  host::LockHold hold(records_lock);
  Bytes sum = spans.footprint() + segments.footprint() + heaps.footprint();
  for (const vm::Pool& pool : cell_pools) {
    sum += pool.footprint();
  }
  sum += caches.footprint();
  for (const vm::Pool& pool : room_pools) {
    sum += pool.footprint();
  }
  return sum + tables.load(std::memory_order_relaxed);
}

void lock_records_for_fork() { records_lock.lock(); }
void unlock_records_after_fork() { records_lock.unlock(); }

} // namespace winmem::heap
