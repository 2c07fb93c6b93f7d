// What the process's control group lets it use: version 2, version 1, or both.
//
// A limit holds for a group and all groups inside it, so the lowest on the way up to the root counts. Files that are
// not there (no controller, no right to read, no /proc) limit nothing.
#pragma once

#include "../base/address.h"

namespace winmem::host {

inline constexpr Bytes kNoLimit = ~Bytes{0};

struct GroupLimits {
  Bytes memory = kNoLimit;          // physical memory: memory.max; memory.limit_in_bytes
  Bytes swap = kNoLimit;            // of version 2: memory.swap.max
  Bytes memory_and_swap = kNoLimit; // of version 1: memory.memsw.limit_in_bytes
  Bytes in_use = 0;                 // in the group whose `memory` is the lowest
  Bytes cache = 0;                  // of that, what belongs to files and can be had back
};

// Asks anew each time: up to 200 microseconds. The two paths are for tests, which write files of their own.
GroupLimits group_limits(const char* groups = "/proc/self/cgroup", const char* mounts = "/proc/self/mountinfo");

} // namespace winmem::host
