// What a process says of a mistake of the program's, and before it ends by one.
#pragma once

#include <cstddef>

namespace winmem::host {

// Writes to standard error as far as that can be done. Keeps errno.
void write_error(const char* text, std::size_t size);

// The same to any descriptor.
void write_text(int descriptor, const char* text, std::size_t size);

// Ends the process at once: nothing is flushed, nothing runs. The kernel keeps the lowest 8 bits of `code`.
[[noreturn]] void leave_process(int code);

// abort() of libc: handlers of SIGABRT run.
[[noreturn]] void abort_process();

} // namespace winmem::host
