// Handles: closing and duplicating them, their flags, and the handle that stands for failure.
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include "minwindef.h"

WINMEM_BEGIN_C

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

// Closes a handle; its object ends with the last handle and the last use. ERROR_INVALID_HANDLE: it is none, or it is
// protected (HANDLE_FLAG_PROTECT_FROM_CLOSE). Pseudo handles: TRUE, without effect (Y101).
WINBASEAPI BOOL WINAPI CloseHandle(HANDLE hObject);

// Another handle to the object, for dwDesiredAccess or with DUPLICATE_SAME_ACCESS; DUPLICATE_CLOSE_SOURCE closes the
// source, also if the rest fails. Both processes must be the own one. ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (Y103).
WINBASEAPI BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                                       LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                                       DWORD dwOptions);

// Whether both handles are to the same object. The last error is not set.
WINBASEAPI BOOL WINAPI CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle);

// HANDLE_FLAG_INHERIT and HANDLE_FLAG_PROTECT_FROM_CLOSE of a handle (Y102). Set: bits of dwMask alone are changed;
// bits that are no flags are ERROR_INVALID_PARAMETER.
WINBASEAPI BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags);
WINBASEAPI BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags);

WINMEM_END_C

#endif
