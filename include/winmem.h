// winmem's own functions: what Windows has no call for. Link winmem as for the SDK's functions.
//
// Needs no other header, and stands beside windows.h in any order. Names begin with winmem_; sizes are in bytes.
#ifndef WINMEM_H
#define WINMEM_H

#include <stddef.h>
#include <stdint.h>

#include "winmem_abi.h"

WINMEM_BEGIN_C

// ---- What __try and __except do in Microsoft's compilers ----

struct _EXCEPTION_POINTERS; // windows.h

// Runs body(context). Returns not 0 (TRUE) when it returned.
//
// An exception in it that no vectored handler takes goes to filter(info, context), which answers as the expression of
// an __except does: EXCEPTION_CONTINUE_EXECUTION (-1) goes on, EXCEPTION_CONTINUE_SEARCH (0) asks the winmem_try around
// this one, EXCEPTION_EXECUTE_HANDLER (1) gives the body up: winmem_try then returns 0 (FALSE), and *code, if `code` is
// not NULL, is the code of the exception.
//
// Giving up is like longjmp: destructors in the body do not run. The body may itself be left by longjmp or by a C++
// exception. The filter runs on top of the body's stack; it may call anything. Both functions must not be NULL.
WINMEM_API int winmem_try(void (*body)(void* context), int (*filter)(struct _EXCEPTION_POINTERS* info, void* context),
                          void* context, unsigned* code);

WINMEM_END_C

#endif
