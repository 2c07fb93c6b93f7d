// The last error of a thread, and filters of exceptions.
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include "minwindef.h"

WINMEM_BEGIN_C

typedef LONG(WINAPI* PTOP_LEVEL_EXCEPTION_FILTER)(struct _EXCEPTION_POINTERS* ExceptionInfo);
typedef PTOP_LEVEL_EXCEPTION_FILTER LPTOP_LEVEL_EXCEPTION_FILTER;

// The error code of this thread's last failed call. Calls that succeed leave it alone (N1).
WINBASEAPI DWORD WINAPI GetLastError(VOID);

// Sets this thread's error code.
WINBASEAPI VOID WINAPI SetLastError(DWORD dwErrCode);

WINMEM_END_C

#endif
