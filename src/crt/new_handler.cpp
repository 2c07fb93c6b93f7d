// new.h: what is called when memory is lacking (H144).
#include "../host/c_errno.h"
#include "process_blocks.h"

#include <atomic>
#include <malloc.h>
#include <new.h>

namespace {

constinit std::atomic<_PNH> handler{nullptr};
constinit std::atomic<int> mode{0};

} // namespace

_PNH _query_new_handler() { return handler.load(std::memory_order_acquire); }
_PNH _set_new_handler(_PNH _NewHandler) { return handler.exchange(_NewHandler, std::memory_order_acq_rel); }

int _query_new_mode() { return mode.load(std::memory_order_relaxed); }

int _set_new_mode(int _NewMode) {
  if (_NewMode != 0 && _NewMode != 1) {
    winmem::crt::invalid_parameter();
    return -1;
  }
  return mode.exchange(_NewMode, std::memory_order_relaxed);
}

int _callnewh(size_t _Size) {
  _PNH call = _query_new_handler();
  return call != nullptr && call(_Size) != 0 ? 1 : 0;
}

bool winmem::crt::try_again(Bytes size) {
  if (_query_new_mode() != 0 && _callnewh(size) != 0) {
    return true;
  }
  no_memory();
  return false;
}
