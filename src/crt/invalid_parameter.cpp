// stdlib.h: who hears of an argument that is invalid (H143).
//
// Without a handler Windows ends the process. Here the function returns its error, as it does behind a handler that
// returns.
#include "../host/c_errno.h"
#include "process_blocks.h"

#include <atomic>
#include <corecrt.h>
#include <stdlib.h>

namespace {

constinit std::atomic<_invalid_parameter_handler> handler{nullptr};
constinit thread_local _invalid_parameter_handler thread_handler = nullptr;

} // namespace

_invalid_parameter_handler _set_invalid_parameter_handler(_invalid_parameter_handler _Handler) {
  return handler.exchange(_Handler, std::memory_order_acq_rel);
}

_invalid_parameter_handler _get_invalid_parameter_handler() { return handler.load(std::memory_order_acquire); }

_invalid_parameter_handler _set_thread_local_invalid_parameter_handler(_invalid_parameter_handler _Handler) {
  _invalid_parameter_handler before = thread_handler;
  thread_handler = _Handler;
  return before;
}

void _invalid_parameter_noinfo() {
  _invalid_parameter_handler call = thread_handler != nullptr ? thread_handler : _get_invalid_parameter_handler();
  if (call != nullptr) {
    call(nullptr, nullptr, nullptr, 0, 0); // as in Microsoft's release library: no names
  }
}

void winmem::crt::invalid_parameter() {
  host::set_errno(host::CError::invalid_argument);
  _invalid_parameter_noinfo();
  host::set_errno(host::CError::invalid_argument);
}
