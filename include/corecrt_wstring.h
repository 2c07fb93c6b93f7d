// What Microsoft's <string.h> and <wchar.h> both have about wide texts.
#ifndef WINMEM_CORECRT_WSTRING_H
#define WINMEM_CORECRT_WSTRING_H

#include "winmem_allocating.h"

// A copy, for the program's free. NULL for NULL, and with ENOMEM (H166). In brackets, as crtdbg.h may have a macro of
// the name.
WINMEM_INLINE wchar_t*(_wcsdup)(const wchar_t* _String) {
  size_t length = 0;
  if (_String == NULL) {
    return NULL;
  }
  while (_String[length] != 0) {
    ++length;
  }
  return (wchar_t*)winmem_copy_(_String, (length + 1) * sizeof *_String);
}

#endif
