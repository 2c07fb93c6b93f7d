// Bodies and filters of winmem_try that are left by other ways than returning. Linux only.
#include "winmem_try.h"

#include <gtest/gtest.h>

#include <csetjmp>
#include <stdexcept>

namespace apitest {
namespace {

TEST(WinmemTry, a_body_left_by_longjmp) {
  static jmp_buf mark;
  int asked = 0;
  for (volatile int round = 0; round < 1000; round = round + 1) {
    if (_setjmp(mark) == 0) {
      try_it([] { std::longjmp(mark, 1); }, [&](EXCEPTION_POINTERS*) { return ++asked, 1; });
    }
  }

  EXPECT_FALSE(try_it([] { fault_once(); }, execute).returned);

  EXPECT_EQ(asked, 0); // none of those that were left
}

// Writes over the stack below the caller.
__attribute__((noinline)) int scribble(unsigned char value) {
  volatile unsigned char room[0x4000];
  for (volatile unsigned char& byte : room) {
    byte = value;
  }
  return room[0x2000];
}

__attribute__((noinline)) void leave_a_call_behind(jmp_buf* mark, int* asked) {
  if (_setjmp(*mark) == 0) {
    try_it([&] { std::longjmp(*mark, 1); }, [&](EXCEPTION_POINTERS*) { return ++*asked, 1; });
  }
}

TEST(WinmemTry, what_longjmp_left_behind_is_written_over) {
  static jmp_buf mark;
  int asked = 0;
  int outer_asked = 0;
  bool went_on = false;

  const Ending outer = try_it(
      [&] {
        leave_a_call_behind(&mark, &asked);
        for (int value : {0x00, 0xFF, 0x41}) {
          EXPECT_EQ(scribble(static_cast<unsigned char>(value)), value);
          fault_once();
        }
        went_on = true;
      },
      [&](EXCEPTION_POINTERS* exception) { return ++outer_asked, skip_read(exception); });

  EXPECT_TRUE(outer.returned && went_on);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(outer_asked, 3);
}

// The fault lies deeper in the stack than what was left: the stack pointer does not tell, but what is there now does.
__attribute__((noinline)) int fault_deeper(int depth) {
  volatile unsigned char room[512];
  for (volatile unsigned char& byte : room) {
    byte = 0x41;
  }
  return depth > 0 ? fault_deeper(depth - 1) + room[depth] : fault_once();
}

TEST(WinmemTry, what_was_written_over_is_not_asked_by_a_deeper_fault) {
  static jmp_buf mark;
  int asked = 0;
  int outer_asked = 0;

  try_it(
      [&] {
        leave_a_call_behind(&mark, &asked);
        fault_deeper(16);
      },
      [&](EXCEPTION_POINTERS* exception) { return ++outer_asked, skip_read(exception); });

  EXPECT_EQ(asked, 0);
  EXPECT_EQ(outer_asked, 1);
}

TEST(WinmemTry, a_filter_left_by_longjmp) {
  static jmp_buf mark;
  volatile int jumps = 0;
  for (volatile int round = 0; round < 1000; round = round + 1) {
    if (_setjmp(mark) == 0) {
      try_it([] { fault_once(); }, [](EXCEPTION_POINTERS*) -> int { std::longjmp(mark, 1); });
    } else {
      jumps = jumps + 1;
    }
  }

  EXPECT_EQ(jumps, 1000);
  EXPECT_FALSE(try_it([] { fault_once(); }, execute).returned);
}

TEST(WinmemTry, a_body_left_by_a_cpp_exception) {
  int caught = 0;
  int asked = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      try_it([] { throw std::runtime_error("body"); }, [&](EXCEPTION_POINTERS*) { return ++asked, 1; });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  }

  EXPECT_EQ(caught, 1000);
  EXPECT_FALSE(try_it([] { fault_once(); }, execute).returned);
  EXPECT_EQ(asked, 0);
}

TEST(WinmemTry, a_filter_that_throws) {
  int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      try_it([] { RaiseException(kOwnCode, 0, 0, nullptr); },
             [](EXCEPTION_POINTERS*) -> int { throw std::runtime_error("filter"); });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  }

  EXPECT_EQ(caught, 1000);
  EXPECT_FALSE(try_it([] { fault_once(); }, execute).returned);
}

} // namespace
} // namespace apitest
