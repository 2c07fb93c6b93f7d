#include "registry.h"

#include "../host/fork.h"
#include "../host/lock.h"
#include "../host/membarrier.h"
#include "../host/memory_tools.h"
#include "../host/own_process.h"
#include "../host/thread.h"
#include "leftovers.h"
#include "mode.h"
#include "records.h"
#include "span_map.h"
#include "traces.h"

#include <new>

namespace winmem::heap {

namespace detail {
constinit std::atomic<std::uint32_t> fork_waits{0};
constinit std::atomic<Address> process_handle{kNoHandle};
thread_local constinit std::uint32_t held = 0;
} // namespace detail

constinit std::atomic<bool> ends_on_corruption{false};

namespace {

constinit host::Lock registry_lock; // guards the list and the making of the process heap
constinit std::atomic<Heap*> process{nullptr};
constinit Heap* first = nullptr;
constinit Heap* last = nullptr;
constinit unsigned count_of_heaps = 0;

constinit std::uint32_t forking_thread = 0;

// Fork sees every heap between two calls. vm's handlers were registered before and so come after these, on the way in:
// a heap's call may be inside vm when it is waited for here.
//
// Who holds a heap may wait for the registry (HeapCreate between HeapLock and HeapUnlock), so heaps are only tried
// here.
bool try_all_heaps() {
  for (Heap* heap = first; heap != nullptr; heap = heap->next) {
    if (!heap->try_lock()) {
      for (Heap* taken = first; taken != heap; taken = taken->next) {
        taken->unlock();
      }
      return false;
    }
  }
  return true;
}

void before_fork() {
  detail::fork_waits.store(1, std::memory_order_relaxed);
  registry_lock.lock();
  while (!try_all_heaps()) {
    registry_lock.unlock();
    host::yield();
    registry_lock.lock();
  }
  span_map::lock_for_fork();
  lock_records_for_fork();
  Segments::lock_spares_for_fork();
  lock_leftovers_for_fork();
  traces::lock_for_fork();
  forking_thread = host::thread_id();
}

void after_fork() {
  traces::unlock_after_fork();
  unlock_leftovers_after_fork();
  Segments::unlock_spares_after_fork();
  unlock_records_after_fork();
  span_map::unlock_after_fork();
  for (Heap* heap = first; heap != nullptr; heap = heap->next) {
    heap->unlock();
  }
  registry_lock.unlock();
  detail::fork_waits.store(0, std::memory_order_relaxed);
  host::wake_all(detail::fork_waits);
}

void after_fork_in_child() {
  for (Heap* heap = first; heap != nullptr; heap = heap->next) {
    heap->after_fork_in_child(forking_thread);
  }
  after_fork();
}

Heap* make(const HeapOptions& options) {
  void* memory = take_heap_memory();
  if (memory == nullptr) {
    return nullptr;
  }
  Heap* heap = new (memory) Heap{};
  if (!heap->open(options)) {
    give_heap_memory(heap);
    return nullptr;
  }
  return heap;
}

void append(Heap& heap) {
  heap.previous = last;
  (last != nullptr ? last->next : first) = &heap;
  last = &heap;
  ++count_of_heaps;
}

[[gnu::noinline]] Heap* make_process_heap() {
  host::LockHold hold(registry_lock);
  if (Heap* made = process.load(std::memory_order_relaxed)) {
    return made;
  }
  // What threads have at hand is watched by nobody, nor is it known who asked for it.
  bool is_quick = mode() != Mode::debug;
  if (mode() == Mode::hardened) {
    thread_cache::harden();
  }
  Heap* heap = make({.cached = is_quick && host::can_fence_threads() && !host::memory_tools::are_there(),
                     .keeps_large = mode() != Mode::hardened});
  if (heap != nullptr) {
    if (mode() == Mode::debug) {
      traces::open();
    }
    append(*heap);
    process.store(heap, std::memory_order_release);
    detail::process_handle.store(heap->handle(), std::memory_order_release);
  }
  return heap;
}

// At load, behind vm's (101), and not with the first heap: a fork that another thread has begun by then would find this
// room's locks as they are.
[[gnu::constructor(102)]] void install_fork_handlers() {
  host::at_fork(before_fork, after_fork, after_fork_in_child);
  host::can_fence_threads(); // quick, while there is one thread
}

} // namespace

Heap* process_heap() {
  Heap* heap = process.load(std::memory_order_acquire);
  return heap != nullptr ? heap : make_process_heap();
}

Heap* create(const HeapOptions& options) {
  release_leftovers();
  if (process_heap() == nullptr) { // it is the first of the list
    return nullptr;
  }
  Heap* heap = make(options);
  if (heap != nullptr) {
    host::LockHold hold(registry_lock);
    append(*heap);
  }
  return heap;
}

void destroy(Heap& heap) {
  {
    host::LockHold hold(registry_lock);
    (heap.previous != nullptr ? heap.previous->next : first) = heap.next;
    (heap.next != nullptr ? heap.next->previous : last) = heap.previous;
    --count_of_heaps;
  }
  heap.close();
  give_heap_memory(&heap);
}

Heap* from_handle(const void* handle) {
  if (is_process_heap(handle)) {
    return process.load(std::memory_order_relaxed);
  }
  auto at = reinterpret_cast<Address>(handle);
  Span* span = at % kGranule == 0 ? span_map::find(at) : nullptr;
  return span != nullptr && span->kind == SpanKind::header && span->begin == at ? span->heap : nullptr;
}

unsigned count() {
  process_heap();
  host::LockHold hold(registry_lock);
  return count_of_heaps;
}

unsigned copy_handles(unsigned skip, Address* out, unsigned count) {
  host::LockHold hold(registry_lock);
  unsigned number = 0;
  for (Heap* heap = first; heap != nullptr && number < count; heap = heap->next) {
    if (skip > 0) {
      --skip;
    } else {
      out[number++] = heap->handle();
    }
  }
  return number;
}

void trim_all() {
  release_leftovers();
  Segments::release_spares();
  host::LockHold hold(registry_lock);
  for (Heap* heap = first; heap != nullptr; heap = heap->next) {
    if (heap->try_lock()) { // one that is in use is no idle memory
      static_cast<void>(heap->compact(true));
      heap->unlock();
    }
  }
}

} // namespace winmem::heap
