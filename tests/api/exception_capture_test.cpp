// RtlCaptureContext, RtlRestoreContext, CaptureStackBackTrace: what a thread knows about itself.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <cstring>

namespace apitest {
namespace {

TEST(RtlCaptureContext, it_tells_where_the_call_returns_to) {
  CONTEXT context;
  std::memset(&context, 0xCC, sizeof context);
  const auto* here = reinterpret_cast<const char*>(&context);

  RtlCaptureContext(&context);
  void* after = __builtin_extract_return_addr(__builtin_return_address(0));

  EXPECT_EQ(context.ContextFlags & CONTEXT_FULL, DWORD{CONTEXT_FULL});
  EXPECT_GT(context.Rsp, number(here) - 0x10000);
  EXPECT_LT(context.Rsp, number(here) + 0x10000);
  EXPECT_EQ(context.Rsp % 16, 0u); // as it is after the call
  EXPECT_EQ(context.SegCs, 0x33);
  EXPECT_NE(context.Rip, number(after));
}

TEST(RtlCaptureContext, its_instruction_pointer_is_in_the_caller) {
  CONTEXT context = {};
  std::uintptr_t before = 0;
  std::uintptr_t after = 0;

  __asm__ volatile("leaq 0(%%rip), %0" : "=r"(before)::"memory");
  RtlCaptureContext(&context);
  __asm__ volatile("leaq 0(%%rip), %0" : "=r"(after)::"memory");

  EXPECT_GT(context.Rip, before);
  EXPECT_LT(context.Rip, after);
}

TEST(RtlCaptureContext, it_tells_the_registers_that_calls_preserve) {
  CONTEXT context = {};
  std::uint64_t saved[3] = {};

  __asm__ volatile("movq %%r12, 0(%0)\n movq %%r13, 8(%0)\n movq %%r14, 16(%0)" ::"r"(saved) : "memory");
  RtlCaptureContext(&context);
  std::uint64_t again[3] = {};
  __asm__ volatile("movq %%r12, 0(%0)\n movq %%r13, 8(%0)\n movq %%r14, 16(%0)" ::"r"(again) : "memory");

  for (int i = 0; i < 3; ++i) {
    if (saved[i] == again[i]) { // else the compiler has used it in between
      EXPECT_EQ((&context.R12)[i], saved[i]) << "r" << 12 + i;
    }
  }
}

TEST(RtlCaptureContext, it_tells_the_rounding_mode) {
  const unsigned before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr((before & ~0x6000u) | 0x2000u);
  CONTEXT context = {};

  RtlCaptureContext(&context);
  __builtin_ia32_ldmxcsr(before);

  EXPECT_EQ(context.MxCsr & 0x6000u, 0x2000u);
  EXPECT_EQ(context.FltSave.MxCsr & 0x6000u, 0x2000u);
}

TEST(RtlRestoreContext, it_comes_back_to_where_the_context_was_taken) {
  CONTEXT context = {};
  volatile int visits = 0;

  RtlCaptureContext(&context);
  visits = visits + 1;
  if (visits < 5) {
    RtlRestoreContext(&context, nullptr);
  }

  EXPECT_EQ(visits, 5);
}

__attribute__((noinline)) int restore_from_below(CONTEXT* context, int depth) {
  volatile int value = 0;
  if (depth > 0) {
    value = restore_from_below(context, depth - 1);
  } else {
    RtlRestoreContext(context, nullptr);
  }
  return value + 1; // no tail call
}

TEST(RtlRestoreContext, it_leaves_frames_behind) {
  CONTEXT context = {};
  volatile bool back = false;

  RtlCaptureContext(&context);
  if (!back) {
    back = true;
    restore_from_below(&context, 20);
  }

  EXPECT_TRUE(back);
}

TEST(RtlRestoreContext, E7_a_handler_may_leave_by_it) {
  Region region = committed(16, PAGE_NOACCESS);
  static CONTEXT context;
  volatile int visits = 0;
  Watch watch([&](EXCEPTION_POINTERS*) -> LONG {
    RtlRestoreContext(&context, nullptr);
    return EXCEPTION_CONTINUE_SEARCH;
  });

  RtlCaptureContext(&context);
  visits = visits + 1;
  if (visits < 100) {
    exception_probe_read(region.base());
  }

  EXPECT_EQ(visits, 100);
  EXPECT_EQ(watch.seen(), 99);
}

TEST(RtlRestoreContext, E7_a_captured_context_given_to_continue_with) {
  Region region = committed(16, PAGE_NOACCESS);
  static CONTEXT context;
  volatile int visits = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    *exception->ContextRecord = context;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  RtlCaptureContext(&context);
  visits = visits + 1;
  if (visits < 100) {
    exception_probe_read(region.base());
  }

  EXPECT_EQ(visits, 100);
  EXPECT_EQ(watch.seen(), 99);
}

// A chain of calls of known length, at whose end the stack is captured.
struct Trace {
  void* frames[64];
  WORD count;
  DWORD hash;
};

__attribute__((noinline)) int capture_below(int depth, DWORD skip, DWORD most, Trace* trace) {
  volatile int value = 0;
  if (depth > 0) {
    value = capture_below(depth - 1, skip, most, trace);
  } else {
    trace->count = CaptureStackBackTrace(skip, most, trace->frames, &trace->hash);
  }
  return value + 1; // no tail call
}

std::size_t frames_inside(const Trace& trace, std::uintptr_t begin, std::size_t bytes) {
  std::size_t found = 0;
  for (WORD i = 0; i < trace.count; ++i) {
    found += number(trace.frames[i]) - begin < bytes;
  }
  return found;
}

TEST(StackBackTrace, it_lists_the_callers_nearest_first) {
  Trace shallow = {};
  Trace deep = {};

  capture_below(0, 0, 60, &shallow);
  capture_below(10, 0, 60, &deep);

  EXPECT_GT(shallow.count, 0);
  EXPECT_EQ(deep.count, shallow.count + 10);
  EXPECT_EQ(frames_inside(deep, code_address(capture_below), 512), 11u);
  // The first frame is the function that called, at the call; the next ten are its callers, all from one place.
  for (int i = 2; i <= 10; ++i) {
    EXPECT_EQ(deep.frames[i], deep.frames[1]);
  }
  EXPECT_NE(deep.frames[0], deep.frames[1]);
}

TEST(StackBackTrace, frames_can_be_skipped) {
  Trace whole = {};
  Trace rest = {};
  for (int skip : {1, 2, 5}) {
    volatile int calls = 2; // one place that calls: the compiler must not copy it
    for (int i = 0; i < calls; ++i) {
      capture_below(10, i == 0 ? 0 : static_cast<DWORD>(skip), 60, i == 0 ? &whole : &rest);
    }

    ASSERT_EQ(rest.count, whole.count - skip);
    EXPECT_EQ(rest.frames[0], whole.frames[skip]);
    EXPECT_EQ(rest.frames[1], whole.frames[skip + 1]);
  }
}

TEST(StackBackTrace, no_more_are_written_than_were_asked_for) {
  Trace trace = {};
  std::memset(trace.frames, 0xEE, sizeof trace.frames);
  void* const untouched = trace.frames[4];

  capture_below(10, 0, 4, &trace);

  EXPECT_EQ(trace.count, 4);
  EXPECT_NE(trace.frames[3], untouched);
  EXPECT_EQ(trace.frames[4], untouched);
}

TEST(StackBackTrace, none_asked_for_and_more_skipped_than_there_are) {
  Trace trace = {};

  capture_below(3, 0, 0, &trace);
  EXPECT_EQ(trace.count, 0);
  capture_below(3, 1000, 60, &trace);
  EXPECT_EQ(trace.count, 0);
}

TEST(StackBackTrace, equal_traces_have_equal_hashes) {
  Trace traces[3] = {};

  volatile int calls = 2; // as above
  for (int i = 0; i < calls; ++i) {
    capture_below(6, 0, 60, &traces[i]);
  }
  capture_below(7, 0, 60, &traces[2]);

  EXPECT_EQ(traces[0].hash, traces[1].hash);
  EXPECT_NE(traces[0].hash, traces[2].hash);
  EXPECT_NE(traces[0].hash, 0u);
}

TEST(StackBackTrace, the_hash_need_not_be_asked_for) {
  void* frames[4] = {};

  EXPECT_GT(CaptureStackBackTrace(0, 4, frames, nullptr), 0);
  EXPECT_NE(frames[0], nullptr);
}

} // namespace
} // namespace apitest
