// The operations without a number take integers of 4 and 8 bytes, and nothing else.
// ERROR: no matching function for call to '_?InterlockedIncrement'
// ERROR: no matching function for call to ._InterlockedIncrement\(
#include <windows.h>

void count(volatile short* narrow, volatile LONG* right) {
#ifdef WRONG
  InterlockedIncrement(narrow);
#else
  InterlockedIncrement16(narrow);
#endif
  InterlockedIncrement(right);
}
