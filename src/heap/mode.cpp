#include "mode.h"

#include "../host/environment.h"

#include <atomic>
#include <cstring>

namespace winmem::heap {

namespace {

constinit std::atomic<int> known{-1};

Mode read() {
  const char* text = host::environment("WINMEM_HEAP");
  if (text == nullptr) {
    return Mode::usual;
  }
  return std::strcmp(text, "strict") == 0     ? Mode::strict
         : std::strcmp(text, "debug") == 0    ? Mode::debug
         : std::strcmp(text, "hardened") == 0 ? Mode::hardened
                                              : Mode::usual;
}

} // namespace

Mode mode() {
  int value = known.load(std::memory_order_relaxed);
  if (value < 0) {
    value = static_cast<int>(read());
    known.store(value, std::memory_order_relaxed);
  }
  return static_cast<Mode>(value);
}

} // namespace winmem::heap
