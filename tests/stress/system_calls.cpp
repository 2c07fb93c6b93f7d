#include "system_calls.h"

#include "winapi.h"

#include <psapi.h>

namespace stress {

void process_memory(Random& random) {
  PROCESS_MEMORY_COUNTERS_EX2 all{};
  auto* plain = reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&all);
  auto ask = random.one_in(2) ? K32GetProcessMemoryInfo : GetProcessMemoryInfo;
  MUST(ask(GetCurrentProcess(), plain, sizeof all) && all.cb == sizeof all);
  MUST(all.PeakWorkingSetSize >= all.WorkingSetSize && all.PeakPagefileUsage >= all.PagefileUsage);
  MUST(all.PrivateUsage == all.PagefileUsage);
  MUST(!ask(GetCurrentProcess(), plain, 71) && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
}

void system_figures(Random& random) {
  PERFORMANCE_INFORMATION info{};
  MUST((random.one_in(2) ? K32GetPerformanceInfo : GetPerformanceInfo)(&info, sizeof info));
  MUST(info.CommitTotal <= info.CommitLimit && info.CommitPeak >= info.CommitTotal && info.PageSize == 4096);
  ULONGLONG kilobytes = 0;
  MUST(GetPhysicallyInstalledSystemMemory(&kilobytes) && kilobytes / 4 >= info.PhysicalTotal);
  SIZE_T minimum = 0;
  SIZE_T maximum = 0;
  DWORD flags = 0;
  MUST(GetSystemFileCacheSize(&minimum, &maximum, &flags) && minimum < maximum);
  MUST(!SetSystemFileCacheSize(minimum, maximum, 0) && GetLastError() == ERROR_PRIVILEGE_NOT_HELD);
}

} // namespace stress
