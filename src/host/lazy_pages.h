// Pages that the kernel may drop until they are written again (MADV_FREE): which are still there, and keeping them.
//
// The kernel tells by mapping, not by page: LazyFree in /proc/self/smaps counts those that are there and were not
// written since. Reading it walks all mappings below, so this is for calls that are rare.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// Bytes of such pages in the mappings that lie wholly inside `range`. 0 also where that cannot be known.
Bytes given_up(AddressRange range);

// Makes writable pages as if each were written once more, so that they stay (MADV_POPULATE_WRITE, Linux 5.14). True if
// none of them had to be brought in for that, so that none can have been lost before.
[[nodiscard]] bool keep_pages(AddressRange range);

} // namespace winmem::host
