// On Windows an unsigned long is a DWORD. Here it has 8 bytes, of which a call would write 4: so it is refused.
// ERROR: cannot convert .(long unsigned int|unsigned long)\*
// ERROR: no matching function for call to 'VirtualProtect'
// ERROR: invalid conversion from
#include <windows.h>

BOOL protect(void* page) {
#ifdef WRONG
  unsigned long old;
#else
  DWORD old;
#endif
  return VirtualProtect(page, 4096, PAGE_READONLY, &old);
}
