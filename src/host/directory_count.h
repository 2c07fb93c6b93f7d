// Counting the numbered entries of the kernel's directories: processes in /proc, blocks of memory, NUMA nodes.
#pragma once

#include <cstdint>

namespace winmem::host {

// How many entries of the directory are `prefix` with a decimal number behind it; 0 where it cannot be read.
std::uint64_t count_numbered(const char* directory, const char* prefix);

} // namespace winmem::host
