// <wchar.h> of the system, and what of Microsoft's is about memory beyond it.
//
// Surprise: where wchar_t has 2 bytes (-fshort-wchar), wmemcpy, wmemmove and wmemset are defined here: libc's have
//           characters of 4 bytes, and std::wstring calls them. (docs/decisions/0041)
#pragma GCC system_header // for #include_next

#include_next <wchar.h>

// libc's headers ask theirs for single types in this way, and then nothing else may be declared.
#if !defined(WINMEM_WCHAR_H) && !defined(__need_wint_t) && !defined(__need_mbstate_t)
#define WINMEM_WCHAR_H

#include "corecrt_memcpy_s.h"
#include "corecrt_wstdio.h"
#include "corecrt_wstdlib.h"
#include "corecrt_wstring.h"

#if __SIZEOF_WCHAR_T__ == 2
WINMEM_BEGIN_C
#ifdef __cplusplus
#define WINMEM_SAME_THROW __THROW // as libc's declarations
#else
#define WINMEM_SAME_THROW
#endif
#define WINMEM_IN_PLACE_OF_LIBC extern __inline__ __attribute__((gnu_inline, always_inline))
WINMEM_IN_PLACE_OF_LIBC wchar_t* wmemcpy(wchar_t* __restrict dest, const wchar_t* __restrict src,
                                         size_t count) WINMEM_SAME_THROW {
  return (wchar_t*)__builtin_memcpy(dest, src, count * sizeof *dest);
}
WINMEM_IN_PLACE_OF_LIBC wchar_t* wmemmove(wchar_t* dest, const wchar_t* src, size_t count) WINMEM_SAME_THROW {
  return (wchar_t*)__builtin_memmove(dest, src, count * sizeof *dest);
}
WINMEM_IN_PLACE_OF_LIBC wchar_t* wmemset(wchar_t* dest, wchar_t c, size_t count) WINMEM_SAME_THROW {
  size_t i;
  for (i = 0; i < count; ++i) {
    dest[i] = c;
  }
  return dest;
}
#undef WINMEM_IN_PLACE_OF_LIBC
#undef WINMEM_SAME_THROW
WINMEM_END_C
#endif

// memcpy_s and memmove_s, with sizes in characters (H162).
WINMEM_INLINE errno_t wmemcpy_s(wchar_t* dest, rsize_t destSize, const wchar_t* src, rsize_t count) {
  return destSize > (size_t)-1 / sizeof *dest || count > (size_t)-1 / sizeof *dest
             ? winmem_memory_refused_(ERANGE)
             : memcpy_s(dest, destSize * sizeof *dest, src, count * sizeof *src);
}
WINMEM_INLINE errno_t wmemmove_s(wchar_t* dest, rsize_t destSize, const wchar_t* src, rsize_t count) {
  return destSize > (size_t)-1 / sizeof *dest || count > (size_t)-1 / sizeof *dest
             ? winmem_memory_refused_(ERANGE)
             : memmove_s(dest, destSize * sizeof *dest, src, count * sizeof *src);
}

#endif
