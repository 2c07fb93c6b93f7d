// The lock over placement: which addresses are taken, and by which region.
//
// Guards the holes, the changes of the region map, and the pool of regions. It is held for some tens of nanoseconds and
// never through a system call, except where a mapping of its own is made outside the arena or a table grows.
// Order: a region's lock may be held when this one is taken, never the other way round (docs/locking.md).
#pragma once

#include "../host/lock.h"
#include "pool.h"

namespace winmem::vm {

extern host::Lock space_lock;
extern Pool region_pool;
extern Pool view_pool;

} // namespace winmem::vm
