// Where a region comes to lie: taking and giving back address space, in the arena or outside it.
//
// Lock: all of it under space_lock.
#pragma once

#include "../base/status.h"
#include "region.h"
#include "vm.h"

namespace winmem::vm {

struct Placed {
  Status status = Status::ok;
  AddressRange range{};
  Place place = Place::chunked;
};

Placed place_locked(const ReserveRequest& request);

// How the kernel is told of pages in the arena.
Place arena_place();

// Gives back `range`, whose pages are in no region any more (and unmapped, if outside). In the arena those granules
// come back that no other region touches. Uses the spare hole that its region paid for.
void give_back_locked(AddressRange range, Place place);

// How much address space regions take. May be asked without the lock.
struct ReservedSpace {
  Bytes in_arena = 0;
  Bytes outside = 0;
};
ReservedSpace reserved_space();

} // namespace winmem::vm
