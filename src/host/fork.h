// Handlers around fork(). vfork and posix_spawn run none, and need none: their child only calls exec.
#pragma once

namespace winmem::host {

void at_fork(void (*prepare)(), void (*parent)(), void (*child)());

} // namespace winmem::host
