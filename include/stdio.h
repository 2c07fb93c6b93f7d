// <stdio.h> of the system, and what of Microsoft's the memory functions' programs need beyond it.
#pragma GCC system_header // for #include_next

#include_next <stdio.h>

// libc's headers ask theirs for single types in this way.
#if !defined(WINMEM_STDIO_H) && defined(_STDIO_H)
#define WINMEM_STDIO_H

#include "corecrt_wstdio.h"

WINMEM_BEGIN_C

// The descriptor of an open stream; -2 if it has none; -1 with EINVAL for NULL, an invalid parameter (H168).
WINMEM_API int _fileno(FILE* _Stream);

extern WINMEM_API char* winmem__tempnam_by(void* (*_Allocate)(size_t), const char* _DirectoryName,
                                           const char* _FilePrefix);

WINMEM_END_C

// The path of a file that is not there yet, for the program's free: _FilePrefix and a number, in the directory of the
// environment's TMP if that is there, else in _DirectoryName, or the current directory for NULL. NULL without memory
// (ENOMEM), and where the directory is not there (ENOENT) (H167).
WINMEM_INLINE char*(_tempnam)(const char* _DirectoryName, const char* _FilePrefix) {
  return winmem__tempnam_by(winmem_allocate_, _DirectoryName, _FilePrefix);
}

#endif
