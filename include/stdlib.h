// <stdlib.h> of the system, and what of Microsoft's is about memory beyond it.
#pragma GCC system_header // for #include_next

#include_next <stdlib.h>

#ifndef WINMEM_STDLIB_H
#define WINMEM_STDLIB_H

#include <stddef.h>
#include <stdint.h>

#include "corecrt_malloc.h"
#include "corecrt_wstdlib.h"
#include "winmem_abi.h"

#define _MAX_PATH         260
#define _WRITE_ABORT_MSG  0x1
#define _CALL_REPORTFAULT 0x2

#ifndef _countof
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#ifndef __max
#define __max(a, b) (((a) > (b)) ? (a) : (b))
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#endif

// What a function calls whose argument is invalid. It gets no texts, as from Microsoft's release library: NULL, 0.
typedef void (*_invalid_parameter_handler)(const wchar_t*, const wchar_t*, const wchar_t*, unsigned int, uintptr_t);

WINMEM_BEGIN_C

// For all threads, and for the calling thread, whose own goes first. NULL: none; then the function just returns its
// error, where Windows ends the process. Returns the one before (H143).
WINMEM_API _invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler _Handler);
WINMEM_API _invalid_parameter_handler _get_invalid_parameter_handler(void);
WINMEM_API _invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler _Handler);

// What abort does beside ending the process, bits of _WRITE_ABORT_MSG and _CALL_REPORTFAULT: those in _Mask become as
// in _Flags. Returns what they were, both at first. They are only remembered: abort is libc's (H164).
WINMEM_API unsigned int _set_abort_behavior(unsigned int _Flags, unsigned int _Mask);

// Copies _SizeInBytes bytes and swaps each two; of an odd number the last is left out. NULL and a negative size are
// invalid parameters (H163).
WINMEM_API void _swab(char* _Buf1, char* _Buf2, int _SizeInBytes);

extern WINMEM_API errno_t winmem__dupenv_s_by(void* (*_Allocate)(size_t), char** _Buffer, size_t* _BufferCount,
                                              const char* _VarName);
extern WINMEM_API char* winmem__fullpath_by(void* (*_Allocate)(size_t), char* _Buffer, const char* _Path,
                                            size_t _BufferCount);

WINMEM_END_C

// The text of a variable of the environment, whose name is taken with its capitals as on Linux, in a block for the
// program's free, and its length with the end, if _BufferCount is not NULL. NULL and 0 where there is no such variable.
// Returns 0, ENOMEM, or EINVAL for NULL, an invalid parameter (H166).
WINMEM_INLINE errno_t(_dupenv_s)(char** _Buffer, size_t* _BufferCount, const char* _VarName) {
  return winmem__dupenv_s_by(winmem_allocate_, _Buffer, _BufferCount, _VarName);
}

// The path from the root, in _Buffer with its _BufferCount characters; for NULL in a block for the program's free, of
// _MAX_PATH characters or more. An empty path is the current directory. NULL with ERANGE (no room), ENOMEM, ENOENT (no
// such path could be), EINVAL (0 characters, an invalid parameter) (H167).
WINMEM_INLINE char*(_fullpath)(char* _Buffer, const char* _Path, size_t _BufferCount) {
  return winmem__fullpath_by(winmem_allocate_, _Buffer, _Path, _BufferCount);
}

#endif
