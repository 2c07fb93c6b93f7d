// string.h, mbstring.h, stdlib.h: copies of texts for the program to free (H166).
//
// Compiled programs have _strdup and its like in the headers; these are found by GetProcAddress.
#include "../file/path.h"
#include "../host/c_errno.h"
#include "../host/environment.h"
#include "given_text.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <corecrt.h>
#include <cstring>

using namespace winmem;
using crt::Allocate;

namespace {

template <typename Character> Character* copy(const Character* text) {
  if (text == nullptr) {
    return nullptr;
  }
  std::size_t count = 1;
  while (text[count - 1] != 0) {
    ++count;
  }
  auto* block = crt::new_text<Character>(winmem_malloc, count);
  return block != nullptr ? static_cast<Character*>(std::memcpy(block, text, count * sizeof *text)) : nullptr;
}

// The name of a variable in bytes. False for what no variable is called: too long, or no text.
bool to_name(const char* name, char (&out)[file::kPathRoom]) {
  std::size_t length = std::strlen(name);
  if (length >= sizeof out) {
    return false;
  }
  std::memcpy(out, name, length + 1);
  return true;
}

// By way of to_path, which knows how characters are put into bytes: one at a time, as it takes some for its own.
template <typename Character> bool to_name(const Character* name, char (&out)[file::kPathRoom]) {
  std::size_t length = 0;
  for (; *name != 0; ++name) {
    bool is_pair = sizeof(Character) == 2 && (*name & 0xFC00) == 0xD800;
    Character one[] = {*name, is_pair ? name[1] : Character{0}, 0};
    char bytes[file::kPathRoom] = {static_cast<char>(*name), 0};
    if (*name >= 0x80 && file::to_path(one, bytes) != Status::ok) {
      return false;
    }
    std::size_t size = std::strlen(bytes);
    if (length + size >= sizeof out) {
      return false;
    }
    std::memcpy(out + length, bytes, size);
    length += size;
    name += is_pair ? 1 : 0;
  }
  out[length] = 0;
  return true;
}

template <typename Character>
errno_t copy_variable(Allocate allocate, Character** buffer, std::size_t* count, const Character* name) {
  if (buffer != nullptr) {
    *buffer = nullptr;
  }
  if (count != nullptr) {
    *count = 0;
  }
  if (buffer == nullptr || name == nullptr) {
    crt::invalid_parameter();
    return host::number_of(host::CError::invalid_argument);
  }
  char bytes[file::kPathRoom];
  const char* value = to_name(name, bytes) ? host::environment(bytes) : nullptr;
  if (value == nullptr) {
    return 0;
  }
  std::size_t size = file::length_as<Character>(value) + 1;
  auto* text = crt::new_text<Character>(allocate, size);
  if (text == nullptr) {
    return host::number_of(host::CError::no_memory);
  }
  file::copy_as(value, text);
  *buffer = text;
  if (count != nullptr) {
    *count = size;
  }
  return 0;
}

} // namespace

extern "C" {

WINMEM_API char* winmem__strdup(const char* text) { return copy(text); }
WINMEM_API unsigned char* winmem__mbsdup(const unsigned char* text) { return copy(text); }
WINMEM_API char16_t* winmem__wcsdup(const char16_t* text) { return copy(text); }
WINMEM_API char32_t* winmem__wcsdup_utf32(const char32_t* text) { return copy(text); }

WINMEM_API errno_t winmem__dupenv_s_by(Allocate allocate, char** buffer, std::size_t* count, const char* name) {
  return copy_variable(allocate, buffer, count, name);
}
WINMEM_API errno_t winmem__wdupenv_s_by(Allocate allocate, char16_t** buffer, std::size_t* count,
                                        const char16_t* name) {
  return copy_variable(allocate, buffer, count, name);
}
WINMEM_API errno_t winmem__wdupenv_s_by_utf32(Allocate allocate, char32_t** buffer, std::size_t* count,
                                              const char32_t* name) {
  return copy_variable(allocate, buffer, count, name);
}

WINMEM_API errno_t winmem__dupenv_s(char** buffer, std::size_t* count, const char* name) {
  return copy_variable(winmem_malloc, buffer, count, name);
}
WINMEM_API errno_t winmem__wdupenv_s(char16_t** buffer, std::size_t* count, const char16_t* name) {
  return copy_variable(winmem_malloc, buffer, count, name);
}
WINMEM_API errno_t winmem__wdupenv_s_utf32(char32_t** buffer, std::size_t* count, const char32_t* name) {
  return copy_variable(winmem_malloc, buffer, count, name);
}

} // extern "C"
