// Views: regions whose pages are a section's memory.
//
// A view is a region like any other to whoever asks what is at an address. It differs in where it lies (in a stretch of
// addresses kept for views, see view_window.h; or over pages that are reserved, see view_cover.h), in how it ends (as a
// whole, by any address in it) and in what its protection may become.
//
// Pages are mapped shared with the section, or as copies on write: all of a view that was made so, and those pages of
// another that were protected so (S64). Which pages have become copies only the kernel knows, and is asked (K30, K31).
//
// Lock:      as for other regions; a view is made and ends under space_lock, like a mapping outside the arena.
// Charge:    a view that copies on write counts with all its pages from its making on, whether they are written or not;
//            one that is made to do so later, with the pages that were asked for, at most once each.
#pragma once

#include "backing.h"
#include "page_span.h"
#include "vm.h"

namespace winmem::vm {

// What is at a view's addresses when it goes.
enum class ViewBed : std::uint8_t {
  window,    // a hole of the window
  arena,     // reserved pages, which are released or become a placeholder
  elsewhere, // nothing of winmem's
  outside,   // the same, but they were a region before the view came: the placeholder that it replaced
};

struct View : Region {
  Backing* backing;               // fixed after init
  std::uint64_t offset;           // of the first page, in the section; fixed after init
  std::atomic<PageIndex> charged; // pages that count against the commit limit; written under lock
  std::atomic<bool> has_copies;   // pages are, or were, mapped as copies on write; written under lock
  bool is_of_file;                // its pages may go while they are mapped; fixed after init
  ViewBed bed;                    // fixed after init

  // Where pages are committed one by one (reserving_views.h); commits is nullptr for other views. Fixed after init, but
  // for the links, guarded by space_lock, and is_watched, which may be taken back.
  CommitMap* commits;
  std::atomic<bool> is_watched;
  View* next_reserving;
  View** reserving_link;
};

inline bool is_view(const Region& region) { return region.place == Place::view; }
inline View& as_view(Region& region) { return static_cast<View&>(region); }
inline const View& as_view(const Region& region) { return static_cast<const View&>(region); }
inline bool is_view_of_file(const Region& region) { return is_view(region) && as_view(region).is_of_file; }
inline RegionKind kind_of(const Region& region) {
  return is_view(region) ? RegionKind::section : RegionKind::private_memory;
}

// Whether a query must look at more than the runs.
inline bool shows_more_than_runs(const View& view) {
  return view.commits != nullptr || view.has_copies.load(std::memory_order_acquire);
}

// S60, S61: whether a view made as `initial` may have pages as `state`.
bool allows(PageState initial, PageState state);

// The run from `page` on as a query shows it: pages that were written are no longer write_copy (S62), those that the
// section has not committed are reserved (S50). Asks the kernel where `run`, which begins at `page`, copies on write.
// The caller is a Reader or holds the region's lock.
PageRun find_shown_run(const View& view, RunRoot root, PageIndex page);

// How the kernel is told of the pages at the view's addresses while no view is there.
Place place_under(const View& view);

// The kernel's part of a change of protection; called as protect_pages() is.
Status protect_view_pages(const PageSpan& span, PageState state);

// The same with pages that are to be committed in the section first; `fresh` is how many were not before.
Status commit_view_pages(const PageSpan& span, PageState state, PageIndex& fresh);

} // namespace winmem::vm
