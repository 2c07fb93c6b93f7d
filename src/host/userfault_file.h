// userfaultfd: the descriptors by which the kernel is told to watch pages, for those who watch.
#pragma once

#include <cstdint>

namespace winmem::host {

// For faults of the program's own instructions alone, as everybody may have it (K50); high, and closed on exec. -1
// where the kernel or a sandbox has not got it, or not these features.
int open_userfault(std::uint64_t features);

// One of its requests; 0, or minus an errno.
long ask_userfault(int file, unsigned long request, void* argument);

// Whether `file` is one still: the program may have closed it, and the number be something else by now.
bool is_userfault(int file);

} // namespace winmem::host
