// How a module's name is taken apart: directory, stem, extension. Characters of any width; nothing is copied, nothing
// but ASCII letters is folded.
#pragma once

#include <cstddef>

namespace winmem::process {

inline int compare_bytes(const char* a, const char* b) {
  while (*a != 0 && *a == *b) {
    ++a;
    ++b;
  }
  return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
}

template <typename Character> constexpr Character lower(Character c) {
  return c >= 'A' && c <= 'Z' ? static_cast<Character>(c - 'A' + 'a') : c;
}

// A stretch of a name. The texts it is compared with are ASCII, in lower case.
template <typename Character> class NamePart {
public:
  constexpr NamePart() = default;
  constexpr NamePart(const Character* begin, const Character* end) : begin_(begin), end_(end) {}

  constexpr bool empty() const { return begin_ == end_; }

  constexpr bool starts_with(const char* text) const { return match(text) != nullptr; }
  constexpr bool equals(const char* text) const { return match(text) == end_; }

  // -l1-1-0: the level, version and revision that end an API set's name.
  constexpr bool ends_with_api_level() const {
    const Character* at = end_;
    return back_over_number(at) && back_over(at, '-') && back_over_number(at) && back_over(at, '-') &&
           back_over_number(at) && back_over(at, 'l') && back_over(at, '-') && at != begin_;
  }

  // "C:\Windows\System32\" on any drive or on the current one, either kind of slash.
  constexpr bool is_system_directory() const {
    const Character* at = begin_;
    if (end_ - at > 2 && lower(at[0]) >= 'a' && lower(at[0]) <= 'z' && at[1] == ':') {
      at += 2;
    }
    for (const char* text = "\\windows\\system32\\"; *text != 0; ++text, ++at) {
      bool same = at != end_ && (*text == '\\' ? is_slash(*at) : lower(*at) == static_cast<Character>(*text));
      if (!same) {
        return false;
      }
    }
    return at == end_;
  }

  static constexpr bool is_slash(Character c) { return c == '\\' || c == '/'; }

private:
  // Where the text ends in this part; nullptr if the part does not begin with it. Both sides are folded, since the
  // program's own name may have capitals.
  constexpr const Character* match(const char* text) const {
    const Character* at = begin_;
    for (; *text != 0; ++text, ++at) {
      auto wanted = static_cast<Character>(static_cast<unsigned char>(lower(*text)));
      if (at == end_ || lower(*at) != wanted) {
        return nullptr;
      }
    }
    return at;
  }

  constexpr bool back_over(const Character*& at, char wanted) const {
    if (at == begin_ || lower(at[-1]) != static_cast<Character>(wanted)) {
      return false;
    }
    --at;
    return true;
  }

  constexpr bool back_over_number(const Character*& at) const {
    const Character* start = at;
    while (at != begin_ && at[-1] >= '0' && at[-1] <= '9') {
      --at;
    }
    return at != start;
  }

  const Character* begin_ = nullptr;
  const Character* end_ = nullptr;
};

template <typename Character> struct ModuleName {
  NamePart<Character> directory; // with its last slash; empty if none is given
  NamePart<Character> file;      // the rest
  NamePart<Character> stem;      // without the extension
  NamePart<Character> extension; // with its dot; empty if none is given

  constexpr explicit ModuleName(const Character* name) {
    const Character* start = name;
    const Character* dot = nullptr;
    const Character* end = name;
    for (; *end != 0; ++end) {
      if (NamePart<Character>::is_slash(*end)) {
        start = end + 1;
        dot = nullptr;
      } else if (*end == '.') {
        // "x.dll.": the last dot is no extension's, if one came before
        dot = dot != nullptr && end[1] == 0 ? dot : end;
      }
    }
    bool extra_dot = dot != nullptr && end[-1] == '.' && dot != end - 1;
    directory = {name, start};
    file = {start, end};
    stem = {start, dot != nullptr ? dot : end};
    extension = {dot != nullptr ? dot : end, extra_dot ? end - 1 : end};
  }

  // Without an extension ".dll" is meant.
  constexpr bool is_dll() const { return extension.empty() || extension.equals(".dll"); }

  // NAME.exe, where the file is NAME.exe or, as programs of Linux have no extension, NAME.
  constexpr bool is_program(const char* file_name) const {
    return extension.equals(".exe") && !stem.empty() && (file.equals(file_name) || stem.equals(file_name));
  }
};

} // namespace winmem::process
