// Placeholders: reserved address space of which whole regions are cut, and joined, and replaced by memory or views.
//
// A placeholder is a region whose pages are all reserved. To split it, join several, or put memory in place of one, is
// bookkeeping: to the kernel all of them are reserved pages. Views: see view.cpp.
#pragma once

#include "../base/status.h"
#include "find_region.h"

namespace winmem::vm {

// Whether the region is a placeholder of exactly this range.
inline bool is_placeholder(const RegionHold& region, AddressRange range) {
  return region && region->origin == Origin::placeholder && region->range == range;
}

// A placeholder as it was before `replacement` came, not seen yet.
inline RegionTraits placeholder_traits(AddressRange range, Place place) {
  return {.range = range, .place = place, .origin = Origin::placeholder};
}

} // namespace winmem::vm
