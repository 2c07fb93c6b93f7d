#include "last_error.h"

namespace winmem::win32::detail {

thread_local constinit DWORD last_error = 0;

} // namespace winmem::win32::detail

DWORD WINAPI GetLastError(VOID) { return winmem::win32::detail::last_error; }

void WINAPI SetLastError(DWORD dwErrCode) { winmem::win32::set_last_error(dwErrCode); }
