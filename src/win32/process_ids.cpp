// Who calls: the pseudo handles and the numbers of the process and the thread.

#include "../host/own_process.h"

#include <windows.h>

namespace {

// Handles that mean "the caller's own", whoever that is: Y100. They are never closed and cannot be inherited.
constexpr LONG_PTR kThisProcess = -1;
constexpr LONG_PTR kThisThread = -2;

} // namespace

HANDLE WINAPI GetCurrentProcess(VOID) { return reinterpret_cast<HANDLE>(kThisProcess); }

HANDLE WINAPI GetCurrentThread(VOID) { return reinterpret_cast<HANDLE>(kThisThread); }

DWORD WINAPI GetCurrentProcessId(VOID) { return winmem::host::process_id(); }

// The kernel's number of the thread; in the first thread it equals the process's.
DWORD WINAPI GetCurrentThreadId(VOID) { return winmem::host::thread_id(); }
