#include "strictness.h"

#include "../host/environment.h"

#include <atomic>
#include <cstdint>
#include <cstring>

namespace winmem::heap {

bool is_strict() {
  enum : std::uint8_t { unknown, no, yes };
  static constinit std::atomic<std::uint8_t> known{unknown};
  if (known.load(std::memory_order_relaxed) == unknown) {
    const char* text = host::environment("WINMEM_HEAP");
    std::uint8_t expected = unknown;
    known.compare_exchange_strong(expected, text != nullptr && std::strcmp(text, "strict") == 0 ? yes : no,
                                  std::memory_order_relaxed);
  }
  return known.load(std::memory_order_relaxed) == yes;
}

} // namespace winmem::heap
