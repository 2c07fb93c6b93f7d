// errno.h and stdlib.h: numbers that the C library keeps for the program (H164).
#include "../host/c_errno.h"
#include "process_blocks.h"

#include <atomic>
#include <errno.h>
#include <stdlib.h>

using namespace winmem;

namespace {

constexpr unsigned kKnownBehavior = _WRITE_ABORT_MSG | _CALL_REPORTFAULT;

constinit thread_local unsigned int system_number = 0;
constinit std::atomic<unsigned> abort_behavior{kKnownBehavior};

template <typename Number> errno_t tell(const Number* number, Number* value) {
  if (value == nullptr) {
    crt::invalid_parameter();
    return host::number_of(host::CError::invalid_argument);
  }
  *value = *number;
  return 0;
}

} // namespace

int* _errno() { return host::errno_place(); }

unsigned int* __doserrno() { return &system_number; }

errno_t _get_errno(int* _Value) { return tell(host::errno_place(), _Value); }

errno_t _set_errno(int _Value) {
  *host::errno_place() = _Value;
  return 0;
}

errno_t _get_doserrno(unsigned int* _Value) { return tell(&system_number, _Value); }

errno_t _set_doserrno(unsigned int _Value) {
  system_number = _Value;
  return 0;
}

unsigned int _set_abort_behavior(unsigned int _Flags, unsigned int _Mask) {
  unsigned before = abort_behavior.load(std::memory_order_relaxed);
  while (
      !abort_behavior.compare_exchange_weak(before, (before & ~_Mask) | (_Flags & _Mask), std::memory_order_relaxed)) {
  }
  return before;
}
