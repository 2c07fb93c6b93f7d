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

void memory_notifications(Random&) {
  HANDLE low = CreateMemoryResourceNotification(LowMemoryResourceNotification);
  BOOL is_low = 7;
  MUST(low != nullptr && QueryMemoryResourceNotification(low, &is_low) && (is_low == TRUE || is_low == FALSE));
  DWORD waited = WaitForSingleObject(low, 0);
  MUST(waited == WAIT_OBJECT_0 || waited == static_cast<DWORD>(WAIT_TIMEOUT));
  MUST(CloseHandle(low));
}

void numa_nodes(Random&) {
  ULONG highest = 0;
  MUST(GetNumaHighestNodeNumber(&highest) && highest < 64);
  ULONGLONG mask = 0;
  GROUP_AFFINITY affinity{};
  USHORT count = 0;
  MUST(GetNumaNodeProcessorMask(0, &mask) && GetNumaNodeProcessorMaskEx(0, &affinity) && affinity.Mask == mask);
  MUST(GetNumaNodeProcessorMask2(0, &affinity, 1, &count) && count <= 1);
  MUST(GetNumaAvailableMemoryNode(0, &mask) && GetNumaAvailableMemoryNodeEx(0, &mask) && mask != 0);
  UCHAR node = 7;
  USHORT wide = 7;
  PROCESSOR_NUMBER none{};
  none.Group = 1;
  MUST(!GetNumaProcessorNode(200, &node) && node == 0xFF && !GetNumaProcessorNodeEx(&none, &wide) && wide == 0xFFFF);
  MUST(GetNumaProximityNode(0, &node) && node == 0 && GetNumaProximityNodeEx(0, &wide) && wide == 0);
  MUST(GetActiveProcessorGroupCount() == 1 && GetMaximumProcessorGroupCount() == 1);
  MUST(GetActiveProcessorCount(0) != 0 && GetMaximumProcessorCount(ALL_PROCESSOR_GROUPS) != 0);
  void* base =
      VirtualAllocExNuma(GetCurrentProcess(), nullptr, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, highest);
  MUST(base != nullptr && VirtualFree(base, 0, MEM_RELEASE));
}

// The limits are the process's, so all threads set the same minimum: what VirtualLock may lock follows it.
void working_set(Random& random) {
  HANDLE self = GetCurrentProcess();
  SIZE_T minimum = 50 * 4096;
  SIZE_T maximum = random.between(345, 400) * 4096;
  MUST(random.one_in(2) ? SetProcessWorkingSetSize(self, minimum, maximum)
                        : SetProcessWorkingSetSizeEx(self, minimum, maximum, QUOTA_LIMITS_HARDWS_MIN_DISABLE));
  DWORD flags = 0;
  MUST(GetProcessWorkingSetSize(self, &minimum, &maximum) && minimum == 50 * 4096 && maximum >= 345 * 4096);
  MUST(GetProcessWorkingSetSizeEx(self, &minimum, &maximum, &flags) && flags == 0xA);
  PSAPI_WORKING_SET_EX_INFORMATION page{};
  page.VirtualAddress = &page;
  MUST((random.one_in(2) ? QueryWorkingSetEx : K32QueryWorkingSetEx)(self, &page, sizeof page));
  MUST(page.VirtualAttributes.Valid != 0);
  // The list of all pages takes minutes where a sanitizer maps terabytes and the kernel has no PAGEMAP_SCAN.
  ULONG_PTR count = 0;
  MUST(!(random.one_in(2) ? QueryWorkingSet : K32QueryWorkingSet)(self, &count, sizeof count - 1));
  MUST(GetLastError() == ERROR_BAD_LENGTH && count == 0);
  MUST(!random.one_in(500) || (random.one_in(2) ? EmptyWorkingSet : K32EmptyWorkingSet)(self));
}

// All threads share the token: the privileges that are enabled and disabled here, nobody else needs.
void tokens(Random& random) {
  LUID time_zone{};
  MUST(random.one_in(2) ? LookupPrivilegeValueA(nullptr, "SeTimeZonePrivilege", &time_zone)
                        : LookupPrivilegeValueW(nullptr, L"SeTimeZonePrivilege", &time_zone));
  HANDLE token = nullptr;
  MUST(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token));
  TOKEN_PRIVILEGES wish{};
  wish.PrivilegeCount = 1;
  wish.Privileges[0] = {.Luid = time_zone, .Attributes = random.one_in(2) ? DWORD{SE_PRIVILEGE_ENABLED} : 0};
  TOKEN_PRIVILEGES previous{};
  DWORD length = 0;
  MUST(AdjustTokenPrivileges(token, FALSE, &wish, sizeof previous, &previous, &length) && GetLastError() == 0);
  MUST(length == 4 + 12 * previous.PrivilegeCount);
  BOOLEAN was_enabled = 7;
  MUST(RtlAdjustPrivilege(time_zone.LowPart, TRUE, FALSE, &was_enabled) == 0 && was_enabled <= 1);
  unsigned char held[512];
  MUST(GetTokenInformation(token, TokenPrivileges, held, sizeof held, &length) && length > 16);
  MUST(CloseHandle(token));
}

} // namespace stress
