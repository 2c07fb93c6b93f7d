// Where waits for several objects sleep on kernels that cannot sleep on several words: one word for this process and
// all that were forked from it, or it from.
//
// Holds:     B1  who is going to sleep on the bell counts himself in the slots' `crowd`, then reads the bell, then the
//                slots, then sleeps on what he read of the bell. Who changes a slot and finds a crowd rings.
//            B2  it lies with the first slots (pool.h), so processes that share a slot share the bell. Processes that
//                know a slot by its name have other bells: see kNamedLookAgain.
#pragma once

#include <cstdint>

namespace winmem::sync {

inline constexpr std::uint64_t kNamedLookAgain = 10'000'000; // nanoseconds

// nullptr when the kernel has no memory for it.
const std::uint32_t* bell_word();
std::uint32_t read_bell();
void ring_bell();

} // namespace winmem::sync
