// A change of protection as the kernel must be told of it where pages are a section's.
//
// Most are an mprotect. But pages that are to be copied on write, in a view that shares them, become another mapping of
// the same file (S64), and pages that were to be copied and are to be shared again become the first kind once more, but
// for those that have been copied: they keep their contents for good (S63).
#include "../host/absent_pages.h"
#include "../host/page_copies.h"
#include "../host/section_memory.h"
#include "mapping_budget.h"
#include "page_locks.h"
#include "reserving_views.h"
#include "view.h"

namespace winmem::vm {

namespace {

using host::Access;
using host::Copied;
using host::Kernel;
using host::Sharing;

Status refused() { return mapping_budget::tight() ? Status::no_memory : Status::commitment_limit; }

// Other pages of the file, or of copies of it, take the place of those in `range`. What is not committed must not be
// open before the kernel watches it: a touch would make the page.
enum class Replaced : std::uint8_t { yes, no, without_access };
Replaced replace(const View& view, AddressRange range, Sharing sharing, Access access) {
  bool watches = view.commits != nullptr && !opens_by_faults(view) &&
                 !are_in_section(view, view.page_at(range.begin), view.page_at(range.end));
  bool done = host::replace_by_file(range, {.file = view.backing->file,
                                            .offset = view.offset + (range.begin - view.range.begin),
                                            .sharing = sharing,
                                            .access = watches ? Access::none : access}) == Kernel::ok;
  if (!done || !watches) {
    return done ? Replaced::yes : Replaced::no;
  }
  bool open = host::watch_absent_pages(range) && host::protect(range, access) == Kernel::ok;
  return open ? Replaced::yes : Replaced::without_access;
}

// Whether pages with `state` are mapped shared in a view that was made to share.
bool is_shared(PageState state) { return !is_copying(state); }

// How far pages were mapped in another way, and whether all of them have the access that they were to get.
struct Remapped {
  Address end;
  bool done;
};

// Pages of `range` that are no copies are mapped again; copies get the access alone. Where the kernel does not tell
// which are which, all are taken for copies: what was written stays.
Remapped map_again(const View& view, AddressRange range, Sharing sharing, Access access) {
  host::PageCopies copies;
  while (!range.empty()) {
    host::PageCopies::Stretch here{Copied::no, range.end};
    if (view.has_copies.load(std::memory_order_relaxed)) {
      here = copies.stretch(range);
    }
    AddressRange piece{range.begin, here.end};
    Replaced replaced = here.copied == Copied::no                    ? replace(view, piece, sharing, access)
                        : host::protect(piece, access) == Kernel::ok ? Replaced::yes
                                                                     : Replaced::no;
    if (replaced != Replaced::yes) {
      return {replaced == Replaced::no ? piece.begin : piece.end, false};
    }
    range.begin = here.end;
  }
  return {range.end, true};
}

// The pages of `run` as they were before, where those below `remapped_end` are mapped in another way by now. False
// where some are inaccessible now, since the kernel refuses to watch them.
bool restore_run(const View& view, PageRun run, Sharing sharing, Address remapped_end) {
  AddressRange range{view.address_of(run.begin), view.address_of(run.end)};
  AddressRange untouched{range.begin > remapped_end ? range.begin : remapped_end, range.end};
  if (untouched.empty() || host::protect(untouched, access_of(run.state)) == Kernel::ok) {
    range.end = untouched.empty() ? range.end : untouched.begin;
  }
  if (map_again(view, range, sharing, access_of(run.state)).done) {
    return true;
  }
  static_cast<void>(host::protect(range, access_of(run.state)));
  return false;
}

// All of the span as it was. The kernel may have unmapped what it then refused to map again; else the old mapping is
// still there. What is asked for was there a moment ago, so it is not refused again; if watching is, faults open pages.
void restore(const PageSpan& span, Address remapped_end) {
  View& view = as_view(span.region);
  bool is_watched = !opens_by_faults(view);
  for_each_kernel_run(span, [&](PageRun run) {
    Sharing sharing = is_shared(run.state) ? Sharing::shared : Sharing::copy_on_write;
    bool done = is_watched && restore_run(view, run, sharing, remapped_end);
    if (is_watched && !done && view.commits != nullptr) {
      stop_watching(view);
      static_cast<void>(open_committed(view, run));
    } else if (!is_watched) {
      for_each_stretch(view, run, [&](PageRun part) { restore_run(view, part, sharing, remapped_end); });
    }
  });
}

// Pages that may be not committed are closed again where the view is not watched.
void restore_access(const PageSpan& span) {
  const View& view = as_view(span.region);
  if (!opens_by_faults(view)) {
    restore_protection(span);
    return;
  }
  for_each_kernel_run(span, [&](PageRun run) { open_committed(view, run); });
}

bool any_unlike(const PageSpan& span, PageState state) {
  bool any = false;
  for_each_run(span, [&](PageRun run) { any = any || is_shared(run.state) != is_shared(state); });
  return any;
}

class ProtectionChange {
public:
  // A view that was made to copy is mapped so as a whole, and stays so.
  ProtectionChange(const PageSpan& span, PageState state)
      : span_(span), view_(as_view(span.region)), state_(state),
        remaps_(!is_copying(view_.initial) && any_unlike(span, state)),
        had_copies_(view_.has_copies.load(std::memory_order_relaxed)), remapped_end_(span.range().end) {}

  // False when the kernel refuses; then all is as it was.
  [[nodiscard]] bool make() {
    Access access = access_of(state_);
    bool done = false;
    if (!remaps_) {
      done = host::protect(span_.range(), access) == Kernel::ok;
    } else {
      Remapped remapped =
          map_again(view_, span_.range(), is_shared(state_) ? Sharing::shared : Sharing::copy_on_write, access);
      done = remapped.done;
      remapped_end_ = remapped.end;
      view_.has_copies.store(true, std::memory_order_release);
    }
    if (!done) {
      undo();
    } else if (remaps_) {
      page_locks::restore(span_.range());
    }
    return done;
  }

  void undo() {
    if (!remaps_) {
      restore_access(span_);
      return;
    }
    restore(span_, remapped_end_);
    view_.has_copies.store(had_copies_, std::memory_order_relaxed);
    page_locks::restore(span_.range());
  }

private:
  const PageSpan& span_;
  View& view_;
  PageState state_;
  bool remaps_; // the pages become another mapping of the file
  bool had_copies_;
  Address remapped_end_;
};

} // namespace

Status protect_view_pages(const PageSpan& span, PageState state) {
  return ProtectionChange(span, state).make() ? Status::ok : refused();
}

Status commit_view_pages(const PageSpan& span, PageState state, PageIndex& fresh) {
  View& view = as_view(span.region);
  PageIndex first = bytes_to_pages(view.offset);
  ProtectionChange change(span, state);
  if (!change.make()) { // nobody sees anything of it yet: the pages are not there
    return refused();
  }
  Status status = view.commits->commit(first + span.begin, first + span.end, fresh);
  if (status != Status::ok) {
    change.undo();
  }
  return status;
}

} // namespace winmem::vm
