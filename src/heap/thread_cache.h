// Blocks of the process heap that a thread has at hand: up to a megabyte, they are taken and given back without a lock.
//
// Owns:      for each thread and class a stack of free blocks with their cells (`Magazine`). An empty one is refilled,
//            and half of a full one returned, under the heap's lock, a batch at a time. Blocks that another thread
//            freed stay with that one. New blocks come from a slab that the cache holds by itself, so that two threads
//            seldom write to the same cache line.
// Readers:   who holds the heap's lock and has stopped the caches (`stop`) sees them, and the cells, at rest. A thread
//            marks its cache busy around the few instructions that change it and looks whether it may: two plain stores
//            and a load. stop() lets the kernel order them with its own (host/membarrier.h). Where the kernel cannot do
//            that there are no caches, and every call takes the lock.
// Idle:      what all caches have of blocks with granules of their own goes back at each tick (Decay, decision 0033).
// Threads:   made at a thread's first allocation; all goes back to the heap when the thread ends. What is allocated
//            after that, by other destructors, takes the lock. fork's child keeps the caches of threads that it does
//            not have as orphans, which new threads take over.
#pragma once

#include "size_class.h"
#include "span_map.h"

#include <atomic>
#include <cstdint>

namespace winmem::heap {

class GrowableStore;

// A free block, and the cell that tells its state, so that neither has to be looked up again.
struct CachedBlock {
  Address block;
  Cell* cell;
};

inline constexpr unsigned kFirstRoom = 16; // blocks; a magazine that turns over grows by 4
inline constexpr unsigned kLargestRoom = kFirstRoom * 16;

struct Magazine {
  CachedBlock* top;    // behind the last block
  CachedBlock* bottom; // the first
  CachedBlock* limit;  // where it is full
  std::uint32_t block; // bytes
  std::uint32_t room;  // blocks that there is memory for
};
static_assert(sizeof(Magazine) == 32, "found by a shift");

struct Resting;

struct ThreadCache : vm::Pooled {
  std::atomic<std::uint32_t> busy; // the owner is about to change a magazine
  std::atomic<bool> serves;        // else it has to leave that be, and ask the heap
  std::atomic<bool> serves_slowly; // in its place where blocks are looked at (hardened_cache.h)
  bool is_known;                   // stop() waits for it
  ThreadCache* next;
  ThreadCache* previous;
  Magazine magazines[kCachedClasses + 1]; // the last one is always full: of blocks that are not kept
  Resting* resting;                       // where blocks are looked at: those that are freed and not used yet
  Span* slabs[kClasses];                  // which new blocks come from; none: the next one that has some
};

inline constexpr Bytes kUnknownSize = ~Bytes{0};

namespace thread_cache {

namespace detail {

// What a thread has before its first allocation, and after its end: never to serve.
extern constinit ThreadCache none;
extern constinit ThreadCache ended;
extern thread_local constinit ThreadCache* own __attribute__((tls_model("initial-exec")));

// While it lasts, nobody else changes or looks at this thread's cache.
class [[nodiscard]] Busy {
public:
  explicit Busy(ThreadCache& cache) : cache_(cache) {
    cache_.busy.store(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst); // the processor's fence is in stop()
  }
  ~Busy() { cache_.busy.store(0, std::memory_order_release); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

  bool is_allowed() const { return cache_.serves.load(std::memory_order_acquire); }
  bool is_allowed_slowly() const { return cache_.serves_slowly.load(std::memory_order_acquire); }

private:
  ThreadCache& cache_;
};

} // namespace detail

// A block of the class for `size` bytes, which fit; nullptr: the heap has to be asked.
inline void* take_of(std::size_t size_class, Bytes size) {
  ThreadCache& cache = *detail::own;
  Magazine& magazine = cache.magazines[size_class];
  detail::Busy busy(cache);
  if (!busy.is_allowed()) [[unlikely]] {
    return nullptr;
  }
  CachedBlock* top = magazine.top; // not earlier: who has stopped the caches changes it
  if (top == magazine.bottom) [[unlikely]] {
    return nullptr;
  }
  CachedBlock taken = top[-1];
  if (taken.block == 0) {
    __builtin_unreachable(); // so that callers need not look again
  }
  magazine.top = top - 1;
  taken.cell->store(live_cell(magazine.block - size), std::memory_order_relaxed);
  return reinterpret_cast<void*>(taken.block);
}

// The same for a size that is at most kLargestSmall.
inline void* take(Bytes size) { return take_of(size_class(size), size); }

// The same for larger sizes, up to kLargestSingle.
inline void* take_single(Bytes size) {
  ThreadCache& cache = *detail::own;
  unsigned wanted = single_class(size);
  Magazine& magazine = cache.magazines[wanted];
  detail::Busy busy(cache);
  if (!busy.is_allowed() || magazine.top == magazine.bottom) {
    return nullptr;
  }
  CachedBlock taken = *--magazine.top;
  Span& single = span_of_own_cell(*taken.cell);
  Address begin = round_down(taken.block, kGranule);
  place_single(single, {begin, begin + cached_size(wanted)}, size, false);
  taken.cell->store(live_cell(0), std::memory_order_relaxed);
  return reinterpret_cast<void*>(single.begin);
}

// Whether the block was live and is given back; else the heap has to be asked.
inline bool give(CachedBlock block, std::size_t cached_class) {
  ThreadCache& cache = *detail::own;
  Magazine& magazine = cache.magazines[cached_class];
  detail::Busy busy(cache);
  if (!busy.is_allowed()) [[unlikely]] {
    return false;
  }
  CachedBlock* top = magazine.top;
  if (top == magazine.limit || !is_live(block.cell->load(std::memory_order_relaxed))) [[unlikely]] {
    return false;
  }
  *top = block;
  magazine.top = top + 1;
  block.cell->store(kCached, std::memory_order_relaxed);
  return true;
}

// A block, of a slab or a single, has another size from now on, which fits. What it had; kUnknownSize: the heap has to
// be asked.
inline Bytes resize(Span& span, Cell& cell, Bytes size) {
  detail::Busy busy(*detail::own);
  std::uint16_t was = cell.load(std::memory_order_relaxed);
  if (!busy.is_allowed() || !is_live(was)) [[unlikely]] {
    return kUnknownSize;
  }
  Bytes old = requested_of(span, was);
  if (span.kind == SpanKind::slab) {
    cell.store(live_cell(span.block - size), std::memory_order_relaxed);
  } else {
    set_requested(span, size);
  }
  return old;
}

// Whether the calling thread has to ask the heap.
inline bool is_stopped() { return !detail::own->serves.load(std::memory_order_acquire); }

// Whether the calling thread has a cache.
inline bool is_own_known() { return detail::own->is_known; }

// Before the process heap is made: its blocks are looked at, so nobody may take them quickly.
void harden();

// All that follows: the caller holds the lock of the process heap, whose store `store` is.

// The calling thread gets a cache, if it has none and there is memory.
void prepare();

// A block for the calling thread, whose cache is filled if need be. nullptr: the store has to be asked, as there is no
// cache or no memory.
void* refill_and_take(Heap& heap, GrowableStore& store, Bytes size);

// The same for class `wanted`, but the block stays in the cache. False: the store has to be asked.
bool refill(Heap& heap, GrowableStore& store, unsigned wanted);

// Makes room in the calling thread's cache. False when it has none.
bool drain(GrowableStore& store, unsigned cached_class);

// Without any lock: has the calling thread's cache returned when the thread ends. May allocate.
void watch_end();

// Outlives the hold of the lock under which the calling thread may get its cache: what has that returned when the
// thread ends may allocate.
class [[nodiscard]] NewCacheWatch {
public:
  NewCacheWatch() = default;
  ~NewCacheWatch() {
    if (!had_one_ && is_own_known()) [[unlikely]] {
      watch_end();
    }
  }
  NewCacheWatch(const NewCacheWatch&) = delete;
  NewCacheWatch& operator=(const NewCacheWatch&) = delete;

private:
  bool had_one_ = is_own_known();
};

// A cache whose thread ends.
void return_cache(GrowableStore& store, ThreadCache& cache);

// Waits until no thread changes its cache; then none does until resume().
void stop();
void resume();

// Large blocks that are cached go back, and to the system if they are not used soon (Decay).
void tick(GrowableStore& store);

// While stopped: all cached blocks go back to their slabs.
void flush_all(GrowableStore& store);

// In fork's child, while stopped: all caches but the caller's become orphans.
void orphan_others();

} // namespace thread_cache

} // namespace winmem::heap
