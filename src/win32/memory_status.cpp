// How much memory there is: GlobalMemoryStatusEx, GlobalMemoryStatus (rules Y10 to Y20), winmem_get_memory_status.
#include "../base/address.h"
#include "../heap/records.h"
#include "../host/machine_memory.h"
#include "../nt/user_memory.h"
#include "../object/cells.h"
#include "../object/state_page.h"
#include "../sync/pool.h"
#include "../vm/vm.h"
#include "last_error.h"

#include <winmem.h>

using namespace winmem;

namespace {

constexpr Bytes less(Bytes from, Bytes what) { return from > what ? from - what : 0; }

MEMORYSTATUSEX describe_memory() {
  host::MemoryFigures memory = host::memory_figures();
  vm::set_system_commit_limit(memory.commit);
  vm::Usage usage = vm::usage();
  // The kernel counts the arena as a whole; of that only regions are taken. Without /proc others' memory is not known.
  Bytes mapped = host::mapped_bytes();
  Bytes others = mapped != 0 ? less(mapped, usage.arena) : usage.reserved_outside;
  constexpr Bytes kTotal = kUserEnd - kLowestUser;
  Bytes commit_left = less(usage.commit_limit, usage.committed);

  MEMORYSTATUSEX status{};
  status.dwLength = sizeof status;
  status.ullTotalPhys = memory.physical;
  status.ullAvailPhys = memory.available;
  status.dwMemoryLoad =
      memory.physical != 0 ? static_cast<DWORD>((memory.physical - memory.available) * 100 / memory.physical) : 0;
  status.ullTotalPageFile = usage.commit_limit;
  status.ullAvailPageFile = commit_left < memory.strict_left ? commit_left : memory.strict_left;
  status.ullTotalVirtual = kTotal;
  status.ullAvailVirtual = less(kTotal, others + usage.reserved_in_arena);
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
