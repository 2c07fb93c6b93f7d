// What Microsoft's headers of C's library share: types, and who hears of an argument that is invalid.
#ifndef WINMEM_CORECRT_H
#define WINMEM_CORECRT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "winmem_abi.h"

typedef int errno_t;
typedef size_t rsize_t;
typedef int64_t __time64_t;

#define _TRUNCATE ((size_t)-1)

WINMEM_BEGIN_C

// Calls the handler of _set_invalid_parameter_handler if there is one; errno is the caller's matter (H143).
WINMEM_API void _invalid_parameter_noinfo(void);

WINMEM_END_C

#endif
