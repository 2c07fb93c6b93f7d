// What Microsoft's <string.h> and <memory.h> have about bytes beyond the system's.
#ifndef WINMEM_CORECRT_MEMORY_H
#define WINMEM_CORECRT_MEMORY_H

#include "corecrt.h"

WINMEM_BEGIN_C

// As memcmp, with A to Z as a to z. _NLSCMPERROR with EINVAL for NULL, unless _Size is 0 (H163).
WINMEM_API int _memicmp(const void* _Buf1, const void* _Buf2, size_t _Size);

WINMEM_END_C

#define _NLSCMPERROR 0x7fffffff

#endif
