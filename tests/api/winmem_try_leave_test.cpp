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
