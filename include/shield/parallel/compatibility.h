// <parallel/compatibility.h> without sight of _WIN32.
// The C++ library's parallel mode would call Windows' own functions.
#pragma GCC system_header
#pragma push_macro("_WIN32")
#undef _WIN32
#include_next <parallel/compatibility.h>
#pragma pop_macro("_WIN32")
