// Texts that functions give to the program, in its own room or in a block that it is to free.
//
// Headers pass the program's malloc for that; the names of malloc_names.tsv, which GetProcAddress finds beside free's,
// pass winmem's (docs/decisions/0041).
#pragma once

#include <cstddef>

#include <winmem_abi.h>

namespace winmem::crt {

using Allocate = void* (*)(std::size_t);

// `count` characters of a new block; nullptr, with ENOMEM in errno, without memory.
template <typename Character> Character* new_text(Allocate allocate, std::size_t count) {
  std::size_t bytes = 0;
  return static_cast<Character*>(allocate(__builtin_mul_overflow(count, sizeof(Character), &bytes) ? ~bytes : bytes));
}

} // namespace winmem::crt
