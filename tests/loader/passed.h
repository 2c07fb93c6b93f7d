// What passes from code of Microsoft's compilers into winmem's functions: included by both sides, each of which sees
// its own declarations of the same functions. The callers (callers.cpp, by mingw-w64) call each function with arguments
// that tell their place; the receivers (receivers.cpp) are functions of the same types that note what arrives.
#ifndef WINMEM_TESTS_LOADER_PASSED_H
#define WINMEM_TESTS_LOADER_PASSED_H

#include <stddef.h>
#include <string.h>

namespace passed {

// All bits of the argument at that place, counted from 0; a type takes as many of them as it has.
constexpr unsigned long long bits_of(unsigned place) { return 0x8182838485868788ULL + 0x0101010101010101ULL * place; }
constexpr unsigned kResult = 100; // the place of what a function returns

template <class T> T value_of(unsigned place) {
  static_assert(sizeof(T) <= 8, "in a register");
  unsigned long long bits = bits_of(place);
  T value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// A caller calls `function`, and tells whether the result arrived. Its name is the function's.
struct Caller {
  const char* name;
  unsigned parameters;
  bool (*call)(void* function);
};

} // namespace passed

#endif
