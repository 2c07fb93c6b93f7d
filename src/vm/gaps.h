// Free address space outside the arena, as the kernel has it.
#pragma once

#include "../host/process_map.h"
#include "arena.h"

namespace winmem::vm {

// Free stretches outside the arena in `within`, upwards; visit(stretch) returns true to stop.
template <typename Visit> void for_each_gap(AddressRange within, Visit visit) {
  AddressRange arena = arena::range();
  for (Address at = within.begin; at < within.end;) {
    host::Mapping next;
    bool any = host::next_mapping(at, next);
    Address gap_end = any && next.range.begin < within.end ? next.range.begin : within.end;
    if (arena.contains(at)) {
      at = arena.end;
      continue;
    }
    if (at < gap_end && visit(AddressRange{at, gap_end})) {
      return;
    }
    at = any ? (next.range.end > at ? next.range.end : within.end) : within.end;
  }
}

} // namespace winmem::vm
