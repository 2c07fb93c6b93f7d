// What Microsoft's <stdlib.h> and <wchar.h> both have with wide texts; stdlib.h says what each does.
#ifndef WINMEM_CORECRT_WSTDLIB_H
#define WINMEM_CORECRT_WSTDLIB_H

#include "winmem_allocating.h"

#ifndef WINMEM_CORE // which has both forms of each

WINMEM_BEGIN_C
extern WINMEM_API errno_t winmem__wdupenv_s_by(void* (*_Allocate)(size_t), wchar_t** _Buffer, size_t* _BufferCount,
                                               const wchar_t* _VarName) WINMEM_WIDE(winmem__wdupenv_s_by);
extern WINMEM_API wchar_t* winmem__wfullpath_by(void* (*_Allocate)(size_t), wchar_t* _Buffer, const wchar_t* _Path,
                                                size_t _BufferCount) WINMEM_WIDE(winmem__wfullpath_by);
WINMEM_END_C

WINMEM_INLINE errno_t(_wdupenv_s)(wchar_t** _Buffer, size_t* _BufferCount, const wchar_t* _VarName) {
  return winmem__wdupenv_s_by(winmem_allocate_, _Buffer, _BufferCount, _VarName);
}
WINMEM_INLINE wchar_t*(_wfullpath)(wchar_t* _Buffer, const wchar_t* _Path, size_t _BufferCount) {
  return winmem__wfullpath_by(winmem_allocate_, _Buffer, _Path, _BufferCount);
}

#endif // !WINMEM_CORE

#endif
