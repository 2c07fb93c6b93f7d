// The C library's names: whichever malloc the process has, by LD_PRELOAD or its own.
#pragma once

#include <cstdlib>

namespace bench {

struct Malloc {
  static void* allocate(std::size_t size) { return std::malloc(size); }
  static void* allocate_zeroed(std::size_t size) { return std::calloc(1, size); }
  static void* reallocate(void* block, std::size_t size) { return std::realloc(block, size); }
  static void release(void* block) { std::free(block); }
};

} // namespace bench
