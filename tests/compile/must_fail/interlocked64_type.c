// A 64-bit operation on 32 bits would change its neighbour.
// ERROR: _Generic. selector of type .int. is not compatible
// ERROR: controlling expression type '(volatile )?(LONG|int).* not compatible
#include <windows.h>

void exchange(volatile LONG* narrow, volatile LONG64* wide);
void exchange(volatile LONG* narrow, volatile LONG64* wide) {
#ifdef WRONG
  InterlockedExchange64(narrow, 1);
#else
  InterlockedExchange(narrow, 1);
#endif
  InterlockedExchange64(wide, 1);
}
