// The operations without a number take integers of 4 and 8 bytes, and nothing else.
// ERROR: _Generic. selector of type .*short.* is not compatible
// ERROR: controlling expression type .*short.* not compatible
#include <windows.h>

void count(volatile short* narrow, volatile LONG* right);
void count(volatile short* narrow, volatile LONG* right) {
#ifdef WRONG
  InterlockedIncrement(narrow);
#else
  InterlockedIncrement16(narrow);
#endif
  InterlockedIncrement(right);
}
