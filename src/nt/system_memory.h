// How much memory there is for this process, and how much address space: what several calls tell, in one way.
#pragma once

#include "../base/address.h"

namespace winmem::nt {

inline constexpr Bytes kVirtualBytes = kUserEnd - kLowestUser;

// In bytes. Physical memory is the machine's, or less where a control group limits it; what is committed is this
// process's (docs/decisions/0013-one-commit-count.md).
struct SystemMemory {
  Bytes physical = 0;
  Bytes available = 0;
  Bytes commit_limit = 0;
  Bytes commit_left = 0; // at most the limit
  Bytes most_committed = 0;
  Bytes file_cache = 0; // the machine's, as what follows
  Bytes kernel_droppable = 0;
  Bytes kernel_fixed = 0;
};
SystemMemory system_memory();

// Y13: what is neither reserved nor mapped otherwise.
Bytes virtual_bytes_left();

} // namespace winmem::nt
