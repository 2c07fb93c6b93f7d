// NUMA nodes: which there are, their processors and free memory, and from which one pages are taken.
//
// Owns:      the reading of /sys/devices/system/node, or of the directory of that form that WINMEM_NODES names, and the
//            highest node, which is remembered. Without either there is one node, number 0, with all processors.
// Lock:      none.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

inline constexpr unsigned kNoNode = ~0U;

// The highest number of a node that is there; numbers below it may be missing.
unsigned highest_node();
bool is_node(unsigned node);

// Those of the first 64 processors that belong to the node, and that this process may use: processor_mask()'s bits,
// each of which belongs to exactly one node.
std::uint64_t node_processors(unsigned node);

// Free memory of the node, and what belongs to files and can be had back; 0 where it is not known.
Bytes node_memory(unsigned node);

// New pages of `range` come from that node while it has some (kNoNode: from wherever the kernel likes, as usual).
// Advice only; where there is one node nothing is done.
void prefer_node(AddressRange range, unsigned node);

// Whether prefer_node() was ever called with a node. Until then no range has a preference that another use of its
// addresses could meet.
bool nodes_were_preferred();

} // namespace winmem::host
