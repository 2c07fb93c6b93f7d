#include "text_file.h"

#include "syscall.h"

#include <cstring>
#include <fcntl.h>

namespace winmem::host {

TextFile::TextFile(const char* path)
    : file_(static_cast<int>(system_call(SYS_openat, AT_FDCWD, as_argument(path), O_RDONLY | O_CLOEXEC))) {}

TextFile::~TextFile() {
  if (file_ >= 0) {
    system_call(SYS_close, file_);
  }
}

int TextFile::next_character() {
  if (at_ == filled_) {
    long length = file_ >= 0 ? system_call(SYS_read, file_, as_argument(buffer_), sizeof buffer_) : 0;
    if (length <= 0) {
      return -1;
    }
    at_ = 0;
    filled_ = static_cast<unsigned>(length);
  }
  return static_cast<unsigned char>(buffer_[at_++]);
}

// The next line where it lies in the buffer, if all of it does: most of them. Else nullptr.
const char* TextFile::line_in_buffer() {
  char* begin = buffer_ + at_;
  auto* end = static_cast<char*>(std::memchr(begin, '\n', filled_ - at_));
  if (end == nullptr || end - begin >= static_cast<long>(kLongestLine)) {
    return nullptr;
  }
  *end = 0;
  at_ = static_cast<unsigned>(end + 1 - buffer_);
  return begin;
}

const char* TextFile::next_line() {
  if (const char* line = line_in_buffer()) {
    return line;
  }
  unsigned length = 0;
  int character = next_character();
  if (character < 0) {
    return nullptr;
  }
  for (; character >= 0 && character != '\n'; character = next_character()) {
    if (length + 1 < kLongestLine) {
      line_[length++] = static_cast<char>(character);
    }
  }
  line_[length] = 0;
  return line_;
}

bool after_prefix(const char* text, const char* prefix, const char*& rest) {
  while (*prefix != 0) {
    if (*text++ != *prefix++) {
      return false;
    }
  }
  rest = text;
  return true;
}

bool parse_number(const char* text, std::uint64_t& value) {
  while (*text == ' ' || *text == '\t') {
    ++text;
  }
  if (*text < '0' || *text > '9') {
    return false;
  }
  value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(*text - '0'), &value)) {
      value = ~std::uint64_t{0};
      return true;
    }
  }
  return true;
}

bool parse_kilobytes(const char* line, const char* name, Bytes& out) {
  const char* rest = nullptr;
  std::uint64_t value = 0;
  if (!after_prefix(line, name, rest) || !parse_number(rest, value)) {
    return false;
  }
  out = value * 1024;
  return true;
}

bool read_number(const char* path, std::uint64_t& value) {
  TextFile file(path);
  const char* line = file.next_line();
  return line != nullptr && parse_number(line, value);
}

} // namespace winmem::host
