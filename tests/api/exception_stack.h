// _resetstkoflw as the tests call it: mingw-w64's own run-time library lacks it, so it comes from msvcrt by name there.
#pragma once

#include "windows_api.h"

#ifdef WINMEM_TESTS_NATIVE
#include <malloc.h>
#endif

namespace apitest::stack {

inline int reset_after_overflow() {
#ifdef WINMEM_TESTS_NATIVE
  return _resetstkoflw();
#else
  static const auto function = lookup<int(__cdecl*)()>("msvcrt", "_resetstkoflw");
  return function != nullptr ? function() : 0;
#endif
}

} // namespace apitest::stack
