// Who called into winmem, for WINMEM_HEAP=debug: each public function says so on its way to the heap.
//
// The outermost one counts: GlobalAlloc asks others of winmem's functions.
#pragma once

#include "traces.h"

namespace winmem::heap {

namespace detail {
extern thread_local constinit const void* caller __attribute__((tls_model("initial-exec")));
} // namespace detail

class [[nodiscard]] Caller {
public:
  // Where the public function returns to: __builtin_return_address(0).
  explicit Caller(const void* returns_to) : is_outermost_(traces::are_on() && detail::caller == nullptr) {
    if (is_outermost_) {
      detail::caller = returns_to;
    }
  }
  ~Caller() {
    if (is_outermost_) {
      detail::caller = nullptr;
    }
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  static const void* current() { return detail::caller; }

private:
  bool is_outermost_;
};

} // namespace winmem::heap
