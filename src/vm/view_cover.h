// Mappings of sections over addresses that are winmem's and stay so: pages of the arena, and placeholders anywhere.
//
// Where they are reserved in chunks, a chunk is opened under markers if the mapping takes a part of it, and its pages
// are pinned while it lasts. So nobody opens, closes or bridges a chunk across such a mapping. Where it takes a whole
// chunk, that is pinned as it is.
//
// The pages are reserved. The caller holds their region's lock, or is the only one who knows the region.
#pragma once

#include "../base/status.h"
#include "../host/section_memory.h"
#include "region.h"

namespace winmem::vm::view_cover {

// What the kernel's answer to the mapping of a file means.
Status status_of(host::Kernel answer);

// `place` is that of the reserved pages. As status_of() where the kernel refuses; nothing has changed then.
Status lay(AddressRange range, const host::FileMapping& mapping, Place place);

// The way back: the pages are inaccessible and empty again. no_memory: the kernel refused, and nothing has changed.
Status lift(AddressRange range, Place place);

} // namespace winmem::vm::view_cover
