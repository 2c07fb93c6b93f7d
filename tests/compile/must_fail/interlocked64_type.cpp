// A 64-bit operation on 32 bits would change its neighbour.
// ERROR: no matching function for call to '_?InterlockedExchange64'
// ERROR: no matching function for call to ._InterlockedExchange64\(
#include <windows.h>

void exchange(volatile LONG* narrow, volatile LONG64* wide) {
#ifdef WRONG
  InterlockedExchange64(narrow, 1);
#else
  InterlockedExchange(narrow, 1);
#endif
  InterlockedExchange64(wide, 1);
}
