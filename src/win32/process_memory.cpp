// What the process uses of memory: GetProcessMemoryInfo (rules Y40 to Y43).
#include "../nt/process_memory.h"
#include "../nt/process_handle.h"
#include "../nt/user_memory.h"
#include "last_error.h"
#include "psapi_name.h"

#include <psapi.h>

using namespace winmem;

namespace {

// The longest form; the others are its beginning.
PROCESS_MEMORY_COUNTERS_EX2 counters(DWORD size) {
  nt::ProcessMemory memory = nt::process_memory();
  PROCESS_MEMORY_COUNTERS_EX2 all{};
  all.cb = size;
  all.PageFaultCount = static_cast<DWORD>(memory.faults); // 32 bits of it, as on Windows
  all.PeakWorkingSetSize = memory.most_resident;
  all.WorkingSetSize = memory.resident;
  // Linux has no pools and no peaks of what stands for them.
  all.QuotaPagedPoolUsage = memory.kernel_tables;
  all.QuotaPeakPagedPoolUsage = memory.kernel_tables;
  all.QuotaNonPagedPoolUsage = memory.handle_tables;
  all.QuotaPeakNonPagedPoolUsage = memory.handle_tables;
  all.PagefileUsage = memory.committed;
  all.PeakPagefileUsage = memory.most_committed;
  all.PrivateUsage = memory.committed;
  all.PrivateWorkingSetSize = memory.private_resident;
  all.SharedCommitUsage = memory.shared_committed;
  return all;
}

} // namespace

BOOL WINAPI K32GetProcessMemoryInfo(HANDLE Process, PPROCESS_MEMORY_COUNTERS ppsmemCounters, DWORD cb) {
  constexpr DWORD kSizes[] = {sizeof(PROCESS_MEMORY_COUNTERS_EX2), sizeof(PROCESS_MEMORY_COUNTERS_EX),
                              sizeof(PROCESS_MEMORY_COUNTERS)};
  for (DWORD size : kSizes) {
    if (cb < size) {
      continue;
    }
    if (Status status = nt::check_process_query(Process, PROCESS_VM_READ); status != Status::ok) {
      return win32::fail(status);
    }
    PROCESS_MEMORY_COUNTERS_EX2 all = counters(size);
    const auto* bytes = reinterpret_cast<const char*>(&all);
    return nt::write_array_to_user(reinterpret_cast<char*>(ppsmemCounters), bytes, size)
               ? TRUE
               : win32::fail(Status::access_violation);
  }
  win32::set_last_error(ERROR_INSUFFICIENT_BUFFER);
  return FALSE;
}

WINMEM_PSAPI_NAME(GetProcessMemoryInfo);
