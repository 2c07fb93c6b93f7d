// Tells the kernel what the pages of a region are to be: the one place where run changes become system calls.
//
// Called with the region's lock held (or before the region is published), before the runs change. Each function does
// all or nothing: on failure every page is as it was, contents included.
#pragma once

#include "../base/status.h"
#include "page_span.h"

namespace winmem::vm {

// Reserved pages become accessible as `state` says, zero-filled; committed ones keep their contents and get it too.
Status commit_pages(const PageSpan& span, PageState state);

// The same in a view whose section's pages are committed one by one. `fresh`: how many pages were not before.
Status commit_section_pages(const PageSpan& span, PageState state, PageIndex& fresh);

// Committed pages lose their contents and become inaccessible.
Status decommit_pages(const PageSpan& span);

// For a region outside the arena: the span's mapping goes.
Status unmap_pages(const PageSpan& span);

// For a view over pages that stay reserved (view_cover.h): they take its place again.
Status uncover_pages(const PageSpan& span);

// All of the span is committed.
Status protect_pages(const PageSpan& span, PageState state);

// The runs learn what the kernel and the queries know already: the pages' guards were hit, and they are `bare` now.
// False when there is no memory for the runs.
[[nodiscard]] bool settle_pages(const PageSpan& span, PageState bare);

} // namespace winmem::vm
