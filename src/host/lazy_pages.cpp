#include "lazy_pages.h"

#include "features.h"
#include "syscall.h"

#include <fcntl.h>
#include <sys/resource.h>

namespace winmem::host {

namespace {

constexpr int kPopulateWrite = 23; // MADV_POPULATE_WRITE; Debian 12's headers have it, older ones do not

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Reads a number and moves on to the character behind it.
std::uint64_t number(const char*& text, unsigned base) {
  std::uint64_t value = 0;
  for (int digit = hex_digit(*text); digit >= 0; digit = hex_digit(*++text)) {
    value = value * base + static_cast<unsigned>(digit);
  }
  return value;
}

// smaps, line by line: a mapping's first line begins with its addresses, the others with a capital letter.
//
//     7f0000000000-7f0000200000 rw-p 00000000 00:00 0
//     LazyFree:            256 kB
class LazySum {
public:
  explicit LazySum(AddressRange range) : range_(range) {}

  Bytes bytes() const { return bytes_; }

  // False when no later line can matter.
  bool take(const char* line) {
    if (hex_digit(*line) >= 0) {
      Address begin = number(line, 16);
      is_inside_ = *line == '-' && range_.contains({begin, number(++line, 16)});
      return begin < range_.end;
    }
    constexpr char kName[] = "LazyFree:";
    for (const char* name = kName; *name != 0; ++name, ++line) {
      if (*line != *name) {
        return true;
      }
    }
    while (*line == ' ') {
      ++line;
    }
    constexpr Bytes kKilobyte = 1024;
    bytes_ += is_inside_ ? number(line, 10) * kKilobyte : 0;
    return true;
  }

private:
  AddressRange range_;
  bool is_inside_ = false;
  Bytes bytes_ = 0;
};

long minor_faults() {
  rusage usage{};
  system_call(SYS_getrusage, RUSAGE_THREAD, as_argument(&usage));
  return usage.ru_minflt;
}

} // namespace

Bytes given_up(AddressRange range) {
  if (disabled(Feature::proc)) {
    return 0;
  }
  long file = system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/smaps"), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  LazySum sum(range);
  char text[4096];
  char line[48]; // long enough for the two lines above; of longer ones the beginning
  unsigned length = 0;
  bool goes_on = true;
  while (goes_on) {
    long got = system_call(SYS_read, file, as_argument(text), sizeof text);
    for (long i = 0; i < got && goes_on; ++i) {
      if (text[i] == '\n') {
        line[length] = 0;
        length = 0;
        goes_on = sum.take(line);
      } else if (length < sizeof line - 1) {
        line[length++] = text[i];
      }
    }
    goes_on = goes_on && got > 0;
  }
  system_call(SYS_close, file);
  return sum.bytes();
}

bool keep_pages(AddressRange range) {
  if (disabled(Feature::populate)) {
    return false;
  }
  long before = minor_faults();
  long result =
      system_call(SYS_madvise, static_cast<long>(range.begin), static_cast<long>(range.size()), kPopulateWrite);
  return result == 0 && minor_faults() == before;
}

} // namespace winmem::host
