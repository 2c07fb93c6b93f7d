// Time that passes, coarsely: good for a few milliseconds, and cheap; and the time of day. No system call (the vDSO).
#pragma once

#include <cstdint>

namespace winmem::host {

std::uint64_t milliseconds(); // since some moment in the past

// The system's time, exactly: nanoseconds since 1970.
std::uint64_t since_1970();

} // namespace winmem::host
