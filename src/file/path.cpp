#include "path.h"

#include "../host/environment.h"

#include <cstdint>

namespace winmem::file {

namespace {

// Takes a text apart into characters of Unicode; bytes are passed on as they are.
std::uint32_t next(const char*& at) { return static_cast<unsigned char>(*at++); }
std::uint32_t next(const char32_t*& at) { return *at++; }
std::uint32_t next(const char16_t*& at) {
  std::uint32_t unit = *at++;
  bool is_pair = unit >= 0xD800 && unit < 0xDC00 && *at >= 0xDC00 && *at < 0xE000;
  return is_pair ? 0x10000 + ((unit - 0xD800) << 10) + (*at++ - 0xDC00U) : unit;
}

class Path {
public:
  explicit Path(char (&buffer)[kPathRoom]) : buffer_(buffer) {}

  void byte(std::uint32_t value) {
    if (length_ + 1 < kPathRoom) {
      buffer_[length_++] = static_cast<char>(value);
    } else {
      fits_ = false;
    }
  }
  void text(const char* bytes) {
    while (*bytes != 0) {
      byte(static_cast<unsigned char>(*bytes++));
    }
  }
  // As UTF-8. False for what is no character: half of a pair, or beyond Unicode.
  bool character(std::uint32_t value) {
    if (value < 0x80) {
      byte(value == '\\' ? '/' : value);
    } else if (value < 0x800) {
      byte(0xC0 | value >> 6);
      byte(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
      if (value >= 0xD800 && value < 0xE000) {
        return false;
      }
      byte(0xE0 | value >> 12);
      byte(0x80 | (value >> 6 & 0x3F));
      byte(0x80 | (value & 0x3F));
    } else if (value < 0x110000) {
      byte(0xF0 | value >> 18);
      byte(0x80 | (value >> 12 & 0x3F));
      byte(0x80 | (value >> 6 & 0x3F));
      byte(0x80 | (value & 0x3F));
    } else {
      return false;
    }
    return true;
  }
  Status finish() {
    buffer_[length_] = 0;
    return fits_ ? Status::ok : Status::name_too_long;
  }

private:
  char (&buffer_)[kPathRoom];
  std::size_t length_ = 0;
  bool fits_ = true;
};

template <typename Character> bool is_slash(Character c) { return c == '\\' || c == '/'; }

template <typename Character> bool is_letter(Character c, char wanted) {
  auto capital = static_cast<Character>(wanted);
  return c == capital || c == capital + Character{32};
}

template <typename Character> bool is_nul(const Character* name) {
  return is_letter(name[0], 'N') && is_letter(name[1], 'U') && is_letter(name[2], 'L') && name[3] == 0;
}

template <typename Character> bool has_drive(const Character* name) {
  auto letter = static_cast<std::uint32_t>(name[0]) | 32U;
  return letter >= 'a' && letter <= 'z' && name[1] == ':';
}

} // namespace

template <typename Character> Status to_path(const Character* name, char (&path)[kPathRoom]) {
  if (name == nullptr || *name == 0) {
    return Status::object_path_not_found;
  }
  Path out(path);
  if (is_nul(name)) {
    out.text("/dev/null");
    return out.finish();
  }
  if (name[0] == '\\' && name[1] == '\\') {
    if (name[2] != '?' || name[3] != '\\') {
      return Status::object_path_not_found; // a server's, or a device's
    }
    name += 4;
  }
  if (has_drive(name)) {
    const char* root = host::environment("WINMEM_DRIVE_C");
    if (root == nullptr || !is_letter(name[0], 'C')) {
      return Status::object_path_not_found;
    }
    out.text(root);
    name += 2;
    if (!is_slash(*name)) {
      out.byte('/');
    }
  }
  while (*name != 0) {
    std::uint32_t character = next(name);
    if constexpr (sizeof(Character) == 1) {
      out.byte(character == '\\' ? '/' : character);
    } else if (!out.character(character)) {
      return Status::object_name_invalid;
    }
  }
  return out.finish();
}

template Status to_path(const char*, char (&)[kPathRoom]);
template Status to_path(const char16_t*, char (&)[kPathRoom]);
template Status to_path(const char32_t*, char (&)[kPathRoom]);

namespace {

constexpr std::uint32_t kNoCharacter = 0xFFFD;

// The character at `at`, which moves behind it; kNoCharacter for one byte that begins none.
std::uint32_t next_of_utf8(const char*& at) {
  auto first = static_cast<unsigned char>(*at++);
  if (first < 0x80) {
    return first;
  }
  unsigned more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  constexpr std::uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  std::uint32_t value = first & (0x3FU >> more);
  for (unsigned i = 0; i < more; ++i) {
    auto byte = static_cast<unsigned char>(at[i]);
    if ((byte & 0xC0) != 0x80) {
      return kNoCharacter;
    }
    value = value << 6 | (byte & 0x3F);
  }
  bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (first < 0xC2 || first >= 0xF8 || value < kLeast[more] || value >= 0x110000 || is_surrogate) {
    return kNoCharacter;
  }
  at += more;
  return value;
}

// Calls put(unit) for each unit of the text.
template <typename Character, class Put> void for_each_unit(const char* path, Put put) {
  while (*path != 0) {
    if constexpr (sizeof(Character) == 1) {
      put(*path++);
    } else {
      std::uint32_t value = next_of_utf8(path);
      if (sizeof(Character) == 2 && value >= 0x10000) {
        put(static_cast<Character>(0xD800 + ((value - 0x10000) >> 10)));
        put(static_cast<Character>(0xDC00 + ((value - 0x10000) & 0x3FF)));
      } else {
        put(static_cast<Character>(value));
      }
    }
  }
}

} // namespace

template <typename Character> std::size_t length_as(const char* path) {
  std::size_t length = 0;
  for_each_unit<Character>(path, [&](Character) { ++length; });
  return length;
}

template <typename Character> void copy_as(const char* path, Character* to) {
  for_each_unit<Character>(path, [&](Character unit) { *to++ = unit; });
  *to = 0;
}

template std::size_t length_as<char>(const char*);
template std::size_t length_as<char16_t>(const char*);
template std::size_t length_as<char32_t>(const char*);
template void copy_as(const char*, char*);
template void copy_as(const char*, char16_t*);
template void copy_as(const char*, char32_t*);

} // namespace winmem::file
