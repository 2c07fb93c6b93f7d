// Of a region that is being made: what reserve() shares with the replacement of a placeholder.
#pragma once

#include "../base/status.h"
#include "region.h"

namespace winmem::vm {

// Commits all pages of a region that nobody sees yet, as its initial protection says, and charges them. Where that
// fails nothing has changed. The runs stay as they are: the caller publishes them.
Status commit_unseen(Region& region);

} // namespace winmem::vm
