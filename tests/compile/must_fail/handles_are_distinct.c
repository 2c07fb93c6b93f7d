// STRICT: a module is no window.
// ERROR: incompatible pointer type
#include <windows.h>

void take(HMODULE module);
void take(HMODULE module) {
#ifdef WRONG
  HWND window = module;
#else
  HINSTANCE window = module;
#endif
  (void)window;
}
