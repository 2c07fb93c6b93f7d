// One region in place of another with the same range: a placeholder becomes memory or a view, and the other way round.
//
// The addresses stay taken all the while, and a query meets either the one or the other.
#pragma once

#include "space.h"

namespace winmem::vm {

// A region that nobody sees yet, to take the place of one with these traits' range; nullptr when there is no memory.
Region* make_successor(const RegionTraits& traits);

// Gives back one that will not be seen.
void drop_successor(Region* region);

// The predecessor's lock is held, and space_lock; the kernel has made the change. `to` becomes what is seen, and `from`
// is no longer live. Its memory and its runs are the caller's to retire. The hole that `from` paid for is `to`'s now.
void hand_over_locked(Region& from, Region& to, PageState state);

} // namespace winmem::vm
