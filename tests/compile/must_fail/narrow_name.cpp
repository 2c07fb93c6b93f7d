// Names of functions are narrow, whatever UNICODE says.
// ERROR: cannot convert .const wchar_t
// ERROR: no matching function for call to 'GetProcAddress'
#define UNICODE
#include <windows.h>

FARPROC find(HMODULE module) {
#ifdef WRONG
  return GetProcAddress(module, TEXT("VirtualAlloc"));
#else
  return GetProcAddress(module, "VirtualAlloc");
#endif
}
