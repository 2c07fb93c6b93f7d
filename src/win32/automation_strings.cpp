// oleauto.h: strings with their length in front, for characters of 16 and of 32 bits.
//
// A string lies 8 bytes behind the start of a block of the process heap, so that its characters are 8-aligned; the last
// 4 of these bytes are its length in bytes.
#include "../heap/caller.h"
#include "../heap/process_block.h"

#include <cstring>
#include <limits>
#include <oleauto.h>

using namespace winmem;
namespace process_block = heap::process_block;

namespace {

constexpr Bytes kHeader = 8;

// More would not fit into the length, with the header and the terminator.
constexpr Bytes kMostBytes = std::numeric_limits<UINT>::max() - 16;

// In bytes.
UINT length_of(const void* text) {
  UINT length = 0;
  if (text != nullptr) {
    std::memcpy(&length, static_cast<const char*>(text) - sizeof length, sizeof length);
  }
  return length;
}

void* block_of(void* text) { return static_cast<char*>(text) - kHeader; }

// A string of `length` bytes with a terminator of `end` bytes; `from` is what to copy, or nothing.
void* make(const void* from, Bytes length, Bytes end) {
  if (length > kMostBytes) {
    return nullptr;
  }
  auto* block = static_cast<char*>(process_block::take(kHeader + length + end, false));
  if (block == nullptr) {
    return nullptr;
  }
  auto stored = static_cast<UINT>(length);
  std::memset(block, 0, kHeader - sizeof stored);
  std::memcpy(block + kHeader - sizeof stored, &stored, sizeof stored);
  if (from != nullptr) {
    std::memcpy(block + kHeader, from, length);
  }
  std::memset(block + kHeader + length, 0, end);
  return block + kHeader;
}

template <typename Character> Character* copy(const Character* from, Bytes characters) {
  return static_cast<Character*>(make(from, characters * sizeof(Character), sizeof(Character)));
}

template <typename Character> Bytes characters_in(const Character* text) {
  Bytes count = 0;
  while (text[count] != 0) {
    ++count;
  }
  return count;
}

template <typename Character> Character* copy(const Character* from) {
  return from != nullptr ? copy(from, characters_in(from)) : nullptr;
}

void give(void* text) {
  if (text != nullptr) {
    process_block::give(block_of(text));
  }
}

// `text` may lie in the old string, so that goes last.
template <typename Character> INT replace(Character** string, const Character* text) {
  Character* made = copy(text);
  if (made == nullptr && text != nullptr) {
    return FALSE;
  }
  give(*string);
  *string = made;
  return TRUE;
}

template <typename Character> INT replace(Character** string, const Character* text, Bytes characters) {
  Character* made = copy(text, characters);
  if (made == nullptr) {
    return FALSE;
  }
  if (text == nullptr && *string != nullptr) {
    Bytes old = length_of(*string);
    Bytes length = characters * sizeof(Character);
    std::memcpy(made, *string, old < length ? old : length);
  }
  give(*string);
  *string = made;
  return TRUE;
}

} // namespace

void WINAPI SysFreeString(BSTR bstrString) {
  heap::Caller caller(__builtin_return_address(0));
  give(bstrString);
}

UINT WINAPI SysStringByteLen(BSTR bstr) { return length_of(bstr); }

extern "C" {

WINMEM_API char16_t* WINAPI winmem_SysAllocString(const char16_t* psz) {
  heap::Caller caller(__builtin_return_address(0));
  return copy(psz);
}
WINMEM_API char32_t* WINAPI winmem_SysAllocString_utf32(const char32_t* psz) {
  heap::Caller caller(__builtin_return_address(0));
  return copy(psz);
}

WINMEM_API char16_t* WINAPI winmem_SysAllocStringLen(const char16_t* strIn, UINT ui) {
  heap::Caller caller(__builtin_return_address(0));
  return copy(strIn, ui);
}
WINMEM_API char32_t* WINAPI winmem_SysAllocStringLen_utf32(const char32_t* strIn, UINT ui) {
  heap::Caller caller(__builtin_return_address(0));
  return copy(strIn, ui);
}

WINMEM_API void* WINAPI winmem_SysAllocStringByteLen(LPCSTR psz, UINT len) {
  heap::Caller caller(__builtin_return_address(0));
  return make(psz, len, sizeof(char16_t));
}
WINMEM_API void* WINAPI winmem_SysAllocStringByteLen_utf32(LPCSTR psz, UINT len) {
  heap::Caller caller(__builtin_return_address(0));
  return make(psz, len, sizeof(char32_t));
}

WINMEM_API INT WINAPI winmem_SysReAllocString(char16_t** pbstr, const char16_t* psz) {
  heap::Caller caller(__builtin_return_address(0));
  return replace(pbstr, psz);
}
WINMEM_API INT WINAPI winmem_SysReAllocString_utf32(char32_t** pbstr, const char32_t* psz) {
  heap::Caller caller(__builtin_return_address(0));
  return replace(pbstr, psz);
}

WINMEM_API INT WINAPI winmem_SysReAllocStringLen(char16_t** pbstr, const char16_t* psz, unsigned int len) {
  heap::Caller caller(__builtin_return_address(0));
  return replace(pbstr, psz, len);
}
WINMEM_API INT WINAPI winmem_SysReAllocStringLen_utf32(char32_t** pbstr, const char32_t* psz, unsigned int len) {
  heap::Caller caller(__builtin_return_address(0));
  return replace(pbstr, psz, len);
}

WINMEM_API UINT WINAPI winmem_SysStringLen(const char16_t* pbstr) {
  return length_of(pbstr) / static_cast<UINT>(sizeof *pbstr);
}
WINMEM_API UINT WINAPI winmem_SysStringLen_utf32(const char32_t* pbstr) {
  return length_of(pbstr) / static_cast<UINT>(sizeof *pbstr);
}

} // extern "C"
