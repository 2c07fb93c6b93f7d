// Names of objects, as they are once Windows' prefixes are understood (nt/object_name.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace winmem::object {

// Where a name without a prefix, or with "Local\", lives; and one with "Global\". Both are one user's.
enum class NameSpace : std::uint8_t { session, global };

inline constexpr std::size_t kLongestName = 260; // UTF-16 units: MAX_PATH

// Letters count as they are written. Never holds a backslash.
struct Name {
  NameSpace space = NameSpace::session;
  std::uint16_t length = 0; // 0: no name
  char16_t text[kLongestName];

  bool is_empty() const { return length == 0; }
  bool operator==(const Name& other) const {
    if (space != other.space || length != other.length) {
      return false;
    }
    std::size_t i = 0;
    while (i < length && text[i] == other.text[i]) {
      ++i;
    }
    return i == length;
  }
};

std::uint64_t hash_of(const Name& name, std::uint64_t seed = 0);

} // namespace winmem::object
