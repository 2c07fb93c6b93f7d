// Functions of libraries that may be there or not.
#pragma once

namespace winmem::host {

// The function of that name in `library`, if that is loaded; nullptr if it is not, and in a static program. By the
// dynamic linker, which takes its lock and may allocate.
void* find_in_library(const char* library, const char* name);

} // namespace winmem::host
