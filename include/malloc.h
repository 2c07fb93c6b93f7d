// <malloc.h> of the system, and what Microsoft's has beyond it.
#ifndef WINMEM_MALLOC_H
#define WINMEM_MALLOC_H

#include_next <malloc.h>

#include "winmem_abi.h"

WINMEM_BEGIN_C

// After a stack overflow was handled and its frames were left: not 0 if the next one will be noticed again, 0 if the
// stack is still too full for that.
WINMEM_API int _resetstkoflw(void);

WINMEM_END_C

#endif
