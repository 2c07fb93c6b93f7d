// Where a view comes to lie.
//
// Lock:      all of it under space_lock.
#pragma once

#include "../host/section_memory.h"
#include "view.h"

namespace winmem::vm {

struct ViewPlaced {
  Status status = Status::ok;
  AddressRange range{};
  ViewBed bed = ViewBed::elsewhere;
};

// Maps the view at the address that is asked for, outside the arena, or where there is room. The mapping is announced
// (outside.h). Where that fails the spare hole that was paid for the view is gone.
ViewPlaced map_view_locked(const ViewRequest& request, const host::FileMapping& mapping);

// The addresses of a view that is unmapped already. Uses its spare hole.
void give_back_view_locked(AddressRange range, ViewBed bed);

} // namespace winmem::vm
