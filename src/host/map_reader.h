// Reading /proc/self/maps without stdio and without allocation: the second way of process_map.h.
//
// The text is read from the start up to the wanted address, through its own descriptor, in pieces of 4 KiB. The kernel
// hands out whole lines in ascending order and goes on at the address where it stopped, so a map that changes meanwhile
// gives each line as it was at some moment, never half of one.
#pragma once

#include "process_map.h"

namespace winmem::host {

enum class MapText : std::uint8_t { found, nothing, unreadable };

// A descriptor of /proc/self/maps, or a negative error.
int open_map_text();

// The mapping that covers `at` or the next above, name included.
MapText read_map_text(Address at, Mapping& out);

// "[stack]" and its like; anything else is `other`, the empty text `none`.
MapName classify_map_name(const char* text);

// One line's parser, fed from any source of characters: source.next() gives one, or -1 at the end; source.skip_line()
// passes over the rest of the line. Here so that tests can feed it pieces of any size.
//
//     55e0a000-55e0c000 r-xp 00001000 fe:00 131072                     /usr/bin/cat
template <typename Source> class MapLines {
public:
  explicit MapLines(Source& source) : source_(source) {}

  // The first line whose mapping ends above `at`. False at the end of the text, or where it is no map.
  bool seek(Address at, Mapping& out) {
    for (;;) {
      out = {};
      if (!range(out.range)) {
        return false;
      }
      if (out.range.end > at) {
        return rest(out);
      }
      source_.skip_line();
    }
  }

private:
  static constexpr int kLongestName = 31; // of the names that have a meaning

  static int digit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }

  // A number and the character after it, which must be `after`.
  bool number(unsigned base, int after, std::uint64_t& value) {
    value = 0;
    int c = source_.next();
    if (digit(c) < 0) {
      return false;
    }
    for (; digit(c) >= 0; c = source_.next()) {
      value = value * base + static_cast<unsigned>(digit(c));
    }
    last_ = c;
    return after == kAny || c == after;
  }

  bool range(AddressRange& out) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    if (!number(16, '-', begin) || !number(16, ' ', end)) {
      return false;
    }
    out = {begin, end};
    return true;
  }

  bool rest(Mapping& out) {
    out.read = source_.next() == 'r';
    out.write = source_.next() == 'w';
    out.execute = source_.next() == 'x';
    out.shared = source_.next() == 's';
    if (source_.next() != ' ') {
      return false;
    }
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    if (!number(16, ' ', out.offset) || !number(16, ':', major) || !number(16, ' ', minor) ||
        !number(10, kAny, out.inode)) {
      return false;
    }
    out.device_major = static_cast<std::uint32_t>(major);
    out.device_minor = static_cast<std::uint32_t>(minor);
    out.name = name();
    return true;
  }

  MapName name() {
    while (last_ == ' ') {
      last_ = source_.next();
    }
    char text[kLongestName + 1];
    int length = 0;
    for (; last_ >= 0 && last_ != '\n' && length < kLongestName; last_ = source_.next()) {
      text[length++] = static_cast<char>(last_);
    }
    text[length] = 0;
    return classify_map_name(text);
  }

  static constexpr int kAny = -2;
  Source& source_;
  int last_ = -1;
};

} // namespace winmem::host
