// What the tests of the C library's functions share: errno, and who hears of invalid parameters.
#pragma once

#include "expect.h"
#include "heap_test_support.h"

#include <cerrno>
#include <cstdlib>
#include <stdlib.h>

namespace apitest {

inline constexpr SIZE_T kHuge = ~SIZE_T{0};
inline constexpr int kNobodysErrno = 0x5AD;

// The same number, and the compiler does not know which, so that it warns of nothing.
inline SIZE_T laundered(SIZE_T value) {
  volatile SIZE_T hidden = value;
  return hidden;
}

inline void* laundered(void* pointer) {
  void* volatile hidden = pointer;
  return hidden;
}

// Whether the call's condition is true and errno is `expected` behind it.
template <typename Call>::testing::AssertionResult leaves_errno(int expected, Call call) {
  errno = kNobodysErrno;
  bool met = call();
  int seen = errno;
  if (!met) {
    return ::testing::AssertionFailure() << "not so; errno " << seen;
  }
  if (seen != expected) {
    return ::testing::AssertionFailure() << "errno " << seen << ", where " << expected << " was expected";
  }
  return ::testing::AssertionSuccess();
}

// Counts calls of the invalid parameter handler, which returns.
class Listener {
public:
  Listener() : before_(_set_invalid_parameter_handler(hear)) { heard() = 0; }
  ~Listener() { _set_invalid_parameter_handler(before_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int calls() const { return heard(); }

private:
  static int& heard() {
    static int count;
    return count;
  }
  static void hear(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, uintptr_t) { ++heard(); }

  _invalid_parameter_handler before_;
};

} // namespace apitest

#define EXPECT_ERRNO(expected, ...)                                                                                    \
  EXPECT_TRUE(::apitest::leaves_errno(expected, [&] { return __VA_ARGS__; })) << #__VA_ARGS__
