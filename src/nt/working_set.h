// The limits of the working set, and emptying it: what is legal (Y50 to Y54).
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

struct WorkingSetSize {
  Bytes minimum = 0;
  Bytes maximum = 0;
  DWORD flags = 0; // QUOTA_LIMITS_HARDWS_..., one of each pair
};

Status working_set_size(HANDLE process, WorkingSetSize& out);

// Flags of 0 keep what was set. Both sizes all ones: the working set is emptied, and its limits stay.
// insufficient_resources: the maximum is more than there is memory.
Status set_working_set_size(HANDLE process, const WorkingSetSize& wanted);

Status empty_working_set(HANDLE process);

} // namespace winmem::nt
