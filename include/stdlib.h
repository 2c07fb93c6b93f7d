// <stdlib.h> of the system, and what of Microsoft's is about memory beyond it.
#pragma GCC system_header // for #include_next

#include_next <stdlib.h>

#ifndef WINMEM_STDLIB_H
#define WINMEM_STDLIB_H

#include <stddef.h>
#include <stdint.h>

#include "corecrt_malloc.h"
#include "winmem_abi.h"

#define _MAX_PATH         260
#define _WRITE_ABORT_MSG  0x1
#define _CALL_REPORTFAULT 0x2

#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#ifndef __max
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#endif

// What a function calls whose argument is invalid. It gets no texts, as from Microsoft's release library: NULL, 0.
typedef void (*_invalid_parameter_handler)(const wchar_t*, const wchar_t*, const wchar_t*, unsigned int, uintptr_t);

WINMEM_BEGIN_C

// For all threads, and for the calling thread, whose own goes first. NULL: none; then the function just returns its
// error, where Windows ends the process. Returns the one before (H143).
WINMEM_API _invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler _Handler);
WINMEM_API _invalid_parameter_handler _get_invalid_parameter_handler(void);
WINMEM_API _invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler _Handler);

WINMEM_END_C

#endif
