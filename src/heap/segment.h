// Where a growable heap's granules come from: regions of 4 MiB, 64 granules each.
//
// Owns:      the regions. Granules are committed when they are first used, more at a time once the heap is large. What
//            is not used any longer goes back to the system after a while (Decay), and at once beyond a limit.
// Lock:      the heap's; spares_lock, a leaf, over what is kept of destroyed heaps.
#pragma once

#include "../vm/page_state.h"
#include "../vm/pool.h"
#include "span.h"

#include <cstdint>

namespace winmem::heap {

class Heap;

inline constexpr unsigned kSegmentGranules = 64;
inline constexpr Bytes kSegmentSize = kSegmentGranules * kGranule;

struct Segment : vm::Pooled {
  Heap* heap;
  AddressRange region;
  Segment* next;
  Segment* previous;
  Segment* next_roomy; // of those that have unused granules
  Segment* previous_roomy;
  std::uint64_t used;      // a bit for each granule
  std::uint64_t guards;    // behind spans, without access (hardening.h); neither used nor committed
  std::uint64_t committed; // those in use and others
  std::uint64_t was_idle;  // committed and not used at the last tick (Decay)
  unsigned number;         // in order of creation
};

struct Granules {
  Address begin = 0; // 0: there is no memory
  Segment* segment = nullptr;
  bool refused = false; // there are free ones, but the system had no memory for them
};

constexpr unsigned granules_of(Bytes size) { return static_cast<unsigned>(round_up(size, kGranule) / kGranule); }

// The record of granules that were just taken.
inline void settle(Span& span, SpanKind kind, Heap& heap, const Granules& taken) {
  span.heap = &heap;
  span.kind = kind;
  span.begin = taken.begin;
  span.segment = taken.segment;
}

class Segments {
public:
  // Neighbouring granules, committed; contents are anything. take_here() looks in the segments that there are.
  Granules take(Heap& heap, unsigned granules);
  Granules take_here(unsigned granules);
  void give(Granules given, unsigned granules);

  // The heap's first segment, whose first granule is the handle: it is used and never committed.
  Granules take_handle(Heap& heap, vm::PageState state);

  // What was idle at the last tick already goes back to the system.
  void tick();
  // All that is committed without use.
  void trim();

  // Every region goes back, but for the first perhaps, which is kept for another heap. The span map was cleared before;
  // the segments are not used any more.
  void release_all();

  // What is kept of destroyed heaps.
  static void release_spares();
  static void lock_spares_for_fork();
  static void unlock_spares_after_fork();

  template <typename Visit> void for_each(Visit visit) const {
    for (Segment* segment = first_; segment != nullptr; segment = segment->next) {
      visit(*segment);
    }
  }

  Bytes idle() const { return (committed_ - used_) * kGranule; }
  const Segment* first() const { return first_; }
  Bytes reserved() const { return segments_ * kSegmentSize; }
  Bytes committed() const { return committed_ * kGranule; }

private:
  void append(Heap& heap, Segment& segment, AddressRange region, std::uint64_t committed);
  Segment* add(Heap& heap);
  bool commit(Segment& segment, unsigned first, unsigned count);
  void decommit(Segment& segment, std::uint64_t granules);
  Granules take_from(Segment& segment, unsigned granules);
  void remove(Segment& segment);

  void link_roomy(Segment& segment);
  void unlink_roomy(Segment& segment);

  Segment* first_ = nullptr; // in order of creation
  Segment* last_ = nullptr;
  Segment* roomy_ = nullptr; // the one that changed last first
  vm::PageState state_ = vm::PageState::read_write;
  std::uint64_t segments_ = 0;
  std::uint64_t committed_ = 0; // granules
  std::uint64_t used_ = 0;      // granules, without the handle
};

} // namespace winmem::heap
