// <string.h> of the system, and what of Microsoft's is about memory beyond it.
#pragma GCC system_header // for #include_next

#include_next <string.h>

#ifndef WINMEM_STRING_H
#define WINMEM_STRING_H

#include "corecrt_memcpy_s.h"
#include "corecrt_memory.h"
#include "corecrt_wstring.h"

WINMEM_BEGIN_C

// Copies bytes up to and with the first _Val, at most _MaxCount: the place behind it in _Dst, or NULL if it did not
// come (H163).
WINMEM_API void* _memccpy(void* _Dst, const void* _Src, int _Val, size_t _MaxCount);

WINMEM_END_C

// A copy, for the program's free. NULL for NULL, and with ENOMEM (H166).
WINMEM_INLINE char*(_strdup)(const char* _Source) {
  return _Source != NULL ? (char*)winmem_copy_(_Source, __builtin_strlen(_Source) + 1) : NULL;
}

#endif
