// Decommits pages of a region whose place is `chunked`.
//
// What can be refused and undone comes first, for all pages in one call: they become inaccessible. The call that drops
// the contents decides, and whatever the kernel refuses after it, no page can be touched and none has contents.
#pragma once

#include "../base/status.h"
#include "page_span.h"

namespace winmem::vm {

// Part of decommit_pages(): the span has committed pages, and none of them is locked. All or nothing.
Status decommit_chunked(const PageSpan& span);

} // namespace winmem::vm
