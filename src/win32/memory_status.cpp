// How much memory there is: GlobalMemoryStatusEx, GlobalMemoryStatus, GetPhysicallyInstalledSystemMemory,
// GetPerformanceInfo, the file cache's limits (rules Y10 to Y31, Y70), winmem_get_memory_status.
#include "../heap/records.h"
#include "../host/machine_census.h"
#include "../host/machine_memory.h"
#include "../nt/system_memory.h"
#include "../nt/user_memory.h"
#include "../object/cells.h"
#include "../object/handle_table.h"
#include "../object/state_page.h"
#include "../sync/pool.h"
#include "../vm/vm.h"
#include "last_error.h"
#include "psapi_name.h"

#include <psapi.h>
#include <winmem.h>

using namespace winmem;

namespace {

MEMORYSTATUSEX describe_memory() {
  nt::SystemMemory memory = nt::system_memory();
  MEMORYSTATUSEX status{};
  status.dwLength = sizeof status;
  status.ullTotalPhys = memory.physical;
  status.ullAvailPhys = memory.available;
  status.dwMemoryLoad =
      memory.physical != 0 ? static_cast<DWORD>((memory.physical - memory.available) * 100 / memory.physical) : 0;
  status.ullTotalPageFile = memory.commit_limit;
  status.ullAvailPageFile = memory.commit_left;
  status.ullTotalVirtual = nt::kVirtualBytes;
  status.ullAvailVirtual = nt::virtual_bytes_left();
  return status;
}

} // namespace

// A NULL pointer faults, here.
BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX lpBuffer) {
  if (lpBuffer->dwLength != sizeof *lpBuffer) {
    return win32::fail(Status::invalid_parameter);
  }
  *lpBuffer = describe_memory();
  return TRUE;
}

VOID WINAPI GlobalMemoryStatus(LPMEMORYSTATUS lpBuffer) {
  MEMORYSTATUSEX status = describe_memory();
  lpBuffer->dwLength = sizeof *lpBuffer;
  lpBuffer->dwMemoryLoad = status.dwMemoryLoad;
  lpBuffer->dwTotalPhys = status.ullTotalPhys;
  lpBuffer->dwAvailPhys = status.ullAvailPhys;
  lpBuffer->dwTotalPageFile = status.ullTotalPageFile;
  lpBuffer->dwAvailPageFile = status.ullAvailPageFile;
  lpBuffer->dwTotalVirtual = status.ullTotalVirtual;
  lpBuffer->dwAvailVirtual = status.ullAvailVirtual;
}

// Y21: never less than GlobalMemoryStatusEx tells; without the kernel's list of blocks that, in whole blocks.
BOOL WINAPI GetPhysicallyInstalledSystemMemory(PULONGLONG TotalMemoryInKilobytes) {
  constexpr Bytes kBlock = Bytes{128} << 20;
  if (TotalMemoryInKilobytes == nullptr) {
    return win32::fail(Status::invalid_parameter);
  }
  Bytes usable = round_up(host::machine_memory().physical, kBlock);
  Bytes installed = host::installed_memory();
  Bytes all = installed > usable ? installed : usable;
  return nt::write_to_user(TotalMemoryInKilobytes, ULONGLONG{all / 1024}) ? TRUE
                                                                          : win32::fail(Status::access_violation);
}

BOOL WINAPI K32GetPerformanceInfo(PPERFORMANCE_INFORMATION pPerformanceInformation, DWORD cb) {
  if (cb < sizeof *pPerformanceInformation) {
    return win32::fail(Status::info_length_mismatch);
  }
  nt::SystemMemory memory = nt::system_memory();
  host::Census census = host::census();
  std::uint64_t handles = object::count_handles();
  handles = handles > census.open_files ? handles : census.open_files;
  PERFORMANCE_INFORMATION info{};
  info.cb = sizeof info;
  info.CommitTotal = bytes_to_pages(memory.commit_limit - memory.commit_left);
  info.CommitLimit = bytes_to_pages(memory.commit_limit);
  info.CommitPeak = bytes_to_pages(memory.most_committed);
  info.CommitPeak = info.CommitPeak > info.CommitTotal ? info.CommitPeak : info.CommitTotal;
  info.PhysicalTotal = bytes_to_pages(memory.physical);
  info.PhysicalAvailable = bytes_to_pages(memory.available);
  info.SystemCache = bytes_to_pages(memory.file_cache);
  info.KernelPaged = bytes_to_pages(memory.kernel_droppable);
  info.KernelNonpaged = bytes_to_pages(memory.kernel_fixed);
  info.KernelTotal = info.KernelPaged + info.KernelNonpaged;
  info.PageSize = kPage;
  info.HandleCount = static_cast<DWORD>(handles != 0 ? handles : 1);
  info.ProcessCount = static_cast<DWORD>(census.processes);
  info.ThreadCount = static_cast<DWORD>(census.threads);
  return nt::write_to_user(pPerformanceInformation, info) ? TRUE : win32::fail(Status::access_violation);
}

WINMEM_PSAPI_NAME(GetPerformanceInfo);

// Y70: Linux sets its file cache no limits, so these are Windows' own defaults.
BOOL WINAPI GetSystemFileCacheSize(PSIZE_T lpMinimumFileCacheSize, PSIZE_T lpMaximumFileCacheSize, PDWORD lpFlags) {
  constexpr SIZE_T kLeast = SIZE_T{1} << 20;
  constexpr SIZE_T kMost = SIZE_T{1} << 40;
  if (lpMinimumFileCacheSize == nullptr || lpMaximumFileCacheSize == nullptr || lpFlags == nullptr) {
    return win32::fail(Status::invalid_parameter);
  }
  if (!nt::can_write_to_user(lpMinimumFileCacheSize) || !nt::can_write_to_user(lpMaximumFileCacheSize) ||
      !nt::can_write_to_user(lpFlags)) {
    return win32::fail(Status::access_violation);
  }
  bool written = nt::write_to_user(lpMinimumFileCacheSize, kLeast) &&
                 nt::write_to_user(lpMaximumFileCacheSize, kMost) && nt::write_to_user(lpFlags, DWORD{0});
  return written ? TRUE : win32::fail(Status::access_violation);
}

BOOL WINAPI SetSystemFileCacheSize(SIZE_T, SIZE_T, DWORD Flags) {
  constexpr DWORD kMaximum = FILE_CACHE_MAX_HARD_ENABLE | FILE_CACHE_MAX_HARD_DISABLE;
  constexpr DWORD kMinimum = FILE_CACHE_MIN_HARD_ENABLE | FILE_CACHE_MIN_HARD_DISABLE;
  if ((Flags & ~(kMaximum | kMinimum)) != 0 || (Flags & kMaximum) == kMaximum || (Flags & kMinimum) == kMinimum) {
    return win32::fail(Status::invalid_parameter);
  }
  return win32::fail(Status::privilege_not_held); // SeIncreaseQuotaPrivilege, which an ordinary user has not
}

std::size_t winmem_get_memory_status(winmem_memory_status* status, std::size_t size) {
  if (size < sizeof *status) {
    win32::fail(Status::info_length_mismatch);
    return 0;
  }
  vm::Usage usage = vm::usage();
  winmem_memory_status now{.commit_charge = usage.committed,
                           .commit_peak = usage.most_committed,
                           .commit_limit = usage.commit_limit,
                           .reserved = usage.reserved_in_arena + usage.reserved_outside,
                           .arena = usage.arena,
                           .bookkeeping = vm::bookkeeping_bytes() + heap::records_footprint() + object::footprint() +
                                          object::state_footprint() + sync::footprint()};
  if (!nt::write_to_user(status, now)) {
    win32::fail(Status::access_violation);
    return 0;
  }
  return sizeof now;
}
