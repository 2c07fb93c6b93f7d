// What Microsoft's <stdio.h> and <wchar.h> both have with wide texts; stdio.h says what it does.
#ifndef WINMEM_CORECRT_WSTDIO_H
#define WINMEM_CORECRT_WSTDIO_H

#include "winmem_allocating.h"

#ifndef WINMEM_CORE // which has both forms of each

WINMEM_BEGIN_C
extern WINMEM_API wchar_t* winmem__wtempnam_by(void* (*_Allocate)(size_t), const wchar_t* _Directory,
                                               const wchar_t* _FilePrefix) WINMEM_WIDE(winmem__wtempnam_by);
WINMEM_END_C

WINMEM_INLINE wchar_t*(_wtempnam)(const wchar_t* _Directory, const wchar_t* _FilePrefix) {
  return winmem__wtempnam_by(winmem_allocate_, _Directory, _FilePrefix);
}

#endif // !WINMEM_CORE

#endif
