// A change of protection as the kernel must be told of it where pages are a section's.
//
// Most are an mprotect. But pages that are to be copied on write, in a view that shares them, become another mapping of
// the same file (S64), and pages that were to be copied and are to be shared again become the first kind once more, but
// for those that have been copied: they keep their contents for good (S63).
#include "../host/page_copies.h"
#include "../host/section_memory.h"
#include "mapping_budget.h"
#include "page_locks.h"
#include "view.h"

namespace winmem::vm {

namespace {

using host::Access;
using host::Copied;
using host::Kernel;
using host::Sharing;

Status refused() { return mapping_budget::tight() ? Status::no_memory : Status::commitment_limit; }

bool replace(const View& view, AddressRange range, Sharing sharing, Access access) {
  return host::replace_by_file(range, {.file = view.backing->file,
                                       .offset = view.offset + (range.begin - view.range.begin),
                                       .sharing = sharing,
                                       .access = access}) == Kernel::ok;
}

// Whether pages with `state` are mapped shared in a view that was made to share.
bool is_shared(PageState state) { return !is_copying(state); }

// Pages of `range` that are no copies are mapped again; copies get the access alone. Where the kernel does not tell
// which are which, all are taken for copies: what was written stays. Returns where the kernel refused, or the end.
Address map_again(const View& view, AddressRange range, Sharing sharing, Access access) {
  host::PageCopies copies;
  while (!range.empty()) {
    host::PageCopies::Stretch here{Copied::no, range.end};
    if (view.has_copies.load(std::memory_order_relaxed)) {
      here = copies.stretch(range);
    }
    AddressRange piece{range.begin, here.end};
    bool done =
        here.copied == Copied::no ? replace(view, piece, sharing, access) : host::protect(piece, access) == Kernel::ok;
    if (!done) {
      return piece.begin;
    }
    range.begin = here.end;
  }
  return range.end;
}

// The pages as they were before, where those below `refused_at` are mapped in another way by now. The kernel may have
// unmapped what it then refused to map again; else the old mapping is still there. What is asked for was there a moment
// ago, so it is not refused again.
void restore(const PageSpan& span, Address refused_at) {
  const View& view = as_view(span.region);
  for_each_kernel_run(span, [&](PageRun run) {
    AddressRange range{view.address_of(run.begin), view.address_of(run.end)};
    AddressRange untouched{range.begin > refused_at ? range.begin : refused_at, range.end};
    Sharing sharing = is_shared(run.state) ? Sharing::shared : Sharing::copy_on_write;
    if (untouched.empty() || host::protect(untouched, access_of(run.state)) == Kernel::ok) {
      range.end = untouched.empty() ? range.end : untouched.begin;
    }
    static_cast<void>(map_again(view, range, sharing, access_of(run.state)));
  });
}

bool any_unlike(const PageSpan& span, PageState state) {
  bool any = false;
  for_each_run(span, [&](PageRun run) { any = any || is_shared(run.state) != is_shared(state); });
  return any;
}

} // namespace

Status protect_view_pages(const PageSpan& span, PageState state) {
  View& view = as_view(span.region);
  Access access = access_of(state);
  // A view that was made to copy is mapped so as a whole, and stays so.
  bool remap = !is_copying(view.initial) && any_unlike(span, state);
  bool had_copies = view.has_copies.load(std::memory_order_relaxed);
  bool done = true;
  if (!remap) {
    done = host::protect(span.range(), access) == Kernel::ok;
    if (!done) {
      restore_protection(span);
    }
  } else {
    Address end = map_again(view, span.range(), is_shared(state) ? Sharing::shared : Sharing::copy_on_write, access);
    done = end == span.range().end;
    view.has_copies.store(true, std::memory_order_release);
    if (!done) {
      restore(span, end);
      view.has_copies.store(had_copies, std::memory_order_relaxed);
    }
  }
  if (remap) {
    page_locks::restore(span.range());
  }
  return done ? Status::ok : refused();
}

} // namespace winmem::vm
