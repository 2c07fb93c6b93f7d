// <mm_malloc.h> without sight of _WIN32.
// Clang's would call _aligned_malloc, whose blocks need their own free.
#pragma GCC system_header
#pragma push_macro("_WIN32")
#undef _WIN32
#include_next <mm_malloc.h>
#pragma pop_macro("_WIN32")
