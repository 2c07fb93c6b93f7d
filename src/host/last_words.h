// What a process says before it ends by a mistake of the program's.
#pragma once

#include <cstddef>

namespace winmem::host {

// Writes to standard error as far as that can be done. Keeps errno.
void write_error(const char* text, std::size_t size);

// abort() of libc: handlers of SIGABRT run.
[[noreturn]] void abort_process();

} // namespace winmem::host
