#include "membarrier.h"

#include "features.h"
#include "syscall.h"

#include <atomic>
#include <cstdint>
#include <ctime>
#include <linux/membarrier.h>

namespace winmem::host {

namespace {

bool register_process() { return system_call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0; }

// A sandbox that came later forbids the call. A processor's stores reach memory by themselves, within microseconds.
void wait_instead() {
  timespec time{.tv_sec = 0, .tv_nsec = 1'000'000};
  system_call(SYS_nanosleep, as_argument(&time));
}

} // namespace

bool can_fence_threads() {
  enum : std::uint32_t { unknown, yes, no };
  static constinit std::atomic<std::uint32_t> answer{unknown};
  if (answer.load(std::memory_order_relaxed) == unknown) {
    answer.store(!disabled(Feature::membarrier) && register_process() ? yes : no, std::memory_order_relaxed);
  }
  return answer.load(std::memory_order_relaxed) == yes;
}

void fence_threads() {
  if (system_call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0) {
    return;
  }
  // Refused with EPERM where the kernel was not told, as in a child that shares nothing with who told it.
  if (!register_process() || system_call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) {
    wait_instead();
  }
}

} // namespace winmem::host
