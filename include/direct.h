// The current directory.
#ifndef WINMEM_DIRECT_H
#define WINMEM_DIRECT_H

#include "winmem_allocating.h"

#ifndef WINMEM_CORE // which has both forms of each

WINMEM_BEGIN_C
extern WINMEM_API char* winmem__getcwd_by(void* (*_Allocate)(size_t), char* buffer, int maxlen);
extern WINMEM_API wchar_t* winmem__wgetcwd_by(void* (*_Allocate)(size_t), wchar_t* buffer, int maxlen)
    WINMEM_WIDE(winmem__wgetcwd_by);
WINMEM_END_C

// The current directory, a path of Linux, in buffer with its maxlen characters; for NULL in a block for the program's
// free, of maxlen characters or more. NULL with ERANGE (no room), ENOMEM, ENOENT (it was removed), or EINVAL (a maxlen
// of 0 or less with a buffer, an invalid parameter) (H167).
WINMEM_INLINE char*(_getcwd)(char* buffer, int maxlen) { return winmem__getcwd_by(winmem_allocate_, buffer, maxlen); }
WINMEM_INLINE wchar_t*(_wgetcwd)(wchar_t* buffer, int maxlen) {
  return winmem__wgetcwd_by(winmem_allocate_, buffer, maxlen);
}

#endif // !WINMEM_CORE

#endif
