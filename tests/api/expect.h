// The two outcomes of a call, as tests write them.
//
//   EXPECT_OK(VirtualFree(p, 0, MEM_RELEASE));     it succeeded and left the last error alone (rule N1)
//   EXPECT_ERROR(487, VirtualFree(p, 0, ...));     it returned NULL, FALSE or 0, and the last error is 487
//
// The last error is set to a value nobody uses before the call, so that a failure which sets none is seen.
#pragma once

#include "windows_api.h"

#include <gtest/gtest.h>

#include <sstream>

namespace apitest {

inline constexpr DWORD kNobodysError = 0x2BADCAFE;

// A function of ntdll that no header declares everywhere; the test fails without it.
template <typename Function> Function ntdll(const char* name) {
  auto function = lookup<Function>("ntdll", name);
  EXPECT_NE(function, nullptr) << name;
  return function;
}

template <typename Call>::testing::AssertionResult succeeds(Call call) {
  SetLastError(kNobodysError);
  auto result = call();
  DWORD error = GetLastError();
  if (!result) {
    return ::testing::AssertionFailure() << "failed with error " << error;
  }
  if (error != kNobodysError) {
    return ::testing::AssertionFailure() << "succeeded, but changed the last error to " << error;
  }
  return ::testing::AssertionSuccess();
}

template <typename Call>::testing::AssertionResult fails_with(DWORD expected, Call call) {
  SetLastError(kNobodysError);
  auto result = call();
  DWORD error = GetLastError();
  if (result) {
    return ::testing::AssertionFailure() << "succeeded, where error " << expected << " was expected";
  }
  if (error != expected) {
    auto failure = ::testing::AssertionFailure();
    if (error == kNobodysError) {
      return failure << "failed without setting the last error, where " << expected << " was expected";
    }
    return failure << "failed with error " << error << ", where " << expected << " was expected";
  }
  return ::testing::AssertionSuccess();
}

// A native call's status in the form that the rules are written in.
inline unsigned status(NTSTATUS value) { return static_cast<unsigned>(value); }

} // namespace apitest

#define EXPECT_OK(...)           EXPECT_TRUE(::apitest::succeeds([&] { return __VA_ARGS__; })) << #__VA_ARGS__
#define ASSERT_OK(...)           ASSERT_TRUE(::apitest::succeeds([&] { return __VA_ARGS__; })) << #__VA_ARGS__
#define EXPECT_ERROR(error, ...) EXPECT_TRUE(::apitest::fails_with(error, [&] { return __VA_ARGS__; })) << #__VA_ARGS__

#define EXPECT_STATUS(expected, ...)                                                                                   \
  EXPECT_PRED_FORMAT2(::apitest::same_status, (expected), ::apitest::status(__VA_ARGS__))

namespace apitest {

inline ::testing::AssertionResult same_status(const char*, const char* call, unsigned expected, unsigned seen) {
  if (expected == seen) {
    return ::testing::AssertionSuccess();
  }
  std::ostringstream text;
  text << call << "\n  status   " << std::hex << seen << "\n  expected " << expected;
  return ::testing::AssertionFailure() << text.str();
}

} // namespace apitest
