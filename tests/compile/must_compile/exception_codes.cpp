// A handler's switch: with windows.h alone the codes are DWORDs, as ExceptionCode is.
#include <windows.h>

LONG CALLBACK handler(EXCEPTION_POINTERS* pointers) {
  switch (pointers->ExceptionRecord->ExceptionCode) {
  case EXCEPTION_ACCESS_VIOLATION:
  case STATUS_GUARD_PAGE_VIOLATION:
    pointers->ContextRecord->Rip += 3;
    return EXCEPTION_CONTINUE_EXECUTION;
  default:
    return EXCEPTION_CONTINUE_SEARCH;
  }
}

PVECTORED_EXCEPTION_HANDLER as_vectored = handler;
static_assert(static_cast<decltype(STATUS_ACCESS_VIOLATION)>(-1) > 0, "a DWORD without ntstatus.h");
