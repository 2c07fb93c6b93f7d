// WINMEM_HEAP: how the heap treats mistakes of the program, for all heaps, from its start.
//
//     (not set)    they fail as on Windows, or end the process from malloc's functions
//     strict       they end the process, with a line that says why
//     debug        as strict; the line also says who allocated and who freed the block (traces.h), and a write behind a
//                  block of the process heap is seen, as one of another heap is in any mode
//     hardened     as strict; and what is freed becomes zero, stays out of use for a while, and is looked at before it
//                  is used again (hardening.h)
#pragma once

#include <cstdint>

namespace winmem::heap {

enum class Mode : std::uint8_t { usual, strict, debug, hardened };

// Other words count for nothing.
Mode mode();

} // namespace winmem::heap
