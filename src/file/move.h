// Giving a file another name, also in another file system.
#pragma once

#include "../base/status.h"
#include "../host/file_names.h"

namespace winmem::file {

struct Move {
  host::IfThere if_there = host::IfThere::fail;
  bool may_copy = false;       // into another file system: copied, and the old file removed
  bool writes_through = false; // a copy is on the disk before the old file is removed
};

// sharing_violation: somebody has it open and does not share deletion. object_name_collision: the new name is taken.
// access_denied: what is to be replaced is a directory, read-only, or open. not_same_device, unless it may be copied.
// A failed call changes nothing.
Status move(const char* from, const char* to, const Move& how);

} // namespace winmem::file
