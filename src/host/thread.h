// The calling thread, as the kernel sees it.
#pragma once

namespace winmem::host {

void yield();

} // namespace winmem::host
