// <malloc.h> of the system, and what Microsoft's has beyond it.
#ifndef WINMEM_MALLOC_H
#define WINMEM_MALLOC_H

#pragma GCC system_header // for #include_next

#include_next <malloc.h>

#include <stddef.h>

#include "winmem_abi.h"

// ---- What a walk of the heap tells, and where _malloca puts its blocks ----
#define _HEAPEMPTY    (-1)
#define _HEAPOK       (-2)
#define _HEAPBADBEGIN (-3)
#define _HEAPBADNODE  (-4)
#define _HEAPEND      (-5)
#define _HEAPBADPTR   (-6)
#define _FREEENTRY    0
#define _USEDENTRY    1
#define _HEAP_MAXREQ  0xFFFFFFFFFFFFFFE0U

#define _ALLOCA_S_THRESHOLD    1024
#define _ALLOCA_S_STACK_MARKER 0xCCCC
#define _ALLOCA_S_HEAP_MARKER  0xDDDD
#define _ALLOCA_S_MARKER_SIZE  16

typedef struct _heapinfo {
  int* _pentry;
  size_t _size;
  int _useflag; // _FREEENTRY or _USEDENTRY
} _HEAPINFO;

WINMEM_BEGIN_C

// After a stack overflow was handled and its frames were left: not 0 if the next one will be noticed again, 0 if the
// stack is still too full for that.
WINMEM_API int _resetstkoflw(void);

WINMEM_END_C

#endif
