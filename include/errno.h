// <errno.h> of the system, and Microsoft's functions about it. The numbers are Linux's, since libc sets them: EDEADLK,
// EILSEQ, ENAMETOOLONG, ENOLCK, ENOSYS, ENOTEMPTY and what Windows has from sockets differ from Windows'.
#pragma GCC system_header // for #include_next

#include_next <errno.h>

#ifndef WINMEM_ERRNO_H
#define WINMEM_ERRNO_H

#include "corecrt.h"

#define STRUNCATE 80 // what the _s functions return that cut a text; Linux has ELIBBAD there

WINMEM_BEGIN_C

// Where this thread's errno is; the same as &errno (H164, as are the others).
WINMEM_API int* _errno(void);

// A number beside errno: on Windows the system's error behind it. Nothing here sets it but _set_doserrno.
WINMEM_API unsigned int* __doserrno(void);

// Return 0; EINVAL for NULL, as an invalid parameter.
WINMEM_API errno_t _get_errno(int* _Value);
WINMEM_API errno_t _set_errno(int _Value);
WINMEM_API errno_t _get_doserrno(unsigned int* _Value);
WINMEM_API errno_t _set_doserrno(unsigned int _Value);

WINMEM_END_C

#define _doserrno (*__doserrno())

#endif
