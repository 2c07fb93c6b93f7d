// Names of objects as programs spell them: "Local\x" and "Global\x" of Win32, paths of the native calls.
//
// Rules: S20. At most 259 UTF-16 units, prefix included. The text is read through a pointer that may be bad.
#pragma once

#include "../base/status.h"
#include "../object/handle_table.h"
#include "../object/name.h"

#include <winternl.h>

namespace winmem::nt {

// Win32's spelling; null and "" give an empty name. Character is char (UTF-8), char16_t or char32_t.
// object_path_not_found: a backslash that ends no known prefix. object_name_invalid: nothing behind the prefix, or no
// text. name_too_long. access_violation.
template <class Character> Status read_name(const Character* text, object::Name& out);

extern template Status read_name(const char*, object::Name&);
extern template Status read_name(const char16_t*, object::Name&);
extern template Status read_name(const char32_t*, object::Name&);

struct ObjectAttributes {
  object::Name name;
  object::Flags flags = object::Flags::none;
  bool opens_existing = false; // OBJ_OPENIF
};

// The native spelling: "\BaseNamedObjects\x" is Global, "\Sessions\N\BaseNamedObjects\x" is Local; behind it a prefix
// of Win32's may stand. Character is what a UNICODE_STRING of the program's points to: char16_t or char32_t. Null: no
// name, no flags. object_path_syntax_bad: it does not begin with a backslash.
template <class Character> Status read_attributes(const OBJECT_ATTRIBUTES* attributes, ObjectAttributes& out);

extern template Status read_attributes<char16_t>(const OBJECT_ATTRIBUTES*, ObjectAttributes&);
extern template Status read_attributes<char32_t>(const OBJECT_ATTRIBUTES*, ObjectAttributes&);

} // namespace winmem::nt
