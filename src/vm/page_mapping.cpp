#include "page_mapping.h"

#include "chunk_decommit.h"
#include "chunks.h"
#include "mapping_budget.h"
#include "page_locks.h"
#include "page_span.h"
#include "view.h"
#include "view_cover.h"
#include "write_watch.h"

namespace winmem::vm {

namespace {

using chunks::Chunk;
using host::Access;
using host::Kernel;

// What was known of pages that are gone.
void forget_pages(const PageSpan& span) {
  page_locks::forget(span.range());
  if (span.region.resets != Resets::none) [[unlikely]] {
    page_bits::clear(PageBit::reset, span.range());
  }
  if (span.region.watch == Watch::by_faults) [[unlikely]] {
    page_bits::clear(PageBit::written, span.range()); // V76
  }
}

// How many borders between kernel protections the span has more once all of it has `state`. Guard pages count as armed
// for as long as the runs say so, whether they were hit or not: then the sum is right whoever hits what meanwhile.
std::int64_t added_borders(const PageSpan& span, PageState state) {
  if (span.region.only_read_write && span.region.place == Place::chunked) {
    return 0; // reserved or read-write, and `state` as well: the kernel sees no difference
  }
  Access now = kernel_access(span.region, state);
  bool has_left = span.begin > 0;
  bool has_right = span.end < span.region.pages();
  auto access_at = [&](PageIndex page) {
    return kernel_access(span.region, find_run(span.old, page, span.region.pages()).state);
  };
  Access outside_left = has_left ? access_at(span.begin - 1) : kernel_access(span.region, PageState::reserved);
  Access outside_right = has_right ? access_at(span.end) : kernel_access(span.region, PageState::reserved);
  std::int64_t before = 0;
  Access previous = outside_left;
  for_each_run(span, [&](PageRun run) {
    Access here = kernel_access(span.region, run.state);
    before += here != previous ? 1 : 0;
    previous = here;
  });
  before += previous != outside_right ? 1 : 0;
  std::int64_t after = (now != outside_left ? 1 : 0) + (now != outside_right ? 1 : 0);
  return after - before;
}

// The two reasons for ENOMEM that Windows tells apart.
Status refused() { return mapping_budget::tight() ? Status::no_memory : Status::commitment_limit; }

// ------------------------------------------------------------------------------------------------ chunked

void unpin_all(const PageSpan& span, AddressRange pinned) {
  RunCounter counter(span);
  for_each_piece(pinned, [&](AddressRange piece) {
    chunks::unpin(chunks::at(piece.begin), piece.begin, counter.reserved(piece));
    return true;
  });
}

// Markers back over every page that was reserved, after some were taken away.
void restore_guards(const PageSpan& span) {
  for_each_run(span, [&](PageRun run) {
    if (run.state == PageState::reserved) {
      for_each_piece({span.region.address_of(run.begin), span.region.address_of(run.end)}, [](AddressRange piece) {
        if (chunks::at(piece.begin).is_open.load(std::memory_order_relaxed)) {
          static_cast<void>(host::install_guards(piece));
        }
        return true;
      });
    }
  });
}

struct Pinned {
  AddressRange range;         // what was pinned: all, unless a chunk could not be opened
  bool any_guarded = false;   // some chunk was open, so markers are to be removed
  bool needs_protect = false; // some chunk is closed, or has pages of unknown protection
  AddressRange closed{};      // from the first closed chunk to the last
};

Pinned pin_chunks(const PageSpan& span) {
  Pinned pinned{.range = span.range()};
  RunCounter counter(span);
  pinned.range.end = for_each_piece(span.range(), [&](AddressRange piece) {
    Chunk& chunk = chunks::at(piece.begin);
    if (!is_whole(piece)) {
      if (!chunks::pin_open(chunk, piece.begin, counter.reserved(piece))) {
        return false;
      }
    } else {
      chunks::pin_whole(chunk, counter.reserved(piece));
    }
    if (chunk.is_open.load(std::memory_order_relaxed)) {
      pinned.any_guarded = true;
      pinned.needs_protect = pinned.needs_protect || chunk.odd_protection.load(std::memory_order_relaxed);
    } else {
      pinned.needs_protect = true;
      pinned.closed = {pinned.closed.empty() ? piece.begin : pinned.closed.begin, piece.end};
    }
    return true;
  });
  return pinned;
}

Status commit_chunked(const PageSpan& span, PageState state) {
  AddressRange range = span.range();
  if (!chunks::prepare(range)) {
    return Status::no_memory;
  }
  Pinned pinned = pin_chunks(span);
  if (pinned.range.end != range.end) {
    unpin_all(span, pinned.range);
    return refused();
  }
  Access access = told_access(span.region, state);
  if (pinned.needs_protect || access != Access::read_write || !all_have(span, access)) {
    // Still guarded where a chunk was open, so nothing new is visible yet.
    if (host::protect(range, access) != Kernel::ok) {
      restore_protection(span);
      unpin_all(span, range);
      return refused();
    }
    if (!pinned.closed.empty()) {
      host::include_in_dumps(pinned.closed);
    }
  }
  if (pinned.any_guarded) {
    if (host::remove_guards(range) != Kernel::ok) {
      restore_guards(span);
      restore_protection(span);
      unpin_all(span, range);
      return refused();
    }
  }
  // point of no return
  if (!pinned.closed.empty()) {
    for_each_piece(pinned.closed, [](AddressRange piece) {
      chunks::set_open(chunks::at(piece.begin), piece.begin);
      return true;
    });
  }
  return Status::ok;
}

// ------------------------------------------------------------------------------------------------ by protections

Status commit_plain(const PageSpan& span, PageState state) {
  if (host::protect(span.range(), told_access(span.region, state)) != Kernel::ok) {
    restore_protection(span);
    return refused();
  }
  host::include_in_dumps(span.range());
  return Status::ok;
}

Status decommit_plain(const PageSpan& span) {
  // The way back may be refused as well, so there are two ways on.
  if (host::protect(span.range(), Access::none) != Kernel::ok ||
      (host::discard(span.range()) != Kernel::ok && host::replace(span.range()) != Kernel::ok)) {
    restore_protection(span);
    return Status::no_memory;
  }
  page_locks::unlock(span.range()); // last, as it cannot be undone for certain
  host::exclude_from_dumps(span.range());
  return Status::ok;
}

// Refuses what would take the last mappings of the process; keeps count of what goes through.
template <typename Apply> Status within_budget(const PageSpan& span, PageState state, Apply apply) {
  if (told_access(span.region, state) != Access::read_write) {
    span.region.only_read_write = false;
  }
  std::int64_t borders = added_borders(span, state);
  if (borders > 0 && mapping_budget::exhausted()) {
    return Status::no_memory;
  }
  Status status = apply();
  if (status == Status::ok) {
    mapping_budget::add(borders);
  }
  return status;
}

} // namespace

Status commit_pages(const PageSpan& span, PageState state) {
  Status status = within_budget(span, state, [&] {
    return span.region.place == Place::chunked ? commit_chunked(span, state) : commit_plain(span, state);
  });
  if (status == Status::ok && span.region.watch != Watch::none) [[unlikely]] {
    write_watch::arm_fresh(span);
  }
  return status;
}

Status commit_section_pages(const PageSpan& span, PageState state, PageIndex& fresh) {
  return within_budget(span, state, [&] { return commit_view_pages(span, state, fresh); });
}

Status decommit_pages(const PageSpan& span) {
  if (!has_committed(span)) {
    return Status::ok;
  }
  std::int64_t borders = added_borders(span, PageState::reserved);
  bool by_markers = span.region.place == Place::chunked;
  if (by_markers && !page_locks::lift(span.range())) { // a marker on a locked page is refused half way (K4)
    return Status::no_memory;
  }
  Status status = by_markers ? decommit_chunked(span) : decommit_plain(span);
  if (status != Status::ok) {
    if (by_markers) {
      page_locks::restore(span.range());
    }
    return status;
  }
  forget_pages(span);
  mapping_budget::add(borders);
  return Status::ok;
}

Status unmap_pages(const PageSpan& span) {
  std::int64_t borders = added_borders(span, PageState::reserved);
  if (host::unmap(span.range()) != Kernel::ok) {
    return Status::no_memory; // the middle of a mapping, and no mapping left for the rest
  }
  forget_pages(span); // the kernel's locks went with the mapping
  mapping_budget::add(borders);
  return Status::ok;
}

Status uncover_pages(const PageSpan& span) {
  std::int64_t borders = added_borders(span, PageState::reserved);
  if (Status status = view_cover::lift(span.range(), place_under(as_view(span.region))); status != Status::ok) {
    return status;
  }
  forget_pages(span); // as in unmap_pages
  mapping_budget::add(borders);
  return Status::ok;
}

Status protect_pages(const PageSpan& span, PageState state) {
  if (is_view(span.region)) {
    return within_budget(span, state, [&] { return protect_view_pages(span, state); });
  }
  Access access = told_access(span.region, state);
  if (all_have(span, access)) {
    mapping_budget::add(added_borders(span, state)); // not 0 where guards were hit
    return Status::ok;
  }
  return within_budget(span, state, [&] {
    if (host::protect(span.range(), access) != Kernel::ok) {
      restore_protection(span);
      return refused();
    }
    return Status::ok;
  });
}

bool settle_pages(const PageSpan& span, PageState bare) {
  RunEdit edit;
  if (!edit.prepare(span.region.runs, span.region.pages(), span.begin, span.end, bare)) {
    return false;
  }
  mapping_budget::add(added_borders(span, bare));
  edit.publish();
  return true;
}

} // namespace winmem::vm
