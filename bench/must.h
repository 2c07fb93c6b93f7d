// A call that fails stops the program: a benchmark of failing calls would look wonderfully quick.
#pragma once

#include <windows.h>

#include <cstdio>
#include <cstdlib>

namespace bench {

inline void must(bool ok, const char* what) {
  if (__builtin_expect(ok, 1))
    return;
  std::fprintf(stderr, "bench: %s failed, last error %lu\n", what, static_cast<unsigned long>(GetLastError()));
  std::exit(1);
}

} // namespace bench
