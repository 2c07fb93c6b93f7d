// The calls that are under way on the calling thread's stack.
#pragma once

#include <cstddef>

namespace winmem::host {

// Writes the return addresses of at most `count` calls, the one of this function's caller first. Returns how many.
// By libc, which reads the program's unwind tables; its first use loads a library, and is no work for a signal handler.
std::size_t back_trace(void** addresses, std::size_t count);

} // namespace winmem::host
