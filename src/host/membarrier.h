// A fence that one thread makes all others of the process pass (membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED), so that
// those need none of their own: what they stored before is seen here, and what was stored here before is seen by them.
#pragma once

namespace winmem::host {

// Whether fence_threads() works here. The kernel wants to be told once, which is quick while there is one thread only.
bool can_fence_threads();

// For those who were told that it works.
void fence_threads();

} // namespace winmem::host
