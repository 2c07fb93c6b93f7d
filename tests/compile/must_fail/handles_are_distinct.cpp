// STRICT: a module is no window.
// ERROR: cannot convert .HMODULE
// ERROR: cannot initialize a variable of type 'HWND'
#include <windows.h>

void take(HMODULE module) {
#ifdef WRONG
  HWND window = module;
#else
  HINSTANCE window = module;
#endif
  (void)window;
}
