// winmem_try as its tests call it: with lambdas.
#pragma once

#include "exception_watch.h"

#include <winmem.h>

namespace apitest {

// How a winmem_try ended.
struct Ending {
  bool returned;
  unsigned code;
};

template <typename Body, typename Filter> Ending try_it(Body body, Filter filter) {
  struct Both {
    Body* body;
    Filter* filter;
  } both{&body, &filter};
  unsigned code = 0xDEAD;
  const int returned = winmem_try(
      [](void* raw) { (*static_cast<Both*>(raw)->body)(); },
      [](EXCEPTION_POINTERS* exception, void* raw) -> int { return (*static_cast<Both*>(raw)->filter)(exception); },
      &both, &code);
  return {returned != 0, code};
}

inline int execute(EXCEPTION_POINTERS*) { return EXCEPTION_EXECUTE_HANDLER; }
inline int search(EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }

inline int skip_read(EXCEPTION_POINTERS* exception) {
  return_from_probe(exception->ContextRecord, 66);
  return EXCEPTION_CONTINUE_EXECUTION;
}

inline int fault_once() { return exception_probe_read(at(0x18)); }

} // namespace apitest
