// How many processes, threads and open files the machine has, and how much memory is built into it.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

// What this process may see: in a container its processes, but the whole machine's threads and files. Without /proc
// there is this process, and what sysinfo(2) says.
struct Census {
  std::uint64_t processes = 1;
  std::uint64_t threads = 1; // never fewer than processes
  std::uint64_t open_files = 0;
};
Census census();

// Bytes of the memory blocks that the kernel lists, those included that it keeps for itself; 0 where it lists none.
Bytes installed_memory();

} // namespace winmem::host
