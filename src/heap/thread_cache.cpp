#include "thread_cache.h"

#include "../host/membarrier.h"
#include "../host/thread.h"
#include "depot.h"
#include "growable_store.h"
#include "hardened_cache.h"
#include "records.h"
#include "registry.h"

#include <algorithm>
#include <new>

namespace winmem::heap::thread_cache {

namespace detail {
constinit ThreadCache none{};
constinit ThreadCache ended{};
thread_local constinit ThreadCache* own = &none;
} // namespace detail

namespace {

using detail::own;

// Guarded by the lock of the process heap.
constinit ThreadCache* first = nullptr;   // of threads that live
constinit ThreadCache* orphans = nullptr; // linked by `next`
constinit bool all_stopped = false;

constinit bool is_hardened = false; // since before there was a cache

void let_serve(ThreadCache& cache, bool serves) {
  cache.serves.store(serves && !is_hardened, std::memory_order_release);
  cache.serves_slowly.store(serves && is_hardened, std::memory_order_release);
}

// Whether the calling thread may not change its cache in any way.
bool is_own_stopped() { return is_stopped() && !own->serves_slowly.load(std::memory_order_acquire); }

// A thread keeps at most this much of a class.
constexpr Bytes kMostBytes = 0x20000;
constexpr Bytes kMostBytesOfSingles = kLargestSingle;

constexpr Bytes most_bytes(Bytes block) { return block <= kLargestSmall ? kMostBytes : kMostBytesOfSingles; }

constexpr unsigned most_blocks(Bytes block) {
  Bytes most = most_bytes(block) / block;
  return most >= kLargestRoom ? kLargestRoom : most >= kFirstRoom * 4 ? kFirstRoom * 4 : kFirstRoom;
}

// Magazines of large blocks use less than their room.
constexpr unsigned capacity_of(Bytes block, unsigned room) {
  return static_cast<unsigned>(std::min<Bytes>(most_bytes(block) / block, room));
}

void link(ThreadCache& cache) {
  cache.previous = nullptr;
  cache.next = first;
  if (first != nullptr) {
    first->previous = &cache;
  }
  first = &cache;
}

void unlink(ThreadCache& cache) {
  (cache.previous != nullptr ? cache.previous->next : first) = cache.next;
  if (cache.next != nullptr) {
    cache.next->previous = cache.previous;
  }
}

ThreadCache* make() {
  ThreadCache* cache = orphans;
  if (cache != nullptr) {
    orphans = cache->next;
  } else {
    void* memory = take_thread_cache();
    if (memory == nullptr) {
      return nullptr;
    }
    cache = new (memory) ThreadCache{};
    if (is_hardened) {
      cache->resting = static_cast<Resting*>(take_table(kRestingSize));
      if (cache->resting == nullptr) {
        give_thread_cache(cache);
        return nullptr;
      }
    }
    cache->is_known = true;
    for (unsigned i = 0; i < kCachedClasses; ++i) {
      cache->magazines[i].block = static_cast<std::uint32_t>(cached_size(i));
    }
  }
  let_serve(*cache, !all_stopped);
  link(*cache);
  return cache;
}

// The first `count` blocks go to the depot, or back to their slabs; the others, which were used last, stay.
void flush(GrowableStore& store, Magazine& magazine, unsigned count, bool to_depot) {
  unsigned kept = to_depot ? depot::give(size_class(magazine.block), magazine.bottom, count) : 0;
  for (unsigned i = 0; i < count - kept; ++i) {
    store.give_cached(magazine.bottom[i]);
  }
  std::copy(magazine.bottom + count, magazine.top, magazine.bottom);
  magazine.top -= count;
}

void flush(GrowableStore& store, ThreadCache& cache) {
  if (cache.resting != nullptr) {
    while (cache.resting->count != 0) {
      store.give_cached(cache.resting->leave().block);
    }
  }
  for (Magazine& magazine : cache.magazines) {
    flush(store, magazine, static_cast<unsigned>(magazine.top - magazine.bottom), false);
  }
  for (Span*& slab : cache.slabs) {
    if (slab != nullptr) {
      store.let_go(*slab);
      slab = nullptr;
    }
  }
}

// Without memory it stays as it is.
void grow(Magazine& magazine) {
  if (magazine.room >= most_blocks(magazine.block)) {
    return;
  }
  unsigned room = magazine.room == 0 ? kFirstRoom : magazine.room * 4;
  CachedBlock* blocks = take_room(room);
  if (blocks == nullptr) {
    return;
  }
  std::copy(magazine.bottom, magazine.top, blocks);
  magazine.top = blocks + (magazine.top - magazine.bottom);
  if (magazine.bottom != nullptr) {
    give_room(magazine.bottom, magazine.room);
  }
  magazine.bottom = blocks;
  magazine.room = room;
  magazine.limit = blocks + capacity_of(magazine.block, room);
}

void give_back(ThreadCache& cache) {
  for (Magazine& magazine : cache.magazines) {
    if (magazine.bottom != nullptr) {
      give_room(magazine.bottom, magazine.room);
    }
  }
  if (cache.resting != nullptr) {
    give_table(cache.resting, kRestingSize);
  }
  give_thread_cache(&cache);
}

void end_of_thread() {
  ThreadCache* cache = own;
  if (cache->is_known) {
    own = &detail::ended;
    process_heap()->take_back(*cache);
  }
}

} // namespace

void prepare() {
  if (own == &detail::none) {
    if (ThreadCache* made = make()) {
      own = made;
    }
  }
}

bool refill(Heap& heap, GrowableStore& store, unsigned wanted) {
  if (is_own_stopped()) {
    return false;
  }
  Magazine& magazine = own->magazines[wanted];
  if (magazine.top == magazine.bottom) {
    grow(magazine);
    auto most = static_cast<unsigned>(magazine.limit - magazine.bottom);
    if (most == 0) {
      return false;
    }
    store.give_back_idle();
    unsigned got = depot::take(wanted, magazine.bottom, (most + 1) / 2);
    if (got == 0) {
      got = store.take_some(heap, wanted, own->slabs[wanted], magazine.bottom, (most + 1) / 2);
      std::reverse(magazine.bottom, magazine.bottom + got); // ascending addresses come off the top
    }
    magazine.top = magazine.bottom + got;
  }
  return magazine.top != magazine.bottom;
}

void* refill_and_take(Heap& heap, GrowableStore& store, Bytes size) {
  return refill(heap, store, size_class(size)) ? take(size) : nullptr;
}

bool drain(GrowableStore& store, unsigned cached_class) {
  if (is_own_stopped()) {
    return false;
  }
  Magazine& magazine = own->magazines[cached_class];
  if (magazine.top == magazine.limit) {
    grow(magazine);
    if (magazine.top == magazine.limit) {
      auto half = static_cast<unsigned>(magazine.top - magazine.bottom + 1) / 2;
      flush(store, magazine, half, cached_class < kClasses);
    }
  }
  return magazine.top != magazine.limit;
}

void watch_end() { host::at_thread_end(end_of_thread); }

void return_cache(GrowableStore& store, ThreadCache& cache) {
  flush(store, cache);
  unlink(cache);
  give_back(cache);
}

void stop() {
  all_stopped = true;
  for (ThreadCache* cache = first; cache != nullptr; cache = cache->next) {
    let_serve(*cache, false);
  }
  host::fence_threads();
  for (ThreadCache* cache = first; cache != nullptr; cache = cache->next) {
    while (cache->busy.load(std::memory_order_acquire) != 0) {
      host::yield();
    }
  }
}

void resume() {
  all_stopped = false;
  for (ThreadCache* cache = first; cache != nullptr; cache = cache->next) {
    let_serve(*cache, true);
  }
}

void harden() { is_hardened = true; }

void tick(GrowableStore& store) {
  if (first == nullptr || is_hardened) {
    return;
  }
  bool stops = !all_stopped;
  if (stops) {
    stop();
  }
  for (ThreadCache* cache = first; cache != nullptr; cache = cache->next) {
    for (unsigned each = kClasses; each < kCachedClasses; ++each) {
      Magazine& magazine = cache->magazines[each];
      flush(store, magazine, static_cast<unsigned>(magazine.top - magazine.bottom), false);
    }
  }
  if (stops) {
    resume();
  }
}

void flush_all(GrowableStore& store) {
  depot::flush(store);
  for (ThreadCache* cache = first; cache != nullptr; cache = cache->next) {
    flush(store, *cache);
  }
  while (orphans != nullptr) {
    ThreadCache* next = orphans->next;
    flush(store, *orphans);
    give_back(*orphans);
    orphans = next;
  }
}

void orphan_others() {
  for (ThreadCache* cache = first; cache != nullptr;) {
    ThreadCache* next = cache->next;
    if (cache != own) {
      unlink(*cache);
      cache->next = orphans;
      orphans = cache;
    }
    cache = next;
  }
}

} // namespace winmem::heap::thread_cache
