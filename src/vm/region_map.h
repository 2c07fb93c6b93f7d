// Address -> region, for the whole user address space.
//
// Owns:      a radix tree of four levels whose entries span 64 GiB, 64 MiB, 64 KiB and 4 KiB. An entry holds a region
// that
//            covers it wholly, a node of the next level, or nothing. So a terabyte costs a few thousand entries.
// Lock:      space_lock (space.h) for changes; readers hold a Reader (epoch.h) or that lock.
// Holds:     M1  a region's entries cover exactly its range
//            M2  a node's bit is set for every entry that holds a region or a node that has a bit set
// Surprise:  lower nodes that become empty stay, since the next reservation there needs them; they take 1/8000 of the
//            address space that was once in use.
#pragma once

#include "region.h"

namespace winmem::vm::region_map {

// The region whose entry covers `at`, live or not, or nullptr.
Region* find(Address at);

// The region whose entry covers `at` or else the first above it and below `limit`; nullptr when there is none.
Region* find_or_next(Address at, Address limit);

// Makes both ends of `range` fall on the borders of entries; the only step that can lack memory. Changes no answer.
[[nodiscard]] bool prepare(AddressRange range);

// Enters `region` (or nothing) for all of `range`, whose ends were prepared.
void set(AddressRange range, Region* region);

// Moves on before any region's entries go. Read before and after a search of a stretch: if it is the same, and no
// region was met that is dead but still entered, then nothing in the stretch has gone meanwhile.
std::uint64_t removals();

// Bytes taken for nodes.
Bytes footprint();

} // namespace winmem::vm::region_map
