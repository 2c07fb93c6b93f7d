// Where a growable heap's granules come from: regions of 4 MiB, 64 granules each.
//
// Owns:      the regions. Granules are committed when they are first used, more at a time once the heap is large, and
//            stay committed when they are given back, up to a limit; a segment without any goes back to the system.
// Lock:      the heap's.
#pragma once

#include "../vm/page_state.h"
#include "../vm/pool.h"

#include <cstdint>

namespace winmem::heap {

class Heap;

inline constexpr unsigned kSegmentGranules = 64;
inline constexpr Bytes kSegmentSize = kSegmentGranules * kGranule;
inline constexpr unsigned kMostGranules = 16; // of one span

struct Segment : vm::Pooled {
  Heap* heap;
  AddressRange region;
  Segment* next;
  Segment* previous;
  std::uint64_t used;      // a bit for each granule
  std::uint64_t committed; // those in use and others
};

struct Granules {
  Address begin = 0; // 0: there is no memory
  Segment* segment = nullptr;
  bool refused = false; // there are free ones, but the system had no memory for them
};

class Segments {
public:
  // Neighbouring granules, committed; contents are anything.
  Granules take(Heap& heap, unsigned granules);
  void give(Granules given, unsigned granules);

  // The heap's first segment, whose first granule is the handle: it is used and never committed.
  Granules take_handle(Heap& heap, vm::PageState state);

  // Gives back to the system whatever is committed without use.
  void trim();

  // Every region goes back. The span map was cleared before.
  void release_all();

  template <typename Visit> void for_each(Visit visit) const {
    for (Segment* segment = first_; segment != nullptr; segment = segment->next) {
      visit(*segment);
    }
  }

  const Segment* first() const { return first_; }
  Bytes reserved() const { return segments_ * kSegmentSize; }
  Bytes committed() const { return committed_ * kGranule; }

private:
  Segment* add(Heap& heap);
  bool commit(Segment& segment, unsigned first, unsigned count);
  void decommit(Segment& segment, std::uint64_t granules);
  Granules take_from(Segment& segment, unsigned granules);
  void remove(Segment& segment);

  Segment* first_ = nullptr; // in order of creation; the one that served last is tried first
  Segment* last_ = nullptr;
  Segment* roomy_ = nullptr;
  vm::PageState state_ = vm::PageState::read_write;
  std::uint64_t segments_ = 0;
  std::uint64_t committed_ = 0; // granules
  std::uint64_t used_ = 0;      // granules, without the handle
};

} // namespace winmem::heap
