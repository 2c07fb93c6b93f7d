// The Windows API, as far as winmem has it.
//
// WIN32_LEAN_AND_MEAN, NOMINMAX, NO_STRICT, UNICODE, WIN32_NO_STATUS and _WIN32_WINNT work as they do in the SDK. This
// header defines neither _WIN32 nor any other macro by which a program tells the system it runs on: winmem-cc does.
#ifndef _WINDOWS_
#define _WINDOWS_

#include <stdarg.h>

#include "excpt.h"
#include "windef.h"
#include "winbase.h"
#include "winerror.h"

#endif
