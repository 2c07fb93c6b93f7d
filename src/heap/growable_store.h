// The blocks of a growable heap: slabs of small ones, spans of one block, and regions of their own for large ones.
//
// Lock:      the heap's. Each call does all or nothing.
#pragma once

#include "decay.h"
#include "found.h"
#include "large_blocks.h"
#include "segment.h"
#include "singles.h"
#include "thread_cache.h"

namespace winmem::heap {

class GrowableStore {
public:
  // The handle, or 0 without memory.
  Address open(Heap& heap, vm::PageState state);
  void close();

  // nullptr without memory. `is_zero` is set when all of the block is known to be zero. `grows`: it takes the place of
  // a smaller one.
  void* take(Heap& heap, Bytes size, bool& is_zero, bool grows = false);

  // The same, at a multiple of `alignment`, a power of two. Freed and resized like any other.
  void* take_aligned(Heap& heap, Bytes size, Bytes alignment, bool& is_zero);

  // The same in a span of its own, however small it is.
  void* take_alone(Heap& heap, Bytes size, bool& is_zero);

  void give(const Found& found);

  static Found find(const Heap& heap, Address at);

  // The live block in which `at` lies, anywhere in its room.
  static Found find_around(const Heap& heap, Address at);

  // For threads' caches: at least one free block of the class, and up to `most`; 0 without memory. `held` is the slab
  // they come from, which serves nobody else meanwhile; it changes when it has none left.
  unsigned take_some(Heap& heap, unsigned size_class, Span*& held, CachedBlock* out, unsigned most);
  void give_cached(CachedBlock block);
  void let_go(Span& held);

  // Changes the size where the block is. False when there is no room for that.
  bool resize(const Found& found, Bytes size);

  // All that is idle goes back to the system. trim_for_want() is for who got no memory: false when too little
  // is to make a difference.
  void trim();
  bool trim_for_want();

  // Now and then by those who hold the lock: gives back what was idle for a while.
  void give_back_idle();

  // The largest block that could be had without committing memory; blocks of classes only.
  Bytes largest_free() const;

  bool is_sound() const;

  Bytes live_bytes() const; // as requested

  // Whether some slab gave out so many blocks that Windows' front end would have taken over.
  bool has_served_many() const;

  const Segments& segments() const { return segments_; }
  const Span* first_large() const { return large_.first(); }
  Bytes reserved() const { return segments_.reserved() + large_.reserved(); }
  Bytes committed() const { return segments_.committed() + large_.committed(); }

private:
  template <typename Visit> void for_each_span(Visit visit) const;
  Span* slab_with_room(Heap& heap, unsigned size_class);
  void give_block_of(Span& slab, std::uint16_t number);
  Span* add_slab(Heap& heap, unsigned size_class);
  void remove_slab(Span& slab);
  void* take_small(Heap& heap, unsigned wanted, Bytes size);

  Segments segments_;
  Span* header_ = nullptr;
  SpanList slabs_[kClasses] = {}; // with free blocks
  Singles singles_{segments_};
  LargeBlocks large_;
  Decay decay_;
  unsigned small_calls_ = 0;
};

} // namespace winmem::heap
