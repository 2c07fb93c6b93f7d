// processenv.h: the handles of input, output and errors.
#include "../nt/descriptors.h"
#include "last_error.h"

#include <windows.h>

using namespace winmem;

namespace {

// 0, 1, 2; -1 for what is none of the three.
int number_of(DWORD which) {
  switch (which) {
  case STD_INPUT_HANDLE:
    return 0;
  case STD_OUTPUT_HANDLE:
    return 1;
  case STD_ERROR_HANDLE:
    return 2;
  default:
    return -1;
  }
}

} // namespace

HANDLE WINAPI GetStdHandle(DWORD nStdHandle) {
  int which = number_of(nStdHandle);
  if (which < 0) {
    win32::fail(Status::invalid_handle);
    return INVALID_HANDLE_VALUE;
  }
  return nt::standard_handle(which);
}

BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle) {
  int which = number_of(nStdHandle);
  if (which < 0) {
    return win32::fail(Status::invalid_handle);
  }
  nt::set_standard_handle(which, hHandle);
  return TRUE;
}
