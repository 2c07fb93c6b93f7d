// Mappings outside the arena that are just coming or going, as queries must know them.
//
// Between the kernel's mmap and the moment a new region is live, and likewise at its end, the kernel has a mapping that
// the region map does not show as a region. To a query it would look like foreign memory, which it never was. So
//
//   announce()   before the mmap, says where: from then on a query takes a mapping there for free memory
//   settle()     when the region is in the map, as one that is coming (RunRoot::coming), or when it is gone again
//   leaving()    before a munmap: an answer of the kernel's from before it may be out of date
//
// Lock:      the three are called under space_lock, so at most one range is announced at any time. Readers take none: a
//            query that began before changes() moved asks again.
#pragma once

#include "../base/address.h"

#include <atomic>
#include <cstdint>

namespace winmem::vm::outside {

void announce(AddressRange range);
void settle();
void leaving();

// Read before the region map and the kernel are asked, and again afterwards.
std::uint64_t changes();

// The announced range if it contains `at`, else an empty one. When it is empty, the region map is asked next: whatever
// was announced before is there by now.
AddressRange announced_at(Address at);

} // namespace winmem::vm::outside
