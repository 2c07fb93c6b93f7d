// Time that passes, coarsely: good for a few milliseconds, and cheap (the vDSO; no system call).
#pragma once

#include <cstdint>

namespace winmem::host {

std::uint64_t milliseconds(); // since some moment in the past

} // namespace winmem::host
