// ntdll's names for exceptions: handlers, raising, going on.
// Rules: E12
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

namespace apitest {
namespace {

int asked = 0;

LONG CALLBACK count_own(EXCEPTION_POINTERS* exception) {
  if (exception->ExceptionRecord->ExceptionCode != kOwnCode) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  ++asked;
  return EXCEPTION_CONTINUE_EXECUTION;
}

TEST(NativeExceptions, handlers_are_added_and_removed_by_ntdlls_names) {
  using Add = PVOID(NTAPI*)(ULONG, PVECTORED_EXCEPTION_HANDLER);
  using Remove = ULONG(NTAPI*)(PVOID);
  auto add = ntdll<Add>("RtlAddVectoredExceptionHandler");
  ASSERT_NE(add, nullptr);
  auto add_continue = ntdll<Add>("RtlAddVectoredContinueHandler");
  ASSERT_NE(add_continue, nullptr);
  asked = 0;

  PVOID handler = add(1, count_own);
  PVOID after = add_continue(1, count_own);
  ASSERT_NE(handler, nullptr);
  ASSERT_NE(after, nullptr);
  RaiseException(kOwnCode, 0, 0, nullptr);
  EXPECT_EQ(asked, 2);
  EXPECT_NE(ntdll<Remove>("RtlRemoveVectoredExceptionHandler")(handler), 0u);
  EXPECT_EQ(ntdll<Remove>("RtlRemoveVectoredExceptionHandler")(handler), 0u);
  EXPECT_NE(ntdll<Remove>("RtlRemoveVectoredContinueHandler")(after), 0u);
  EXPECT_EQ(asked, 2);
}

TEST(NativeExceptions, NtContinue_goes_on_where_a_context_was_captured) {
  auto go_on = ntdll<NTSTATUS(NTAPI*)(PCONTEXT, BOOLEAN)>("NtContinue");
  ASSERT_NE(go_on, nullptr);
  alignas(16) static CONTEXT context;
  volatile int times = 0;

  RtlCaptureContext(&context);
  times = times + 1;
  if (times < 3) {
    context.ContextFlags = CONTEXT_FULL;
    go_on(&context, FALSE);
  }
  EXPECT_EQ(times, 3);
}

TEST(NativeExceptions, NtRaiseException_goes_on_where_its_context_says) {
  auto raise = ntdll<NTSTATUS(NTAPI*)(PEXCEPTION_RECORD, PCONTEXT, BOOLEAN)>("NtRaiseException");
  ASSERT_NE(raise, nullptr);
  alignas(16) static CONTEXT context;
  volatile int times = 0;
  EXCEPTION_RECORD record{};
  record.ExceptionCode = kOwnCode;
  record.NumberParameters = 1;
  record.ExceptionInformation[0] = 42;
  ULONG_PTR parameter = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != kOwnCode) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    parameter = exception->ExceptionRecord->ExceptionInformation[0];
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  RtlCaptureContext(&context);
  times = times + 1;
  if (times == 1) {
    context.ContextFlags = CONTEXT_FULL;
    raise(&record, &context, TRUE);
  }
  EXPECT_EQ(times, 2);
  EXPECT_EQ(parameter, 42u);
}

TEST(NativeExceptions, RtlRaiseStatus_is_an_exception_that_must_not_be_continued) {
  auto raise = ntdll<void(NTAPI*)(NTSTATUS)>("RtlRaiseStatus");
  ASSERT_NE(raise, nullptr);
  alignas(16) static CONTEXT back;
  volatile bool is_raised = false;
  EXCEPTION_RECORD seen{};
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != kOwnCode) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    seen = *exception->ExceptionRecord;
    *exception->ContextRecord = back; // a handler of ours may go on elsewhere: vectored ones are not refused
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  RtlCaptureContext(&back);
  if (!is_raised) {
    is_raised = true;
    back.ContextFlags = CONTEXT_FULL;
    raise(static_cast<NTSTATUS>(kOwnCode));
  }
  EXPECT_EQ(seen.ExceptionFlags & 1, 1u);
  EXPECT_EQ(seen.NumberParameters, 0u);
}

TEST(NativeExceptions, DbgBreakPoint_is_a_breakpoint) {
  auto stop = ntdll<void (*)()>("DbgBreakPoint");
  ASSERT_NE(stop, nullptr);
  EXCEPTION_RECORD seen{};
  unsigned char code = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != 0x80000003) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    seen = *exception->ExceptionRecord;
    code = *reinterpret_cast<unsigned char*>(exception->ContextRecord->Rip);
    ++exception->ContextRecord->Rip;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  stop();
  EXPECT_EQ(watch.seen(), 1);
  EXPECT_EQ(code, 0xCC);
}

} // namespace
} // namespace apitest
