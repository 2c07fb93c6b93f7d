// ntdll's exceptions: contexts, back traces, raising a record.
#include "../exception/context.h"
#include "../exception/exception.h"
#include "../host/backtrace.h"
#include "../host/memory.h"
#include "user_memory.h"

#include <winternl.h>

#include <ntstatus.h>

using namespace winmem;
using exception::Kind;

namespace {

PVOID add(Kind kind, ULONG first, PVECTORED_EXCEPTION_HANDLER handler) {
  if (handler == nullptr) {
    return nullptr;
  }
  exception::arm();
  return exception::add_vectored(kind, first != 0, handler);
}

} // namespace

// RtlCaptureContext is in exception/context.cpp, since it is made of instructions.

VOID NTAPI RtlRestoreContext(PCONTEXT ContextRecord, struct _EXCEPTION_RECORD* ExceptionRecord) {
  CONTEXT context = *ContextRecord;
  if (ExceptionRecord != nullptr && ExceptionRecord->ExceptionCode == static_cast<DWORD>(STATUS_UNWIND_CONSOLIDATE) &&
      ExceptionRecord->NumberParameters >= 1) {
    auto consolidate = reinterpret_cast<PVOID (*)(EXCEPTION_RECORD*)>(ExceptionRecord->ExceptionInformation[0]);
    context.Rip = reinterpret_cast<DWORD64>(consolidate(ExceptionRecord));
  }
  exception::restore(context);
}

VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord) {
  ExceptionRecord->ExceptionAddress = __builtin_return_address(0);
  exception::raise_record(*ExceptionRecord);
}

[[gnu::noinline]] WORD NTAPI RtlCaptureStackBackTrace(DWORD FramesToSkip, DWORD FramesToCapture, PVOID* BackTrace,
                                                      PDWORD BackTraceHash) {
  constexpr Bytes kOnStack = 128;
  constexpr Bytes kMostFrames = 0xFFFF;
  constexpr Bytes kOwn = 8; // winmem's own frames and those that a sanitizer puts around libc's, at most
  Bytes capture = FramesToCapture < kMostFrames ? FramesToCapture : kMostFrames;
  Bytes wanted = kOwn + (FramesToSkip < kMostFrames ? FramesToSkip : kMostFrames) + capture;
  void* few[kOnStack];
  void** addresses = few;
  Bytes size = round_up(wanted * sizeof(void*), kPage);
  if (wanted > kOnStack) {
    addresses = static_cast<void**>(host::map_tables(size));
    if (addresses == nullptr) {
      addresses = few;
      wanted = kOnStack;
    }
  }
  Bytes got = host::back_trace(addresses, wanted);
  Bytes first = 0;
  while (first < got && addresses[first] != __builtin_return_address(0)) {
    ++first;
  }
  first += FramesToSkip;
  WORD count = 0;
  DWORD hash = 0;
  for (Bytes i = first; i < got && count < capture; ++i) {
    BackTrace[count++] = addresses[i];
    hash += static_cast<DWORD>(reinterpret_cast<Address>(addresses[i]));
  }
  if (addresses != few) {
    auto begin = reinterpret_cast<Address>(addresses);
    static_cast<void>(host::unmap({begin, begin + size}));
  }
  if (BackTraceHash != nullptr) {
    *BackTraceHash = hash;
  }
  return count;
}

PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return add(Kind::exception_handler, First, Handler);
}

ULONG NTAPI RtlRemoveVectoredExceptionHandler(PVOID Handle) {
  return exception::remove_vectored(Kind::exception_handler, Handle) ? TRUE : FALSE;
}

PVOID NTAPI RtlAddVectoredContinueHandler(ULONG First, PVECTORED_EXCEPTION_HANDLER Handler) {
  return add(Kind::continue_handler, First, Handler);
}

ULONG NTAPI RtlRemoveVectoredContinueHandler(PVOID Handle) {
  return exception::remove_vectored(Kind::continue_handler, Handle) ? TRUE : FALSE;
}

VOID NTAPI RtlRaiseStatus(NTSTATUS Status) {
  EXCEPTION_RECORD record{};
  record.ExceptionCode = static_cast<DWORD>(Status);
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  record.ExceptionAddress = __builtin_return_address(0);
  exception::raise_record(record);
}

NTSTATUS NTAPI NtRaiseException(PEXCEPTION_RECORD ExceptionRecord, PCONTEXT ContextRecord, BOOLEAN FirstChance) {
  EXCEPTION_RECORD record;
  alignas(16) CONTEXT context;
  if (!nt::read_from_user(record, ExceptionRecord) || !nt::read_from_user(context, ContextRecord)) {
    return STATUS_ACCESS_VIOLATION;
  }
  exception::raise_at(record, context, FirstChance != FALSE);
}

NTSTATUS NTAPI NtContinue(PCONTEXT ContextRecord, BOOLEAN) {
  alignas(16) CONTEXT context;
  if (!nt::read_from_user(context, ContextRecord)) {
    return STATUS_ACCESS_VIOLATION;
  }
  exception::restore(context);
}
