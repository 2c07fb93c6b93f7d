// What is called when memory is lacking, as Microsoft's <new.h> has it. In C++ it stands for <new> as well.
#ifndef WINMEM_NEW_H
#define WINMEM_NEW_H

#include <stddef.h>

#include "winmem_abi.h"

#ifdef __cplusplus
#include <new>
#endif

// Is told how many bytes were asked for; returns not 0 when it is worth trying again.
typedef int (*_PNH)(size_t);

WINMEM_BEGIN_C

// What operator new calls when memory is lacking and std::set_new_handler set nothing; in mode 1, malloc too. NULL:
// none. Returns the one before (H144).
WINMEM_API _PNH _set_new_handler(_PNH _NewHandler);
WINMEM_API _PNH _query_new_handler(void);

// Whether malloc and its kin call it: 0 (at first) or 1. Returns the mode before; -1 with EINVAL for any other.
WINMEM_API int _set_new_mode(int _NewMode);
WINMEM_API int _query_new_mode(void);

WINMEM_END_C

#endif
