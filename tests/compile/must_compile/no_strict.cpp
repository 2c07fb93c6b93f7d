// Without STRICT all handles are void pointers.
#define NO_STRICT
#include <windows.h>

HWND from_module(HMODULE module) { return module; }
