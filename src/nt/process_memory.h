// What this process uses of memory: GetProcessMemoryInfo's figures.
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

struct ProcessMemory {
  Bytes resident = 0;
  Bytes most_resident = 0;
  Bytes private_resident = 0;
  Bytes committed = 0; // of private memory, at once and untouched (Y42)
  Bytes most_committed = 0;
  Bytes shared_committed = 0; // of sections
  Bytes kernel_tables = 0;    // page tables: what a process's memory costs the kernel
  Bytes handle_tables = 0;
  std::uint64_t faults = 0;
};
ProcessMemory process_memory();

} // namespace winmem::nt
