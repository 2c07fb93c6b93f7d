// What winmem lacks is missed by the compiler and not by the linker.
// ERROR: .EnumSystemLocalesW. was not declared
// ERROR: use of undeclared identifier 'EnumSystemLocalesW'
#include <windows.h>

void call() {
#ifdef WRONG
  EnumSystemLocalesW(nullptr, 0);
#endif
}
