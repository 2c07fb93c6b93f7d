// Memory that holds one byte over and over: written, and looked at.
//
// Cost:      of short ranges a few instructions without a loop, as their lengths change from call to call and a
//            processor guesses wrong; of longer ones two cycles for 64 bytes.
#pragma once

#include "../base/address.h"

#include <cstring>

namespace winmem::heap {

namespace detail {

using Sixteen = char __attribute__((vector_size(16)));
using LooseSixteen = char __attribute__((vector_size(16), aligned(1), may_alias));

constexpr Sixteen sixteen_of(char value) { return Sixteen{} + value; }

inline Sixteen load(const char* from) { return *reinterpret_cast<const LooseSixteen*>(from); }
inline void store(char* to, Sixteen value) { *reinterpret_cast<LooseSixteen*>(to) = value; }

// Where the second of three pieces of 16 begins that cover 16 to 48 bytes, with the first and the last ones.
inline Bytes middle_of(Bytes size) { return size >= 32 ? 16 : 0; }

} // namespace detail

inline void fill(Address begin, Bytes size, char value) {
  constexpr Bytes kShort = 512;
  auto* at = reinterpret_cast<char*>(begin);
  if (size < 16 || size > kShort) {
    std::memset(at, value, size);
    return;
  }
  detail::Sixteen filling = detail::sixteen_of(value);
  char* end = at + size;
  if (size >= 64) {
    char* last = end - 64;
    for (; at < last; at += 64) {
      for (Bytes i = 0; i < 64; i += 16) {
        detail::store(at + i, filling);
      }
      __asm__("" : "+x"(filling)); // or the compiler makes a call of it
    }
    at = last;
    detail::store(at + 32, filling);
  }
  detail::store(at, filling);
  detail::store(at + detail::middle_of(size), filling);
  detail::store(end - 32 < at ? at : end - 32, filling);
  detail::store(end - 16, filling);
}

inline bool holds(Address begin, Bytes size, char value) {
  const auto* at = reinterpret_cast<const char*>(begin);
  const char* end = at + size;
  if (size < 16) {
    while (at < end && *at == value) {
      ++at;
    }
    return at == end;
  }
  detail::Sixteen wanted = detail::sixteen_of(value);
  detail::Sixteen other{};
  if (size >= 64) {
    const char* last = end - 64;
    for (; at < last; at += 64) {
      other |= (detail::load(at) ^ wanted) | (detail::load(at + 16) ^ wanted) | (detail::load(at + 32) ^ wanted) |
               (detail::load(at + 48) ^ wanted);
    }
    at = last;
    other |= detail::load(at + 32) ^ wanted;
  }
  other |= (detail::load(at) ^ wanted) | (detail::load(at + detail::middle_of(size)) ^ wanted) |
           (detail::load(end - 32 < at ? at : end - 32) ^ wanted) | (detail::load(end - 16) ^ wanted);
  return __builtin_ia32_pmovmskb128(other == detail::Sixteen{}) == 0xFFFF;
}

} // namespace winmem::heap
