// Rules: E12 E13
//
// Exceptions that a program raises itself, and handlers that jump out of one.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <csetjmp>

namespace apitest {
namespace {

constexpr DWORD kNoncontinuable = 1;

// Continues whatever has one of the tests' own codes, and keeps its record.
class Raised {
public:
  explicit Raised(DWORD code = kOwnCode)
      : watch_([this, code](EXCEPTION_POINTERS* exception) -> LONG {
          if (exception->ExceptionRecord->ExceptionCode != code) {
            return EXCEPTION_CONTINUE_SEARCH;
          }
          record = *exception->ExceptionRecord;
          context = *exception->ContextRecord;
          return EXCEPTION_CONTINUE_EXECUTION;
        }) {}

  int count() const { return watch_.seen(); }

  EXCEPTION_RECORD record = {};
  CONTEXT context = {};

private:
  Watch watch_;
};

TEST(RaiseException, E12_it_returns_to_its_caller_when_a_handler_continues) {
  Raised raised;

  RaiseException(kOwnCode, 0, 0, nullptr);

  EXPECT_EQ(raised.count(), 1);
  EXPECT_EQ(raised.record.ExceptionCode, kOwnCode);
  EXPECT_EQ(raised.record.ExceptionFlags & ~0x80u, 0u);
  EXPECT_EQ(raised.record.ExceptionRecord, nullptr);
  EXPECT_EQ(raised.record.NumberParameters, 0u);
  EXPECT_NE(raised.record.ExceptionAddress, nullptr);
}

TEST(RaiseException, E12_the_arguments_arrive) {
  for (DWORD count = 0; count <= 15; ++count) {
    ULONG_PTR arguments[15];
    for (ULONG_PTR i = 0; i < 15; ++i) {
      arguments[i] = 0x1111111111111111 * i + count;
    }
    Raised raised;

    RaiseException(kOwnCode, 0, count, arguments);

    ASSERT_EQ(raised.record.NumberParameters, count);
    for (DWORD i = 0; i < count; ++i) {
      EXPECT_EQ(raised.record.ExceptionInformation[i], arguments[i]) << i << " of " << count;
    }
  }
}

TEST(RaiseException, E12_more_than_15_arguments_are_clipped) {
  for (DWORD count : {16u, 17u, 1000u, 0x80000000u, 0xFFFFFFFFu}) {
    ULONG_PTR arguments[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    Raised raised;

    RaiseException(kOwnCode, 0, count, arguments);

    EXPECT_EQ(raised.record.NumberParameters, 15u) << count;
    EXPECT_EQ(raised.record.ExceptionInformation[0], 1u);
    EXPECT_EQ(raised.record.ExceptionInformation[14], 15u);
  }
}

TEST(RaiseException, E12_without_an_array_the_count_does_not_matter) {
  for (DWORD count : {0u, 1u, 15u, 16u, 0xFFFFFFFFu}) {
    Raised raised;

    RaiseException(kOwnCode, 0, count, nullptr);

    EXPECT_EQ(raised.count(), 1);
    EXPECT_EQ(raised.record.NumberParameters, 0u) << count;
  }
}

TEST(RaiseException, E12_only_one_flag_is_kept) {
  for (DWORD flags : {0u, 2u, 0x10u, 0x7Eu, 0xFFFFFF7Eu}) {
    Raised raised;

    RaiseException(kOwnCode, flags, 0, nullptr);

    EXPECT_EQ(raised.record.ExceptionFlags & ~0x80u, 0u) << flags;
  }
}

TEST(RaiseException, E12_any_code_can_be_raised) {
  for (DWORD code : {0xC0000005u, 0x80000001u, 0xC00000FDu, 0x80000003u, 1u, 0xE06D7363u}) {
    Raised raised(code);

    RaiseException(code, 0, 0, nullptr);

    EXPECT_EQ(raised.record.ExceptionCode, code);
    EXPECT_EQ(raised.record.NumberParameters, 0u);
  }
}

TEST(RaiseException, E12_E8_it_goes_through_the_list) {
  std::string calls;
  Raised last;
  Watch b([&](EXCEPTION_POINTERS*) { return calls += 'b', EXCEPTION_CONTINUE_SEARCH; });
  Watch a([&](EXCEPTION_POINTERS*) { return calls += 'a', EXCEPTION_CONTINUE_SEARCH; });

  RaiseException(kOwnCode, 0, 0, nullptr);

  EXPECT_EQ(calls, "ab");
  EXPECT_EQ(last.count(), 1);
}

TEST(RaiseException, E12_it_leaves_the_last_error_alone) {
  Raised raised;
  SetLastError(4711);

  RaiseException(kOwnCode, 0, 0, nullptr);

  EXPECT_EQ(GetLastError(), 4711u);
}

TEST(RaiseException, E12_E7_its_context_is_that_of_this_thread) {
  Raised raised;
  const char local = 0;

  RaiseException(kOwnCode, 0, 0, nullptr);

  EXPECT_LT(raised.context.Rsp, number(&local) + 0x1000);
  EXPECT_GT(raised.context.Rsp, number(&local) - 0x4000);
  EXPECT_EQ(raised.context.ContextFlags & CONTEXT_CONTROL, DWORD{CONTEXT_CONTROL});
  EXPECT_NE(raised.context.Rip, 0u);
}

// E12 does not say who notices. Windows lets a vectored handler continue; a frame's filter that does so causes
// STATUS_NONCONTINUABLE_EXCEPTION, whose record leads to the first one.
TEST(RaiseException, E12_an_exception_that_cannot_be_continued_says_so) {
  static jmp_buf mark;
  DWORD flags = 0;
  bool second = false;
  bool leads_back = false;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    const EXCEPTION_RECORD* record = exception->ExceptionRecord;
    if (record->ExceptionCode == 0xC0000025) {
      second = true;
      leads_back = record->ExceptionRecord != nullptr && record->ExceptionRecord->ExceptionCode == kOwnCode;
      std::longjmp(mark, 1);
    }
    flags = record->ExceptionFlags;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  if (APITEST_SETJMP(mark) == 0) {
    RaiseException(kOwnCode, kNoncontinuable, 0, nullptr);
  }

  EXPECT_EQ(flags & ~0x80u, kNoncontinuable);
  EXPECT_EQ(leads_back, second);
}

TEST(RaiseException, E12_E13_exceptions_raised_in_a_handler) {
  int deepest = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    const EXCEPTION_RECORD record = *exception->ExceptionRecord;
    if (record.ExceptionCode != kOwnCode || record.NumberParameters != 1) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    const ULONG_PTR next = record.ExceptionInformation[0] + 1;
    deepest = static_cast<int>(record.ExceptionInformation[0]);
    if (next <= 10) {
      RaiseException(kOwnCode, 0, 1, &next);
    }
    return record.ExceptionInformation[0] == exception->ExceptionRecord->ExceptionInformation[0]
               ? EXCEPTION_CONTINUE_EXECUTION
               : EXCEPTION_CONTINUE_SEARCH;
  });
  const ULONG_PTR one = 1;

  RaiseException(kOwnCode, 0, 1, &one);

  EXPECT_EQ(deepest, 10);
  EXPECT_EQ(watch.seen(), 10);
}

TEST(RaiseException, E12_arguments_may_lie_on_a_page_that_a_handler_commits) {
  Region region = reserve(16);
  region.commit(0, 1);
  auto* arguments = reinterpret_cast<ULONG_PTR*>(region.page(1)) - 1; // the second one is on the reserved page
  *arguments = 7;
  DWORD count = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode == kAccessViolation) {
      return VirtualAlloc(region.page(1), kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr ? EXCEPTION_CONTINUE_EXECUTION
                                                                                        : EXCEPTION_CONTINUE_SEARCH;
    }
    count = exception->ExceptionRecord->NumberParameters;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  RaiseException(kOwnCode, 0, 2, arguments);

  EXPECT_EQ(count, 2u);
}

TEST(RtlRaiseException, E12_the_record_arrives_as_it_is) {
  static const auto raise = lookup<VOID(NTAPI*)(EXCEPTION_RECORD*)>("ntdll", "RtlRaiseException");
  ASSERT_NE(raise, nullptr);
  EXCEPTION_RECORD inner = {};
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = kOwnCode;
  record.ExceptionRecord = &inner;
  record.NumberParameters = 2;
  record.ExceptionInformation[0] = 0x123456789;
  record.ExceptionInformation[1] = ~ULONG_PTR{0};
  Raised raised;

  raise(&record);

  EXPECT_EQ(raised.count(), 1);
  EXPECT_EQ(raised.record.ExceptionRecord, &inner);
  EXPECT_EQ(raised.record.NumberParameters, 2u);
  EXPECT_EQ(raised.record.ExceptionInformation[0], 0x123456789u);
  EXPECT_EQ(raised.record.ExceptionInformation[1], ~ULONG_PTR{0});
  EXPECT_EQ(raised.record.ExceptionFlags & ~0x80u, 0u);
  EXPECT_NE(raised.record.ExceptionAddress, nullptr);
}

// Handlers that never come back.

TEST(JumpOut, of_a_fault_ten_thousand_times) {
  static jmp_buf mark;
  Region region = committed(16, PAGE_NOACCESS);
  volatile int jumped = 0;
  Watch watch([&](EXCEPTION_POINTERS*) -> LONG { std::longjmp(mark, 1); });

  for (volatile int round = 0; round < 10000; ++round) {
    if (APITEST_SETJMP(mark) == 0) {
      exception_probe_read(region.base());
    } else {
      ++jumped;
    }
  }

  EXPECT_EQ(jumped, 10000);
  EXPECT_EQ(watch.seen(), 10000);
}

TEST(JumpOut, of_a_raised_exception_ten_thousand_times) {
  static jmp_buf mark;
  volatile int jumped = 0;
  Watch watch([&](EXCEPTION_POINTERS*) -> LONG { std::longjmp(mark, 1); });

  for (volatile int round = 0; round < 10000; ++round) {
    if (APITEST_SETJMP(mark) == 0) {
      RaiseException(kOwnCode, 0, 0, nullptr);
    } else {
      ++jumped;
    }
  }

  EXPECT_EQ(jumped, 10000);
}

TEST(JumpOut, of_a_fault_inside_a_handler) {
  static jmp_buf mark;
  Region region = committed(16, PAGE_NOACCESS);
  volatile int jumped = 0;
  int depth = 0;
  Watch watch([&](EXCEPTION_POINTERS*) -> LONG {
    if (++depth < 5) {
      exception_probe_read(region.base());
    }
    std::longjmp(mark, 1);
  });

  for (volatile int round = 0; round < 1000; ++round) {
    depth = 0;
    if (APITEST_SETJMP(mark) == 0) {
      exception_probe_read(region.base());
    } else {
      ++jumped;
    }
  }

  EXPECT_EQ(jumped, 1000);
  EXPECT_EQ(watch.seen(), 5000);
}

TEST(JumpOut, handlers_can_be_added_and_removed_afterwards) {
  static jmp_buf mark;
  Region region = committed(16, PAGE_NOACCESS);
  {
    Watch watch([&](EXCEPTION_POINTERS*) -> LONG { std::longjmp(mark, 1); });
    if (APITEST_SETJMP(mark) == 0) {
      exception_probe_read(region.base());
    }
    EXPECT_NE(watch.remove(), 0u);
  }
  Recorder seen;

  EXPECT_EQ(exception_probe_read(region.base()), -1);

  EXPECT_EQ(seen.count(), 1u);
}

} // namespace
} // namespace apitest
