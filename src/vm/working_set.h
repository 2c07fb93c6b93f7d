// The working set: its limits, as the program set them, and giving pages out of it.
//
// Owns:      the limits. Linux keeps to none of them; but the least of them is what VirtualLock may lock
// (page_locks.h),
//            and programs read back what they set.
// Lock:      none: one word.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::vm {

struct WorkingSetLimits {
  std::uint64_t least = 50; // pages; Windows' defaults (Y50)
  std::uint64_t most = 345;
  bool least_is_hard = false;
  bool most_is_hard = false;
};

// Pages that either limit can be: 8 TiB.
inline constexpr std::uint64_t kMostWorkingSetPages = (std::uint64_t{1} << 31) - 1;

WorkingSetLimits working_set_limits();
void set_working_set_limits(const WorkingSetLimits& limits);

// Asks the kernel to put aside all pages of this process that are not locked. Contents stay; advice only.
void empty_working_set();

} // namespace winmem::vm
