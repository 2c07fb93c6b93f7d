// What process and system use of memory, where the kernel tells less than usual.
#include "scenario.h"

#include <cerrno>
#include <psapi.h>
#include <sys/syscall.h>

namespace faults {
namespace {

bool process_figures() {
  PROCESS_MEMORY_COUNTERS_EX2 all{};
  return GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&all), sizeof all) != 0 &&
         all.PeakWorkingSetSize >= all.WorkingSetSize && all.PrivateUsage >= 64 * kPage;
}

SCENARIO(process_memory, kNever) {
  filled(64);
  trial.call([] { return process_figures(); });
}

SCENARIO(process_memory_without_proc, kBadPointer) {
  filled(64);
  trial.lack(SYS_openat, ENOENT);
  trial.call([] { return process_figures(); });
}

bool system_figures() {
  PERFORMANCE_INFORMATION info{};
  return GetPerformanceInfo(&info, sizeof info) != 0 && info.CommitTotal <= info.CommitLimit &&
         info.PhysicalAvailable <= info.PhysicalTotal && info.ThreadCount >= info.ProcessCount && info.HandleCount >= 1;
}

SCENARIO(performance_information, kNever) {
  trial.call([] { return system_figures(); });
}

SCENARIO(performance_information_without_proc, kBadPointer) {
  trial.lack(SYS_openat, ENOENT);
  trial.call([] { return system_figures(); });
}

SCENARIO(installed_memory, kNever) {
  trial.call([] {
    ULONGLONG kilobytes = 0;
    return GetPhysicallyInstalledSystemMemory(&kilobytes) != 0;
  });
}

} // namespace
} // namespace faults
