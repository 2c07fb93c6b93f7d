// Raw system calls. They do not go through libc, for three reasons: libc's wrappers change errno, which a Windows call
// must leave alone; some are cancellation points; and a sanitizer's interceptor may allocate.
//
// The answer is the kernel's: a value, or -errno.
#pragma once

#include <cerrno>
#include <sys/syscall.h>

namespace winmem::host {

inline long system_call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

template <typename T> inline long as_argument(T* pointer) { return reinterpret_cast<long>(pointer); }

} // namespace winmem::host
