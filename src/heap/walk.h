// One element of a heap after the other, in the order of HeapWalk (H90 to H96).
//
// Stateless: the place in the walk is the last element. The caller holds the heap's lock for all of it, or accepts that
// elements are missed or repeated (H99).
#pragma once

#include "heap.h"

namespace winmem::heap {

enum class Element : std::uint8_t { start, region, uncommitted, live, free };

struct WalkEntry {
  Element kind = Element::start;
  Address at = 0;
  Bytes size = 0;     // of a live block: as requested
  Bytes overhead = 0; // beside it
  unsigned region = 0;
  // Regions only.
  Bytes committed = 0;
  Bytes uncommitted = 0;
  AddressRange blocks{};
};

inline constexpr unsigned kLargeRegion = 64; // the number that large blocks show

enum class Walked : std::uint8_t { element, end, no_such_place };

// From `entry` to the next one.
Walked next_element(Heap& heap, WalkEntry& entry, bool serialized);

} // namespace winmem::heap
