// How functions give memory that the program is to free: by the program's own malloc.
//
// They are inline functions, so that their malloc is the one that the program's free belongs to, winmem's or another.
// What they do stands in the library, which is told by whom to allocate. (docs/decisions/0041)
// Used by:  string.h, wchar.h, stdlib.h, stdio.h, direct.h, mbstring.h. A program never includes this file itself.
#ifndef WINMEM_ALLOCATING_H
#define WINMEM_ALLOCATING_H

#include "corecrt.h"

// malloc, for whoever takes its address: the header that declares it may not be included.
WINMEM_INLINE void* winmem_allocate_(size_t _Size) { return __builtin_malloc(_Size); }

// A copy of _Size bytes; NULL if there are none to copy or no memory, then with ENOMEM by malloc.
WINMEM_INLINE void* winmem_copy_(const void* _Bytes, size_t _Size) {
  void* copy = __builtin_malloc(_Size);
  return copy != NULL ? __builtin_memcpy(copy, _Bytes, _Size) : NULL;
}

#endif
