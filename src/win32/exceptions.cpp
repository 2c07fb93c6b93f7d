// errhandlingapi.h's exceptions, and what processthreadsapi.h and winmem.h have of them.
#include "../exception/exception.h"
#include "../host/alternate_stack.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <winmem.h>

using namespace winmem;
using win32::fail;

namespace {

// ntdll's functions do it all, and say nothing of why not.
PVOID added(PVOID handle, PVECTORED_EXCEPTION_HANDLER handler) {
  if (handle == nullptr) {
    fail(handler == nullptr ? Status::invalid_parameter : Status::no_memory);
  }
  return handle;
}

} // namespace

PVOID WINAPI AddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return added(RtlAddVectoredExceptionHandler(First, Handler), Handler);
}

ULONG WINAPI RemoveVectoredExceptionHandler(PVOID Handle) { return RtlRemoveVectoredExceptionHandler(Handle); }

PVOID WINAPI AddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return added(RtlAddVectoredContinueHandler(First, Handler), Handler);
}

ULONG WINAPI RemoveVectoredContinueHandler(PVOID Handle) { return RtlRemoveVectoredContinueHandler(Handle); }

LPTOP_LEVEL_EXCEPTION_FILTER WINAPI
SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER lpTopLevelExceptionFilter) {
  if (lpTopLevelExceptionFilter != nullptr) {
    exception::arm();
  }
  return exception::set_top_filter(lpTopLevelExceptionFilter);
}

LONG WINAPI UnhandledExceptionFilter(struct _EXCEPTION_POINTERS* ExceptionInfo) {
  exception::TopFilter filter = exception::top_filter();
  return filter != nullptr ? filter(ExceptionInfo) : EXCEPTION_EXECUTE_HANDLER;
}

VOID WINAPI RaiseException(DWORD dwExceptionCode, DWORD dwExceptionFlags, DWORD nNumberOfArguments,
                           const ULONG_PTR* lpArguments) {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = dwExceptionCode;
  record.ExceptionFlags = dwExceptionFlags & EXCEPTION_NONCONTINUABLE;
  if (lpArguments != nullptr) {
    record.NumberParameters =
        nNumberOfArguments < EXCEPTION_MAXIMUM_PARAMETERS ? nNumberOfArguments : EXCEPTION_MAXIMUM_PARAMETERS;
    for (DWORD i = 0; i < record.NumberParameters; ++i) {
      record.ExceptionInformation[i] = lpArguments[i];
    }
  }
  exception::raise_here(record);
}

BOOL WINAPI SetThreadStackGuarantee(PULONG StackSizeInBytes) {
  // What the program was told, which is not what is there: Windows begins at 0.
  static thread_local constinit ULONG guarantee = 0;
  ULONG wanted = 0;
  if (!nt::read_from_user(wanted, StackSizeInBytes) || !nt::can_write_to_user(StackSizeInBytes)) {
    return fail(Status::access_violation);
  }
  if (wanted > guarantee) {
    switch (host::grow_overflow_room(wanted)) {
    case host::RoomAnswer::ok:
      break;
    case host::RoomAnswer::no_memory:
      return fail(Status::no_memory);
    case host::RoomAnswer::in_use:
    case host::RoomAnswer::too_large:
      return fail(Status::invalid_parameter);
    }
  }
  if (!nt::write_to_user(StackSizeInBytes, guarantee)) {
    return fail(Status::access_violation); // another thread has taken the memory away meanwhile
  }
  guarantee = wanted > guarantee ? static_cast<ULONG>(round_up(wanted, kPage)) : guarantee;
  return TRUE;
}

int winmem_try(void (*body)(void* context), int (*filter)(struct _EXCEPTION_POINTERS* info, void* context),
               void* context, unsigned* code) {
  exception::arm();
  DWORD got = 0;
  bool returned = exception::run_under_filter(body, filter, context, got);
  if (!returned && code != nullptr) {
    *code = got;
  }
  return returned ? TRUE : FALSE;
}
