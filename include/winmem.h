// winmem's own functions: what Windows has no call for. Link winmem as for the SDK's functions.
//
// Needs no other header, and stands beside windows.h in any order. Names begin with winmem_; sizes are in bytes.
#ifndef WINMEM_H
#define WINMEM_H

#include <stddef.h>
#include <stdint.h>

#include "winmem_abi.h"

WINMEM_BEGIN_C

// ---- What the process has taken through winmem ----

// Later versions may add members at the end; a program that was compiled with these goes on getting these.
typedef struct winmem_memory_status {
  // Committed pages of all regions, untouched and inaccessible ones included: what MEM_COMMIT adds and MEM_DECOMMIT and
  // MEM_RELEASE take away. Memory that winmem did not make is not counted.
  uint64_t commit_charge;
  uint64_t commit_peak;  // the highest value of commit_charge so far
  uint64_t commit_limit; // a commit that would take commit_charge past this fails with ERROR_COMMITMENT_LIMIT
  uint64_t reserved;     // address space in regions, committed or not
  uint64_t arena;        // address space set aside for regions (WINMEM_ARENA); 0 if there is none
  uint64_t bookkeeping;  // memory that winmem took for its own tables
} winmem_memory_status;

// Fills in *status. `size` is sizeof(winmem_memory_status). Returns the number of bytes written, or 0, with the last
// error set, if it is too small (ERROR_BAD_LENGTH) or `status` can't be written (ERROR_NOACCESS). Other threads' calls
// that are under way may be counted or not; when none is, the figures are exact.
WINMEM_API size_t winmem_get_memory_status(winmem_memory_status* status, size_t size);

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

// ---- For loaders of code that was built for Windows ----

typedef void (*winmem_function)(void); // of any type, in the calling convention of Microsoft's compilers for x64

// The function that a DLL of Windows exports by that name, as code of Microsoft's compilers and of mingw-w64 calls it:
// what a loader writes into an import table. `dll` is a name as for GetModuleHandleA ("kernel32.dll", "KERNEL32",
// "api-ms-win-core-memory-l1-1-0.dll"); case does not count there, but in `function`. There is a function for every one
// that winmem has, with wide characters of 16 bits; functions that are passed to it and that it returns are in the same
// convention (a handler, what GetProcAddress finds). Keeps for ever; costs nothing to ask again.
//
// NULL, with the last error set, if there is no such DLL (ERROR_MOD_NOT_FOUND) or function (ERROR_PROC_NOT_FOUND), or
// if an argument is NULL (ERROR_INVALID_PARAMETER).
WINMEM_API winmem_function winmem_find(const char* dll, const char* function);

WINMEM_END_C

#endif
