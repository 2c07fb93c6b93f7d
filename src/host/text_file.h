// Reading the kernel's small text files without stdio and without allocation.
//
// Used:      by whoever asks /proc, /sys or a control group something; may be used in a signal handler.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

inline constexpr unsigned kLongestLine = 1024; // of those lines that anybody here looks at; longer ones are cut

// Goes through a text line by line. The buffer is the caller's stack: about five KiB.
class TextFile {
public:
  explicit TextFile(const char* path);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  bool is_open() const { return file_ >= 0; }

  // The next line, without its end, as a text that ends in 0 and stays until the next call; nullptr after the last.
  const char* next_line();

private:
  int next_character();
  const char* line_in_buffer();

  int file_;
  unsigned at_ = 0;
  unsigned filled_ = 0;
  char buffer_[4096];
  char line_[kLongestLine];
};

// Whether `text` begins with `prefix`; if so `rest` is what follows.
bool after_prefix(const char* text, const char* prefix, const char*& rest);

// The decimal number at the beginning of `text`, blanks before it skipped. False where there is none; too large a
// number is all ones.
bool parse_number(const char* text, std::uint64_t& value);

// The bytes that a line such as "MemAvailable:   24247892 kB" tells, if it begins with `name`.
bool parse_kilobytes(const char* line, const char* name, Bytes& out);

// The number that a file consists of, such as /proc/sys/vm/overcommit_memory. False without the file, or if it is a
// word
// ("max").
bool read_number(const char* path, std::uint64_t& value);

} // namespace winmem::host
