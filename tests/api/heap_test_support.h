// A heap that goes at the end of its test, and what tests say about blocks.
#pragma once

#include "expect.h"

#include <cstring>
#include <vector>

namespace apitest {

inline constexpr SIZE_T kNoSize = ~SIZE_T{0};

class OwnHeap {
public:
  explicit OwnHeap(DWORD options = 0, SIZE_T initial = 0, SIZE_T maximum = 0)
      : handle_(HeapCreate(options, initial, maximum)) {}
  ~OwnHeap() {
    if (handle_ != nullptr) {
      HeapDestroy(handle_);
    }
  }
  OwnHeap(const OwnHeap&) = delete;
  OwnHeap& operator=(const OwnHeap&) = delete;

  operator HANDLE() const { return handle_; }
  char* alloc(SIZE_T size, DWORD flags = 0) const { return static_cast<char*>(HeapAlloc(handle_, flags, size)); }

private:
  HANDLE handle_;
};

inline bool is_filled(const char* block, SIZE_T size, char value) {
  for (SIZE_T i = 0; i < size; ++i) {
    if (block[i] != value) {
      return false;
    }
  }
  return true;
}

// Every size that an allocator could treat in its own way: around powers of two, and some odd ones.
inline std::vector<SIZE_T> interesting_sizes(SIZE_T largest) {
  std::vector<SIZE_T> sizes{0, 1, 2, 7, 24, 33, 100, 1000, 3333, 70000};
  for (SIZE_T power = 8; power <= largest; power *= 2) {
    for (SIZE_T size : {power - 1, power, power + 1}) {
      sizes.push_back(size);
    }
  }
  std::vector<SIZE_T> within;
  for (SIZE_T size : sizes) {
    if (size <= largest) {
      within.push_back(size);
    }
  }
  return within;
}

} // namespace apitest
