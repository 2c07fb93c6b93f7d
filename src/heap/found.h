// A live block, as the span map and its span describe it.
#pragma once

#include "span.h"

namespace winmem::heap {

struct Found {
  Span* span = nullptr;     // none: no block of the heap begins there
  std::uint32_t number = 0; // of the block in a slab, or of its first unit in a fixed heap
  Bytes size = 0;           // as requested
  Bytes room = 0;           // what is there for it

  explicit operator bool() const { return span != nullptr; }
};

} // namespace winmem::heap
