// Memory that a fork's child shares with its parent, at the same address.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// Whole pages, zero, never given back. nullptr when the kernel has none.
void* map_shared_pages(Bytes size);

} // namespace winmem::host
