// The free address space of the arena and of the views' window: an ordered set of holes, in whole granules.
//
// Lock:      space_lock (space.h) for everything; there are no readers without it.
// Holds:     O1  holes do not touch or overlap (touching ones are one hole)
//            O2  most_below of a hole is the largest hole in its subtree
// Form:      a treap by address, with the largest size per subtree, so that the lowest or highest hole that fits is
// found
//            in O(log holes).
// Surprise:  returning a range may need a new hole, and a release must not lack memory. So each region pays for one
//            spare hole when it is made; see add_spare().
#pragma once

#include "../base/address.h"

namespace winmem::vm::holes {

struct Wanted {
  Bytes size = 0;             // a multiple of the granule
  Bytes alignment = kGranule; // a power of two, at least the granule
  AddressRange within = kUserSpace;
};

// An address for `wanted`, or 0. Nothing is taken yet.
Address find_lowest(const Wanted& wanted);
Address find_highest(const Wanted& wanted);

// Takes `range` out; false, with nothing changed, when it is not wholly free or memory for the split is lacking.
enum class [[nodiscard]] Taken{yes, not_free, no_memory};
Taken take(AddressRange range);

// Puts `range` back. Uses a spare.
void put_back(AddressRange range);

// Sets a hole aside for a later put_back(); false when there is no memory.
[[nodiscard]] bool add_spare();
void remove_spare();

// The first hole of a stretch; called once for each, before any other use of it. False when there is no memory.
[[nodiscard]] bool start_with(AddressRange range);

Bytes footprint();

} // namespace winmem::vm::holes
