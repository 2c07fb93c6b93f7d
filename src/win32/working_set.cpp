// The working set: its limits, emptying it, and which pages are in it (rules Y50 to Y56).
#include "../nt/working_set.h"
#include "../nt/query_working_set.h"
#include "../nt/user_memory.h"
#include "last_error.h"
#include "psapi_name.h"

#include <psapi.h>

using namespace winmem;
using win32::fail;

namespace {

BOOL answer(Status status) { return status == Status::ok ? TRUE : fail(status); }

// `flags` is the caller's pointer, or null where the call has none.
Status give_size(HANDLE process, PSIZE_T minimum, PSIZE_T maximum, PDWORD flags, bool has_flags) {
  nt::WorkingSetSize size;
  if (Status status = nt::working_set_size(process, size); status != Status::ok) {
    return status;
  }
  if (!nt::can_write_to_user(minimum) || !nt::can_write_to_user(maximum) ||
      (has_flags && !nt::can_write_to_user(flags))) {
    return Status::access_violation;
  }
  bool written = nt::write_to_user(minimum, SIZE_T{size.minimum}) && nt::write_to_user(maximum, SIZE_T{size.maximum}) &&
                 (!has_flags || nt::write_to_user(flags, size.flags));
  return written ? Status::ok : Status::access_violation;
}

} // namespace

BOOL WINAPI GetProcessWorkingSetSize(HANDLE hProcess, PSIZE_T lpMinimumWorkingSetSize,
                                     PSIZE_T lpMaximumWorkingSetSize) {
  return answer(give_size(hProcess, lpMinimumWorkingSetSize, lpMaximumWorkingSetSize, nullptr, false));
}

BOOL WINAPI GetProcessWorkingSetSizeEx(HANDLE hProcess, PSIZE_T lpMinimumWorkingSetSize,
                                       PSIZE_T lpMaximumWorkingSetSize, PDWORD Flags) {
  return answer(give_size(hProcess, lpMinimumWorkingSetSize, lpMaximumWorkingSetSize, Flags, true));
}

BOOL WINAPI SetProcessWorkingSetSize(HANDLE hProcess, SIZE_T dwMinimumWorkingSetSize, SIZE_T dwMaximumWorkingSetSize) {
  return answer(nt::set_working_set_size(hProcess, {dwMinimumWorkingSetSize, dwMaximumWorkingSetSize, 0}));
}

BOOL WINAPI SetProcessWorkingSetSizeEx(HANDLE hProcess, SIZE_T dwMinimumWorkingSetSize, SIZE_T dwMaximumWorkingSetSize,
                                       DWORD Flags) {
  return answer(nt::set_working_set_size(hProcess, {dwMinimumWorkingSetSize, dwMaximumWorkingSetSize, Flags}));
}

BOOL WINAPI K32EmptyWorkingSet(HANDLE hProcess) { return answer(nt::empty_working_set(hProcess)); }

BOOL WINAPI K32QueryWorkingSet(HANDLE hProcess, PVOID pv, DWORD cb) {
  return answer(nt::list_working_set(hProcess, pv, cb, nullptr));
}

BOOL WINAPI K32QueryWorkingSetEx(HANDLE hProcess, PVOID pv, DWORD cb) {
  return answer(nt::query_working_set(hProcess, pv, cb, nullptr));
}

WINMEM_PSAPI_NAME(EmptyWorkingSet);
WINMEM_PSAPI_NAME(QueryWorkingSet);
WINMEM_PSAPI_NAME(QueryWorkingSetEx);
