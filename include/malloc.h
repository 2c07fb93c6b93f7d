// <malloc.h> of the system, and what Microsoft's has beyond it.
#ifndef WINMEM_MALLOC_H
#define WINMEM_MALLOC_H

#pragma GCC system_header // for #include_next

#include_next <malloc.h>

#include <alloca.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "corecrt_malloc.h"
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

// The process heap's handle (H130).
WINMEM_API intptr_t _get_heap_handle(void);

// Whether the heap's books agree: _HEAPOK or _HEAPBADNODE. (H137, as are the next two.)
WINMEM_API int _heapchk(void);

// Gives idle memory back to the system: 0.
WINMEM_API int _heapmin(void);

// The block, live or free, behind *_EntryInfo; the first if its _pentry is NULL. _HEAPOK, _HEAPEND behind the last one,
// _HEAPBADPTR for NULL (with EINVAL) and for what is no block.
WINMEM_API int _heapwalk(_HEAPINFO* _EntryInfo);

// Obsolete, of msvcrt (H165). _heapset fills nothing, and answers as _heapchk does. There is no other memory to add,
// and no count of what is used: -1, and 0, with ENOSYS. There is no heap for small blocks: its threshold is 0, and any
// other an invalid parameter: 0 with EINVAL.
WINMEM_API int _heapset(unsigned int fill);
WINMEM_API int _heapadd(void* memblock, size_t size);
WINMEM_API size_t _heapused(size_t* used, size_t* commit);
WINMEM_API size_t _get_sbh_threshold(void);
WINMEM_API int _set_sbh_threshold(size_t threshold);

// After a stack overflow was handled and its frames were left: not 0 if the next one will be noticed again, 0 if the
// stack is still too full for that.
WINMEM_API int _resetstkoflw(void);

WINMEM_END_C

// ---- Memory of the calling function's frame ----
#define _alloca(size) __builtin_alloca(size)

// Of the frame up to _ALLOCA_S_THRESHOLD, else of the heap; 16-aligned, freed by _freea, NULL without memory (H145).
// The argument is evaluated more than once, as in Microsoft's.
#define _malloca(size)                                                                                                 \
  ((size_t)(size) + _ALLOCA_S_MARKER_SIZE <= (size_t)(size)                                                            \
       ? (void*)0                                                                                                      \
       : _MarkAllocaS((size_t)(size) + _ALLOCA_S_MARKER_SIZE <= _ALLOCA_S_THRESHOLD                                    \
                          ? __builtin_alloca((size_t)(size) + _ALLOCA_S_MARKER_SIZE)                                   \
                          : malloc((size_t)(size) + _ALLOCA_S_MARKER_SIZE),                                            \
                      (size_t)(size) + _ALLOCA_S_MARKER_SIZE <= _ALLOCA_S_THRESHOLD ? _ALLOCA_S_STACK_MARKER           \
                                                                                    : _ALLOCA_S_HEAP_MARKER))

// Says before the memory where it is from.
WINMEM_INLINE void* _MarkAllocaS(void* _Ptr, unsigned int _Marker) {
  if (_Ptr != (void*)0) {
    *(unsigned int*)_Ptr = _Marker;
    return (char*)_Ptr + _ALLOCA_S_MARKER_SIZE;
  }
  return (void*)0;
}

WINMEM_INLINE void _freea(void* _Memory) {
  if (_Memory != (void*)0) {
    void* block = (char*)_Memory - _ALLOCA_S_MARKER_SIZE;
    __asm__("" : "+r"(block)); // the compiler would warn that memory of the frame might be freed
    if (*(unsigned int*)block == _ALLOCA_S_HEAP_MARKER) {
      free(block);
    }
  }
}

#endif
