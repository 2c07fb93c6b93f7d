// Texts of bytes of which a character may have several.
#ifndef WINMEM_MBSTRING_H
#define WINMEM_MBSTRING_H

#include "winmem_allocating.h"

// A copy, for the program's free. NULL for NULL, and with ENOMEM (H166).
WINMEM_INLINE unsigned char*(_mbsdup)(const unsigned char* str) {
  return str != NULL ? (unsigned char*)winmem_copy_(str, __builtin_strlen((const char*)str) + 1) : NULL;
}

#endif
