// Regions that heaps are done with and the system did not take back: the kernel may refuse that, for want of a mapping.
//
// Owns:      their addresses, up to a number; what does not fit stays for the life of the process.
// Lock:      leftovers_lock, a leaf but for vm's.
#pragma once

#include "../base/address.h"

namespace winmem::heap {

// The region that begins at `region` goes back to the system, at once or by a later release_leftovers().
void release_region(Address region);

void release_leftovers();

void lock_leftovers_for_fork();
void unlock_leftovers_after_fork();

} // namespace winmem::heap
