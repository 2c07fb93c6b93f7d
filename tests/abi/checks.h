// The checks that make_asserts.py's sources are made of: each is one comparison of a header with the tables.
//
// Surprise: a function's type is compared in C by an operator, and in C++ by declaring it once more, which is an error
//           if anything differs.
#ifndef WINMEM_ABI_CHECKS_H
#define WINMEM_ABI_CHECKS_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
template <typename A, typename B> struct SameType {
  enum { answer = 0 };
};
template <typename A> struct SameType<A, A> {
  enum { answer = 1 };
};
#define SAME_TYPE(A, B)                         (SameType<__typeof__(A), __typeof__(B)>::answer)
#define ASSERT(condition, text)                 static_assert(condition, text)
#define ALIGNMENT(T)                            alignof(T)
#define CHECK_FUNCTION(name, type, declaration) extern "C" declaration
// An enumerator has the enumeration's type, and that its compiler's choice of int or unsigned.
#define CHECK_ENUMERATOR(name, value, size)                                                                            \
  ASSERT((name) == (value), #name ": value");                                                                          \
  ASSERT(sizeof(name) == (size), #name ": size")
#define CHECK_FLOATING_TYPE(T) ASSERT((T)1 / 2 != 0, #T ": should be floating")
#else
#define SAME_TYPE(A, B)                         __builtin_types_compatible_p(__typeof__(A), __typeof__(B))
#define ASSERT(condition, text)                 _Static_assert(condition, text)
#define ALIGNMENT(T)                            _Alignof(T)
#define CHECK_FUNCTION(name, type, declaration) ASSERT(SAME_TYPE(name, type), #name ": not " #type)
#define CHECK_ENUMERATOR(name, value, size)                                                                            \
  ASSERT((name) == (value), #name ": value");                                                                          \
  ASSERT(SAME_TYPE(name, int), #name ": should be an int")
#define CHECK_FLOATING_TYPE(T) ASSERT(_Generic((T)0, float : 1, double : 1, default : 0), #T ": should be floating")
#endif

// ---- Constants ----
#define CHECK_SIGNED(name, value, size)                                                                                \
  ASSERT((name) == (value), #name ": value");                                                                          \
  ASSERT(sizeof(name) == (size), #name ": size");                                                                      \
  ASSERT((__typeof__(+(name)))(-1) < 0, #name ": should be signed")
#define CHECK_UNSIGNED(name, value, size)                                                                              \
  ASSERT((name) == (value), #name ": value");                                                                          \
  ASSERT(sizeof(name) == (size), #name ": size");                                                                      \
  ASSERT((__typeof__(+(name)))(-1) > 0, #name ": should be unsigned")

// ---- Types ----
#define CHECK_TYPE(T, size, alignment)                                                                                 \
  ASSERT(sizeof(T) == (size), #T ": size");                                                                            \
  ASSERT(ALIGNMENT(T) == (alignment), #T ": alignment")
#define CHECK_SIGNED_TYPE(T)            ASSERT((T)-1 < (T)0, #T ": should be signed")
#define CHECK_UNSIGNED_TYPE(T)          ASSERT((T)-1 > (T)0, #T ": should be unsigned")
#define CHECK_SAME_TYPE(T, U)           ASSERT(SAME_TYPE(T, U), #T ": not " #U)
#define CHECK_MEMBER_TYPE(T, member, U) ASSERT(SAME_TYPE(((T*)0)->member, U), #T "." #member ": not " #U)
#define CHECK_MEMBER(T, member, offset, size)                                                                          \
  ASSERT(offsetof(T, member) == (offset), #T "." #member ": offset");                                                  \
  ASSERT(sizeof(((T*)0)->member) == (size), #T "." #member ": size")

// ---- At run time ----
#define CHECK_TEXT(name, text)     FAIL_UNLESS(strcmp(name, text) == 0, #name)
#define CHECK_POINTER(name, value) FAIL_UNLESS((unsigned long)(name) == (value), #name)

// Sets one bit-field, and looks at which bits of the structure became ones.
#define CHECK_BITS(T, member, first, count)                                                                            \
  do {                                                                                                                 \
    T object;                                                                                                          \
    unsigned bit, wrong = 0;                                                                                           \
    unsigned long ones = ~0UL;                                                                                         \
    memset(&object, 0, sizeof object);                                                                                 \
    object.member = ones;                                                                                              \
    for (bit = 0; bit < sizeof object * 8; ++bit) {                                                                    \
      const unsigned is = (((const unsigned char*)&object)[bit / 8] >> (bit % 8)) & 1;                                 \
      wrong += is != (bit + 1 > (first) && bit < (first) + (count));                                                   \
    }                                                                                                                  \
    FAIL_UNLESS(wrong == 0, #T "." #member);                                                                           \
  } while (0)

#define FAIL_UNLESS(condition, text)                                                                                   \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("%s: %s\n", __FILE__, text);                                                                              \
      ++failed;                                                                                                        \
    }                                                                                                                  \
  } while (0)

#endif
