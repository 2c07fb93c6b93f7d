// Included ahead of every file of src/host in the twin build, and nowhere else: each `system_call(...)` there asks
// twin_call() first, with the place where it stands. The shipped library knows nothing of it.
#pragma once

#include "host/syscall.h"

namespace winmem::host {

long twin_call(const char* file, int line, long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
               long f = 0);

} // namespace winmem::host

// A macro, so that the sources stay as they are; the function that it hides was declared above.
#define system_call(...) twin_call(__builtin_FILE(), __builtin_LINE(), __VA_ARGS__)
