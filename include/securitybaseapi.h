// Tokens: what a process may do.
#ifndef _SECURITYBASEAPI_H_
#define _SECURITYBASEAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

// Enables, disables or (SE_PRIVILEGE_REMOVED) removes privileges that the token holds: those of NewState, or all are
// disabled. TOKEN_ADJUST_PRIVILEGES is needed, and TOKEN_QUERY with PreviousState, which gets those that changed and
// are still held, as they were before; *ReturnLength the bytes that this takes. TRUE sets the last error, too: 0, or
// ERROR_NOT_ALL_ASSIGNED where the token does not hold all that were named; the others are adjusted. [Y121, Y122]
// Errors: ERROR_INVALID_PARAMETER (neither DisableAllPrivileges nor NewState), ERROR_INVALID_HANDLE,
// ERROR_ACCESS_DENIED, ERROR_NOACCESS, ERROR_INSUFFICIENT_BUFFER (*ReturnLength is set); then nothing has changed.
WINADVAPI BOOL WINAPI AdjustTokenPrivileges(HANDLE TokenHandle, BOOL DisableAllPrivileges, PTOKEN_PRIVILEGES NewState,
                                            DWORD BufferLength, PTOKEN_PRIVILEGES PreviousState, PDWORD ReturnLength);

// What the token is. The only class is TokenPrivileges: a TOKEN_PRIVILEGES with all that it holds. *ReturnLength gets
// the bytes that this takes. TOKEN_QUERY is needed. [Y123]
// Errors: ERROR_INVALID_PARAMETER (class), ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS,
// ERROR_INSUFFICIENT_BUFFER (*ReturnLength is set).
WINADVAPI BOOL WINAPI GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                          LPVOID TokenInformation, DWORD TokenInformationLength, PDWORD ReturnLength);

WINMEM_END_C

#endif
