#include "reserving_views.h"

#include "../host/absent_pages.h"

namespace winmem::vm {

namespace {

constinit View* first_view = nullptr; // guarded by space_lock

PageIndex first_page(const View& view) { return bytes_to_pages(view.offset); }

AddressRange range_of(const View& view, PageRun run) { return {view.address_of(run.begin), view.address_of(run.end)}; }

} // namespace

bool open_new_view(View& view) {
  PageRun all{0, view.pages(), view.initial};
  if (host::watch_absent_pages(view.range)) {
    view.is_watched.store(true, std::memory_order_release);
    return host::protect(view.range, access_of(view.initial)) == host::Kernel::ok;
  }
  stop_watching(view);
  return open_committed(view, all);
}

void enlist_locked(View& view) {
  view.next_reserving = first_view;
  view.reserving_link = &first_view;
  if (first_view != nullptr) {
    first_view->reserving_link = &view.next_reserving;
  }
  first_view = &view;
}

void unlist_locked(View& view) {
  *view.reserving_link = view.next_reserving;
  if (view.next_reserving != nullptr) {
    view.next_reserving->reserving_link = view.reserving_link;
  }
}

void watch_views_in_child() {
  host::forget_watches_in_child();
  for (View* view = first_view; view != nullptr; view = view->next_reserving) {
    if (!opens_by_faults(*view) && !host::watch_absent_pages(view->range)) {
      stop_watching(*view);
      // Where the kernel refuses to close a page, a touch makes it.
      for_each_run(view->root(), view->pages(), 0, view->pages(), [&](PageRun run) { open_committed(*view, run); });
    }
  }
}

bool is_in_section(const Region& region, PageIndex page) { return are_in_section(region, page, page + 1); }

bool are_in_section(const Region& region, PageIndex begin, PageIndex end) {
  if (!is_view(region) || as_view(region).commits == nullptr) {
    return true;
  }
  PageIndex first = first_page(as_view(region));
  return as_view(region).commits->all(first + begin, first + end);
}

PageRun cut_to_commits(const View& view, PageRun run) {
  if (view.commits != nullptr) {
    PageIndex first = first_page(view);
    bool is_there = false;
    run.end = view.commits->end_of_stretch(first + run.begin, first + run.end, is_there) - first;
    run.state = is_there ? run.state : PageState::reserved;
  }
  return run;
}

bool open_committed(const View& view, PageRun run) {
  bool done = true;
  for_each_stretch(view, run, [&](PageRun stretch) {
    done = host::protect(range_of(view, stretch), access_of(stretch.state)) == host::Kernel::ok && done;
  });
  return done;
}

void stop_watching(View& view) {
  view.has_guards.store(true, std::memory_order_relaxed);
  view.is_watched.store(false, std::memory_order_release);
}

bool open_by_fault(const View& view, PageIndex page) {
  constexpr PageIndex kMostAtOnce = 512;
  PageRun run = find_run(view.root(), page, view.pages());
  run.begin = page;
  run.end = run.end - page > kMostAtOnce ? page + kMostAtOnce : run.end;
  run = cut_to_commits(view, run);
  return host::protect(range_of(view, run), access_of(run.state)) == host::Kernel::ok;
}

} // namespace winmem::vm
