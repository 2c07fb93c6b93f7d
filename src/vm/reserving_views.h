// Views of sections whose pages are committed one by one (SEC_RESERVE): how the kernel keeps pages out of reach that
// are not committed yet.
//
// Watched:   as a rule the kernel is told to fault on pages that the file does not have (host/absent_pages.h). Then a
//            view's mapping is as its runs say, committed or not, and a commit anywhere opens the page everywhere.
// Else:      pages that are not committed are inaccessible. A commit opens them in its own view; in others the first
//            touch does, by the fault that it raises. System calls raise none: they fail with EFAULT before that.
// Lock:      the list of these views under space_lock. A view that is not watched says that it has guards, so that
//            changes of it freeze, and a fault that opens a page never meets one (guards.h).
// Fork:      the child watches anew before anything else runs in it.
#pragma once

#include "view.h"

namespace winmem::vm {

inline bool opens_by_faults(const View& view) {
  return view.commits != nullptr && !view.is_watched.load(std::memory_order_acquire);
}

// A view that was just mapped without access, and that nobody knows yet: watches it if possible, and gives its pages
// the access that they are to have. False when the kernel has no mapping left for that.
[[nodiscard]] bool open_new_view(View& view);

void enlist_locked(View& view);
void unlist_locked(View& view);

// Under all locks, as fork's child finds them.
void watch_views_in_child();

// Whether the page is committed in the view's section. True for all pages of other regions' and views'.
bool is_in_section(const Region& region, PageIndex page);
// Whether all of them are.
bool are_in_section(const Region& region, PageIndex begin, PageIndex end);

// The run cut to where its pages are alike, committed or not; those that are not have the state `reserved`.
PageRun cut_to_commits(const View& view, PageRun run);

// Calls visit(PageRun) for each part of `run` in which pages are alike, as cut_to_commits() says, in order.
template <typename Visit> void for_each_stretch(const View& view, PageRun run, Visit visit) {
  while (run.begin < run.end) {
    PageRun stretch = cut_to_commits(view, run);
    visit(stretch);
    run.begin = stretch.end;
  }
}

// Pages of `run` as a view has them that is not watched: open where they are committed. False when the kernel refuses.
bool open_committed(const View& view, PageRun run);

// From now on pages of the view are opened by faults; those that are not watched any more must be inaccessible.
void stop_watching(View& view);

// Opens the page, which the books allow to be accessed, and committed ones behind it, as a fault in a view that is not
// watched asks. False when the kernel refuses.
[[nodiscard]] bool open_by_fault(const View& view, PageIndex page);

} // namespace winmem::vm
