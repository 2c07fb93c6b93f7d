// Rules: E6, and the exceptions of the processor other than access violations
//
// Their codes and addresses; and the end of the stack, on a thread of its own.
#include "exception_stack.h"
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <climits>
#include <csetjmp>
#include <thread>

namespace apitest {
namespace {

TEST(ProcessorException, an_illegal_instruction) {
  Recorder seen;

  EXPECT_EQ(exception_probe_illegal(), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_EQ(seen.last().ExceptionCode, 0xC000001Du);
  EXPECT_EQ(seen.last().ExceptionFlags, 0u);
  EXPECT_EQ(seen.last().NumberParameters, 0u);
  EXPECT_EQ(number(seen.last().ExceptionAddress), number(exception_probe_illegal_at));
  EXPECT_EQ(seen.last_context().Rip, number(exception_probe_illegal_at));
}

TEST(ProcessorException, an_illegal_instruction_can_be_skipped) {
  Watch watch([](EXCEPTION_POINTERS* exception) {
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_illegal(), 1);
  EXPECT_EQ(watch.seen(), 1);
}

TEST(ProcessorException, a_division_by_zero) {
  Recorder seen;

  EXPECT_EQ(exception_probe_divide(5, 0), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_EQ(seen.last().ExceptionCode, 0xC0000094u);
  EXPECT_EQ(seen.last().ExceptionFlags, 0u);
  EXPECT_EQ(seen.last().NumberParameters, 0u);
  EXPECT_EQ(number(seen.last().ExceptionAddress), number(exception_probe_divide_at));
  EXPECT_EQ(seen.last_context().Rip, number(exception_probe_divide_at));
}

TEST(ProcessorException, a_division_is_repeated_with_a_changed_divisor) {
  Watch watch([](EXCEPTION_POINTERS* exception) {
    exception->ContextRecord->R8 = 4;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_divide(20, 0), 5);
  EXPECT_EQ(watch.seen(), 1);
}

TEST(ProcessorException, a_breakpoint) {
  Recorder seen;

  EXPECT_EQ(exception_probe_breakpoint(), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_EQ(seen.last().ExceptionCode, 0x80000003u);
  EXPECT_EQ(seen.last().ExceptionFlags, 0u);
  EXPECT_EQ(seen.last().NumberParameters, 1u);
  EXPECT_EQ(seen.last().ExceptionInformation[0], 0u);
  // The breakpoint itself, although the processor has already stepped over it.
  EXPECT_EQ(number(seen.last().ExceptionAddress), number(exception_probe_breakpoint_at));
  EXPECT_EQ(seen.last_context().Rip, number(exception_probe_breakpoint_at));
}

TEST(ProcessorException, a_breakpoint_is_skipped_by_its_one_byte) {
  Watch watch([](EXCEPTION_POINTERS* exception) {
    skip_instruction(exception->ContextRecord, 1);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_breakpoint(), 1);
  EXPECT_EQ(watch.seen(), 1);
}

TEST(ProcessorException, a_privileged_instruction) {
  Recorder seen;

  EXPECT_EQ(exception_probe_privileged(), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_EQ(seen.last().ExceptionCode, 0xC0000096u);
  EXPECT_EQ(seen.last().NumberParameters, 0u);
  EXPECT_EQ(number(seen.last().ExceptionAddress), number(exception_probe_privileged_at));
}

TEST(ProcessorException, E7_a_handler_that_sets_the_trap_flag_gets_one_step) {
  std::vector<EXCEPTION_RECORD> steps;
  DWORD flags = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    if (exception->ExceptionRecord->ExceptionCode == 0x80000004) {
      steps.push_back(*exception->ExceptionRecord);
      flags = exception->ContextRecord->EFlags;
    } else {
      skip_instruction(exception->ContextRecord, 2);
      exception->ContextRecord->EFlags |= 0x100;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_illegal(), 1);

  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(number(steps[0].ExceptionAddress), number(exception_probe_illegal_at) + 7); // behind the next instruction
  EXPECT_EQ(steps[0].NumberParameters, 0u);
  EXPECT_EQ(flags & 0x100, 0u);
}

TEST(ProcessorException, E7_E12_also_when_the_exception_was_raised) {
  int steps = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    if (exception->ExceptionRecord->ExceptionCode == 0x80000004) {
      ++steps;
    } else {
      exception->ContextRecord->EFlags |= 0x100;
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  RaiseException(kOwnCode, 0, 0, nullptr);

  EXPECT_EQ(steps, 1);
}

// Uses up the thread's stack `times` times; each time the handler jumps back, and the stack is made ready again.
struct Overflows {
  int seen = 0;
  int jumped = 0;
  int reset = 0;
  DWORD code = 0;
  DWORD flags = 0;
  std::uintptr_t address = 0;
};

Overflows overflow_stack(int times) {
  static thread_local jmp_buf mark;
  static thread_local Overflows result;
  result = {};
  Watch watch([](EXCEPTION_POINTERS* exception) -> LONG {
    if (exception->ExceptionRecord->ExceptionCode != 0xC00000FD) {
      return EXCEPTION_CONTINUE_SEARCH;
    }
    ++result.seen;
    result.code = exception->ExceptionRecord->ExceptionCode;
    result.flags = exception->ExceptionRecord->ExceptionFlags;
    result.address = number(exception->ExceptionRecord->ExceptionAddress);
    std::longjmp(mark, 1);
  });
  for (volatile int round = 0; round < times; ++round) {
    if (APITEST_SETJMP(mark) == 0) {
      exception_probe_endless(0);
    } else {
      ++result.jumped;
      result.reset += stack::reset_after_overflow() != 0;
    }
  }
  return result;
}

TEST(StackOverflow, E6_the_end_of_the_stack_is_a_stack_overflow) {
  Overflows result;

  std::thread([&] { result = overflow_stack(1); }).join();

  EXPECT_EQ(result.seen, 1);
  EXPECT_EQ(result.code, 0xC00000FDu);
  EXPECT_EQ(result.flags, 0u);
  EXPECT_GE(result.address, number(exception_probe_endless_at));
  EXPECT_LT(result.address, number(exception_probe_endless_at) + 32);
}

TEST(StackOverflow, E6_a_thread_recovers_from_it_again_and_again) {
  Overflows result;

  std::thread([&] { result = overflow_stack(20); }).join();

  EXPECT_EQ(result.seen, 20);
  EXPECT_EQ(result.jumped, 20);
  EXPECT_EQ(result.reset, 20);
}

TEST(StackOverflow, E6_E14_four_threads_at_once) {
  Overflows results[4];
  std::vector<std::thread> threads;

  for (Overflows& result : results) {
    threads.emplace_back([&] { result = overflow_stack(5); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  for (const Overflows& result : results) {
    EXPECT_EQ(result.seen, 5);
    EXPECT_EQ(result.jumped, 5);
  }
}

TEST(StackOverflow, E6_memory_calls_work_in_its_handler) {
  bool right = false;

  std::thread([&] {
    static thread_local jmp_buf mark;
    Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
      if (exception->ExceptionRecord->ExceptionCode != 0xC00000FD) {
        return EXCEPTION_CONTINUE_SEARCH;
      }
      void* base = VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
      right = base != nullptr && VirtualFree(base, 0, MEM_RELEASE);
      std::longjmp(mark, 1);
    });
    ULONG wanted = 0x8000;
    SetThreadStackGuarantee(&wanted);
    if (APITEST_SETJMP(mark) == 0) {
      exception_probe_endless(0);
    }
    stack::reset_after_overflow();
  }).join();

  EXPECT_TRUE(right);
}

TEST(StackGuarantee, the_size_before_comes_back) {
  bool succeeded = false;
  ULONG first = 0;
  ULONG second = 0x8000;
  ULONG third = 0;

  std::thread([&] {
    ULONG wanted = 0x8000;
    succeeded = SetThreadStackGuarantee(&first) && SetThreadStackGuarantee(&wanted);
    second = wanted;
    succeeded = succeeded && SetThreadStackGuarantee(&third);
  }).join();

  EXPECT_TRUE(succeeded);
  EXPECT_EQ(second, first);
  EXPECT_EQ(third, 0x8000u);
}

TEST(StackGuarantee, a_smaller_size_is_ignored) {
  bool succeeded = false;
  ULONG size = 0;

  std::thread([&] {
    ULONG large = 0x9000;
    ULONG small = 0x2000;
    succeeded = SetThreadStackGuarantee(&large) && SetThreadStackGuarantee(&small) && SetThreadStackGuarantee(&size);
  }).join();

  EXPECT_TRUE(succeeded);
  EXPECT_EQ(size, 0x9000u);
}

TEST(StackGuarantee, a_size_beyond_the_stack_fails) {
  bool succeeded = true;

  std::thread([&] {
    ULONG size = 0x70000000;
    succeeded = SetThreadStackGuarantee(&size) != FALSE;
  }).join();

  EXPECT_FALSE(succeeded);
}

TEST(StackGuarantee, a_stack_that_did_not_overflow_needs_no_reset) {
  int answer = -1;

  std::thread([&] { answer = stack::reset_after_overflow(); }).join();

  EXPECT_TRUE(answer == 0 || answer == 1);
}

} // namespace
} // namespace apitest
