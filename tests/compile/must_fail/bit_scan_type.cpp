// The index of a bit goes to an unsigned int, or to the unsigned long of Windows source.
// ERROR: no matching function for call to ._BitScanForward
#include <intrin.h>

unsigned char find(unsigned long* windows, unsigned short* narrow) {
#ifdef WRONG
  return _BitScanForward(narrow, 8);
#else
  (void)narrow;
  return _BitScanForward(windows, 8);
#endif
}
