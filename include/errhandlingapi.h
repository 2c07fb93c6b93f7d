// The last error of a thread; vectored handlers and the filter of unhandled exceptions; raising an exception.
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include "minwindef.h"
#include "winnt.h"

WINMEM_BEGIN_C

typedef LONG(WINAPI* PTOP_LEVEL_EXCEPTION_FILTER)(struct _EXCEPTION_POINTERS* ExceptionInfo);
typedef PTOP_LEVEL_EXCEPTION_FILTER LPTOP_LEVEL_EXCEPTION_FILTER;

// The error code of this thread's last failed call. Calls that succeed leave it alone (N1).
WINBASEAPI DWORD WINAPI GetLastError(VOID);

// Sets this thread's error code.
WINBASEAPI VOID WINAPI SetLastError(DWORD dwErrCode);

// Adds a handler that is asked at every exception of the process, before filters: the first of all if First is not 0,
// else the last. It answers EXCEPTION_CONTINUE_EXECUTION, with the registers in the CONTEXT as they are to be, or
// EXCEPTION_CONTINUE_SEARCH. It runs on the faulting thread, and may call anything. The same function may be added
// twice. Returns a handle; NULL for NULL (ERROR_INVALID_PARAMETER) or without memory (ERROR_NOT_ENOUGH_MEMORY).
// Source: Microsoft's page of the function; rules E7 to E9, E13, E14.
WINBASEAPI PVOID WINAPI AddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);

// Returns not 0, or 0 for what is not, or no more, a handle of AddVectoredExceptionHandler's (E9).
WINBASEAPI ULONG WINAPI RemoveVectoredExceptionHandler(PVOID Handle);

// The same for handlers that are told when an exception was continued, until one answers EXCEPTION_CONTINUE_EXECUTION
// (E10).
WINBASEAPI PVOID WINAPI AddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler);
WINBASEAPI ULONG WINAPI RemoveVectoredContinueHandler(PVOID Handle);

// Sets what is asked when no handler and no filter took an exception, and returns the one before; NULL is none.
// EXCEPTION_CONTINUE_EXECUTION goes on; any other answer ends the process, by the signal of the fault, or SIGABRT for a
// raised one (E11).
WINBASEAPI LPTOP_LEVEL_EXCEPTION_FILTER WINAPI
SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER lpTopLevelExceptionFilter);

// Asks that filter, for a filter of the program's own: its answer, or EXCEPTION_EXECUTE_HANDLER if there is none.
WINBASEAPI LONG WINAPI UnhandledExceptionFilter(struct _EXCEPTION_POINTERS* ExceptionInfo);

// Raises an exception of the caller's. Of dwExceptionFlags only EXCEPTION_NONCONTINUABLE counts; at most
// EXCEPTION_MAXIMUM_PARAMETERS arguments, none if lpArguments is NULL. Returns if a handler lets the program go on
// (E12).
WINBASEAPI VOID WINAPI RaiseException(DWORD dwExceptionCode, DWORD dwExceptionFlags, DWORD nNumberOfArguments,
                                      const ULONG_PTR* lpArguments);

WINMEM_END_C

#endif
