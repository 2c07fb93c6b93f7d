// How much memory there is for this process: the machine's, or what its control group leaves of it.
#pragma once

#include "control_group.h"

namespace winmem::host {

// What the kernel says of the machine.
struct MachineMemory {
  Bytes physical = 0;
  Bytes swap = 0;
  Bytes available = 0; // free, and what belongs to files and can be had back
  // Of the memory that is in use: contents of files, and the kernel's own objects, those that it can drop and others.
  Bytes file_cache = 0;
  Bytes kernel_droppable = 0;
  Bytes kernel_fixed = 0;
  // vm.overcommit_memory=2: the kernel itself refuses what would exceed its limit, counting all processes.
  bool is_strict = false;
  Bytes strict_limit = 0;
  Bytes strict_in_use = 0;
};

struct MemoryFigures {
  Bytes physical = 0;  // that the process can use at most
  Bytes available = 0; // of that, what it could have now
  Bytes commit = 0;    // physical memory and swap together: what can be promised; kNoLimit if that is not known
  // What the kernel would promise now if it keeps strict accounts; else no limit.
  Bytes strict_left = kNoLimit;
};

MachineMemory machine_memory();

// Whether the kernel keeps strict accounts, as it was a tenth of a second ago at most.
bool keeps_strict_accounts();

// The lower of what the machine has and what the group allows.
MemoryFigures combine(const MachineMemory& machine, const GroupLimits& group);

// Both. The machine is asked each time, which costs one read of /proc/meminfo; the group, for ten times that, and the
// kernel's way of counting, if that was longer ago than a tenth of a second.
MemoryFigures memory_figures();
MemoryFigures memory_figures(const MachineMemory& machine);

// Address space that the process has mapped beside `own`, in bytes: as it was a tenth of a second ago at most. 0
// without /proc.
Bytes mapped_beside(Bytes own);

} // namespace winmem::host
