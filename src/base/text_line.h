// A line of text in a buffer of its own, for messages where nothing may be allocated. What does not fit is left out.
#pragma once

#include "address.h"

#include <cstddef>
#include <cstdint>

namespace winmem {

class TextLine {
public:
  TextLine& text(const char* words) {
    while (*words != 0) {
      add(*words++);
    }
    return *this;
  }

  TextLine& number(std::uint64_t value) { return digits(value, 10); }
  TextLine& hex(std::uint64_t value) { return text("0x").digits(value, 16); }
  TextLine& hex(const void* pointer) { return hex(reinterpret_cast<Address>(pointer)); }

  // With the end of the line, which always fits.
  const char* finish() {
    buffer_[size_++] = '\n';
    return buffer_;
  }
  std::size_t size() const { return size_; }

private:
  void add(char letter) {
    if (size_ < sizeof buffer_ - 1) {
      buffer_[size_++] = letter;
    }
  }

  TextLine& digits(std::uint64_t value, unsigned base) {
    char reversed[20];
    unsigned count = 0;
    do {
      reversed[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    while (count > 0) {
      add(reversed[--count]);
    }
    return *this;
  }

  char buffer_[512];
  std::size_t size_ = 0;
};

} // namespace winmem
