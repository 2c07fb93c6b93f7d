// Memory that a program can do without for now: what is legal in offering, reclaiming, discarding and prefetching.
#pragma once

#include "../base/status.h"
#include "../vm/vm.h"

#include <winnt.h>

namespace winmem::nt {

// V102: address and size are whole pages, and not none.
Status offer(Address at, Bytes size, std::uint32_t priority);
Status discard(Address at, Bytes size);

struct Reclaimed {
  Status status = Status::ok;
  bool may_be_lost = false;
};
Reclaimed reclaim(Address at, Bytes size);

} // namespace winmem::nt
