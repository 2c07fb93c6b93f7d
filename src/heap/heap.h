// A heap: blocks of any size for any thread, with their exact sizes, and all gone at once when it is destroyed.
//
// Owns:      either a growable or a fixed store.
// Lock:      its mutex, which each call takes unless the heap or the call asks for no serialisation. It is held for the
//            books only, never while a block's contents are touched.
// Caches:    small blocks of the process heap are taken and given back without it (thread_cache.h); fast.h is the way.
// Checks:    every pointer is looked up first, so a block is freed once, by its own heap, and by its start (H61 to
// H65).
#pragma once

#include "../base/status.h"
#include "fixed_store.h"
#include "growable_store.h"
#include "hardening.h"
#include "heap_mutex.h"

#include <atomic>

namespace winmem::heap {

struct HeapOptions {
  bool serialized = true;
  // The process heap only:
  bool cached = false;      // threads keep small free blocks at hand
  bool keeps_large = false; // regions of large blocks stay for a while
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

  // What RtlAllocateHeap keeps beside a block: user_info.cpp.
  struct UserInfo {
    void* value = nullptr;
    std::uint16_t flags = 0; // none: there is no value either; bit 0 says no more than that there is one
  };
  // A block with a value, 0 at first, and flags; of a fixed heap one without them.
  void* allocate_with_user(Bytes size, bool zeroed, std::uint16_t flags, bool serialized);
  // False when it is no block.
  bool user_of(const void* block, UserInfo& info, bool serialized);
  // False when it is no block, or one without a value and flags.
  bool set_user_value(const void* block, void* value, bool serialized);
  bool set_user_flags(const void* block, std::uint16_t reset, std::uint16_t set, bool serialized);

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

  // Whether a block begins there, and nothing was written behind it (HeapValidate of a block).
  bool is_sound(const void* block, bool serialized);

  // Whether something was written behind the live block that begins there. Without the lock.
  bool is_overrun(const void* block) const;

  // Whether the books agree with themselves, and nothing was written behind any block (HeapValidate of all).
  bool is_sound(bool serialized);

  // HeapLock: nobody else uses the heap until as many unlock() have come, which are false for who is not the owner.
  void lock();
  bool try_lock();
  bool unlock();
  HeapMutex& mutex() { return mutex_; } // for those who read what threads may change meanwhile

  // The cache of a thread that ends.
  void take_back(ThreadCache& cache);
  void after_fork_in_child(std::uint32_t forking_thread);

  Address handle() const { return handle_; }
  const HeapOptions& options() const { return options_; }
  bool is_fixed() const { return options_.maximum != 0; }
  const GrowableStore& growable() const { return growable_; }
  const FixedStore& fixed() const { return fixed_; }
  Totals totals();

  // Whether a call has to take the lock although it asks for no serialisation.
  bool locks(bool serialized) const { return serialized || options_.cached; }

  // What HeapQueryInformation tells: true once it was asked for, or the heap serves blocks of a size in numbers (H80).
  bool is_low_fragmentation();
  void set_low_fragmentation() { low_fragmentation_.store(true, std::memory_order_relaxed); }

  // In the registry's list.
  Heap* next = nullptr;
  Heap* previous = nullptr;

private:
  void* take(Bytes size, bool& is_zero, bool grows = false);
  void give(const Found& found);
  Found find(Address at) const;
  bool resize(const Found& found, Bytes size);
  // What to take for a block of `size`, and what is to be done then.
  Bytes padded(Bytes size) const;
  void* without_pad(void* block, Bytes size, bool& is_zero);

  // Whether a write behind a block is seen (slack.h). The process heap's blocks go by threads' caches, without that.
  bool has_guards() const { return !options_.cached || hardening_.is_on(); }
  // Of a block that was taken, or was `old_size` before.
  void guard(const void* block, Bytes old_size = kNoSize);

  // Small blocks of a hardened process heap, by the thread's cache (hardened_heap.cpp). nullptr, unknown, no block: not
  // so.
  bool is_looked_at() const { return hardening_.is_on() && options_.cached; }
  void* allocate_looked_at(Bytes size);
  void* refill_and_look_at(unsigned wanted, Bytes size);
  enum class Freed : std::uint8_t { yes, no, unknown };
  Freed free_looked_at(void* block);
  void* reallocate_looked_at(void* block, Bytes size, bool zeroed, Moving moving);
  bool is_damaged(const Found& found, const void* block) const;
  void* take_with_user(Bytes size, const UserInfo& info, bool& is_zero);
  Reallocated make_room(const Found& found, void* block, Bytes size, Moving moving);

  HeapMutex mutex_;
  HeapOptions options_;
  Address handle_ = 0;
  unsigned stops_ = 0; // of the caches, by the owner of the lock
  std::atomic<bool> low_fragmentation_{false};
  GrowableStore growable_;
  FixedStore fixed_;
  Hardening hardening_;
};

// Holds a heap, and what threads have of it at rest.
class [[nodiscard]] HeapStop {
public:
  HeapStop(Heap& heap, bool serialized) : heap_(heap.locks(serialized) ? &heap : nullptr) {
    if (heap_ != nullptr) {
      heap_->lock();
    }
  }
  ~HeapStop() {
    if (heap_ != nullptr) {
      heap_->unlock();
    }
  }
  HeapStop(const HeapStop&) = delete;
  HeapStop& operator=(const HeapStop&) = delete;

private:
  Heap* heap_;
};

} // namespace winmem::heap
