// Blocks above a megabyte: each has a region of vm for itself.
//
// Owns:      the regions. Those of freed blocks of the process heap are kept for a while, for the next block of about
//            that size; programs malloc and free the same large buffer over and over.
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
    most_idle_ = keeps_idle ? kMostIdle : 0;
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

  // What was idle at the last tick already goes back (Decay).
  void tick();
  // All that is idle.
  void trim();

  Bytes idle() const { return idle_bytes_; }
  const Span* first() const { return live_.first(); }
  Bytes committed() const { return committed_; }
  Bytes reserved() const { return reserved_; }

  static constexpr Bytes kUsualAlignment = 64;

private:
  Span* take_idle(Bytes size);
  Span* make(Heap& heap, const Wanted& wanted);
  void release(Span& large);

  // So much may be idle, and half of what is in use.
  static constexpr Bytes kMostIdle = Bytes{128} << 20;

  SpanList live_;
  SpanList idle_;
  Bytes idle_bytes_ = 0;
  Bytes most_idle_ = 0; // 0: none at all (H40)
  Bytes committed_ = 0; // idle ones included
  Bytes reserved_ = 0;
  vm::PageState state_ = vm::PageState::read_write;
};

} // namespace winmem::heap
