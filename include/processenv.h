// The handles of input, output and errors.
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include "minwindef.h"

WINMEM_BEGIN_C

// The handle of STD_INPUT_HANDLE, STD_OUTPUT_HANDLE or STD_ERROR_HANDLE: a file's, or what SetStdHandle said. NULL when
// that descriptor is closed. INVALID_HANDLE_VALUE, ERROR_INVALID_HANDLE: another number.
WINBASEAPI HANDLE WINAPI GetStdHandle(DWORD nStdHandle);

// What GetStdHandle returns from now on; descriptors 0 to 2 stay what they are.
WINBASEAPI BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle);

WINMEM_END_C

#endif
