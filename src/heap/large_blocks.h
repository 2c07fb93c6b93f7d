// Blocks above a megabyte: each has a region of vm for itself.
//
// Owns:      the regions. Those of freed blocks of the process heap are kept for a while; programs malloc and free
//            large buffers over and over. There a region's size is a power of two, of which only what the block needs
//            is committed, so that it serves the next block of any size up to that.
// Lock:      the heap's. Each call does all or nothing.
#pragma once

#include "found.h"
#include "span_list.h"

#include "../vm/page_state.h"

namespace winmem::heap {

class LargeBlocks {
public:
  void open(vm::PageState state, bool keeps_idle) {
    state_ = state;
    keeps_idle_ = keeps_idle;
  }
  void release_all();

  // At a multiple of `alignment`. `grows`: it was made larger just now and may be again, so address space stays free
  // behind it. nullptr without memory.
  struct Wanted {
    Bytes size;
    Bytes alignment = kUsualAlignment;
    bool grows = false;
  };
  Span* take(Heap& heap, const Wanted& wanted, bool& is_zero);
  void give(Span& large);

  // Changes the size where the block is. False when there is no room for that.
  bool resize(Span& large, Bytes size);

  // What was idle at the last tick already goes back (Decay), and what is committed behind a block that left it unused
  // since.
  void tick();
  // All that is idle, without the latter.
  void trim();

  Bytes idle() const { return idle_bytes_; }
  const Span* first() const { return live_.first(); }
  Bytes committed() const { return committed_; }
  Bytes reserved() const { return reserved_; }

  static constexpr Bytes kUsualAlignment = 64;

private:
  // What a block takes of its region: itself and what is before it, in whole pages.
  struct Place {
    Bytes offset;
    Bytes whole;
  };
  static Place place_of(const Wanted& wanted);
  Bytes region_for(const Wanted& wanted, Bytes whole) const;

  Span* take_idle(const Wanted& wanted);
  Span* make(Heap& heap, const Wanted& wanted);
  Bytes step_of(const Span& large) const;
  bool commit_to(Span& large, Address end);
  void decommit_from(Span& large, Address end);
  void release(Span& large);
  SpanList& idle_like(Bytes region);

  // So much may be idle, and half of what is in use.
  static constexpr Bytes kMostIdle = Bytes{256} << 20;

  static constexpr unsigned kOrders = 48; // of regions, up to all address space

  SpanList live_;
  SpanList idle_[kOrders]; // by the logarithm of their regions' sizes
  Bytes idle_bytes_ = 0;
  bool keeps_idle_ = false; // not at all (H40)
  Bytes committed_ = 0;     // idle ones included
  Bytes reserved_ = 0;
  vm::PageState state_ = vm::PageState::read_write;
};

} // namespace winmem::heap
