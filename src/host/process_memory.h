// What the kernel says of this process's memory: how much is resident, and was at most, and how often it faulted.
//
// Cost:      one read of /proc/self/status, about 20 microseconds.
// Without:   /proc, the resident size is what getrusage says it was at most, and the rest is not known.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

struct ProcessMemory {
  Bytes resident = 0;
  Bytes most_resident = 0;    // never less
  Bytes private_resident = 0; // of `resident`, what is neither a file's nor shared memory
  Bytes page_tables = 0;
  std::uint64_t faults = 0; // minor and major ones
};
ProcessMemory process_memory();

} // namespace winmem::host
