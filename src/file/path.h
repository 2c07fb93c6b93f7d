// Names of files, as Windows programs write them, become paths of Linux.
//
// Rules:     Linux paths work as they are, with slashes or backslashes. "\\?\" in front is dropped. A drive letter is
//            refused, but for C: where WINMEM_DRIVE_C names the directory that is its root. Names of servers and
//            devices are refused; NUL is /dev/null. Nothing else is changed: letters keep their case, dots and blanks
//            stay.
#pragma once

#include "../base/status.h"

#include <cstddef>

namespace winmem::file {

inline constexpr std::size_t kPathRoom = 4096; // the kernel's own bound, with the end

// Character is char (bytes, UTF-8 by convention), char16_t or char32_t; `name` may be bad memory no more here.
// object_path_not_found: null, empty, or a drive that there is not. name_too_long. object_name_invalid: no text.
template <typename Character> Status to_path(const Character* name, char (&path)[kPathRoom]);

extern template Status to_path(const char*, char (&)[kPathRoom]);
extern template Status to_path(const char16_t*, char (&)[kPathRoom]);
extern template Status to_path(const char32_t*, char (&)[kPathRoom]);

// The other way: how many characters a path has, its end not counted, and writing them, with the end, to room for them.
// Bytes that are no UTF-8 become U+FFFD where characters have more than a byte.
template <typename Character> std::size_t length_as(const char* path);
template <typename Character> void copy_as(const char* path, Character* to);

extern template std::size_t length_as<char>(const char*);
extern template std::size_t length_as<char16_t>(const char*);
extern template std::size_t length_as<char32_t>(const char*);
extern template void copy_as(const char*, char*);
extern template void copy_as(const char*, char16_t*);
extern template void copy_as(const char*, char32_t*);

} // namespace winmem::file
