// A heap: blocks of any size for any thread, with their exact sizes, and all gone at once when it is destroyed.
//
// Owns:      either a growable or a fixed store.
// Lock:      its mutex, which each call takes unless the heap or the call asks for no serialisation. It is held for the
//            books only: no callback, and no touch of a block's contents but zeroing and copying.
// Checks:    every pointer is looked up first, so a block is freed once, by its own heap, and by its start (H61 to
// H65).
#pragma once

#include "../base/status.h"
#include "fixed_store.h"
#include "growable_store.h"
#include "heap_mutex.h"

#include <atomic>

namespace winmem::heap {

struct HeapOptions {
  bool serialized = true;
  bool executable = false;
  bool raises = false; // HEAP_GENERATE_EXCEPTIONS on every call
  Bytes initial = 0;
  Bytes maximum = 0; // 0: growable
};

struct Totals {
  Bytes live = 0; // as requested
  Bytes committed = 0;
  Bytes reserved = 0;
};

class Heap : public vm::Pooled {
public:
  // False without memory; then the heap is as before.
  [[nodiscard]] bool open(const HeapOptions& options);
  void close();

  // nullptr without memory.
  void* allocate(Bytes size, bool zeroed, bool serialized);

  // The same at a multiple of `alignment`, a power of two; not of fixed heaps, which nobody asks for that. The block is
  // freed and reallocated like any other, and loses its alignment where it moves.
  void* allocate_aligned(Bytes size, Bytes alignment, bool zeroed, bool serialized);

  enum class Moving : std::uint8_t { allowed, in_place_only };
  struct Reallocated {
    void* block = nullptr;
    Status status = Status::ok; // invalid_parameter: no block of this heap; no_memory: nothing changed
  };
  Reallocated reallocate(void* block, Bytes size, bool zeroed, Moving moving, bool serialized);

  // False when no block of this heap begins there.
  bool free(void* block, bool serialized);

  inline static constexpr Bytes kNoSize = ~Bytes{0};
  Bytes size_of(const void* block, bool serialized);

  struct Block {
    Address begin = 0; // 0: none
    Bytes size = 0;
  };
  // The live block in whose room `inside` lies; of a growable heap.
  Block block_around(const void* inside, bool serialized);

  // Size of the largest free block that is committed; gives idle memory back (HeapCompact).
  Bytes compact(bool serialized);

  // Whether the books agree with themselves (HeapValidate of all).
  bool is_sound(bool serialized);

  HeapMutex& mutex() { return mutex_; }
  Address handle() const { return handle_; }
  const HeapOptions& options() const { return options_; }
  bool is_fixed() const { return options_.maximum != 0; }
  const GrowableStore& growable() const { return growable_; }
  const FixedStore& fixed() const { return fixed_; }
  Totals totals();

  // What HeapQueryInformation tells: true once it was asked for, or the heap serves blocks of a size in numbers (H80).
  bool is_low_fragmentation();
  void set_low_fragmentation() { low_fragmentation_.store(true, std::memory_order_relaxed); }

  // In the registry's list.
  Heap* next = nullptr;
  Heap* previous = nullptr;

private:
  void* take(Bytes size, bool& is_zero);
  void give(const Found& found);
  Found find(Address at) const;
  bool resize(const Found& found, Bytes size);
  Reallocated make_room(const Found& found, void* block, Bytes size, Moving moving);

  HeapMutex mutex_;
  HeapOptions options_;
  Address handle_ = 0;
  Bytes live_bytes_ = 0;
  std::atomic<bool> low_fragmentation_{false};
  GrowableStore growable_;
  FixedStore fixed_;
};

} // namespace winmem::heap
