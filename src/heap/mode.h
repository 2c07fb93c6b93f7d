// WINMEM_HEAP: how the heap treats mistakes of the program, for all heaps, from its start.
//
//     (not set)    they fail as on Windows, or end the process from malloc's functions
//     strict       they end the process, with a line that says why
//     hardened     as strict; and what is freed becomes zero, stays out of use for a while, and is looked at before it
//                  is used again (hardening.h)
#pragma once

#include <cstdint>

namespace winmem::heap {

enum class Mode : std::uint8_t { usual, strict, hardened };

// Other words count for nothing.
Mode mode();

} // namespace winmem::heap
