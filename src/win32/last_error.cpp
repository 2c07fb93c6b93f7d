#include "last_error.h"

namespace winmem::win32::detail {

thread_local constinit DWORD last_error = 0;

} // namespace winmem::win32::detail

DWORD WINAPI GetLastError(VOID) { return winmem::win32::detail::last_error; }

void WINAPI SetLastError(DWORD dwErrCode) { winmem::win32::set_last_error(dwErrCode); }

// ntdll's names for the same.
LONG NTAPI RtlGetLastWin32Error() { return static_cast<LONG>(GetLastError()); }

void NTAPI RtlSetLastWin32Error(LONG Win32Error) { SetLastError(static_cast<DWORD>(Win32Error)); }

void NTAPI RtlRestoreLastWin32Error(LONG Win32Error) { SetLastError(static_cast<DWORD>(Win32Error)); }

void NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS Status) { winmem::win32::fail(Status); }
