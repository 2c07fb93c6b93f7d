#include "page_mapping.h"

#include "chunks.h"
#include "guards.h"
#include "mapping_budget.h"
#include "page_locks.h"

namespace winmem::vm {

namespace {

using chunks::Chunk;
using host::Access;
using host::Kernel;

template <typename Visit> void for_each_run(const PageSpan& span, Visit visit) {
  for_each_run(span.old, span.region.pages(), span.begin, span.end, visit);
}

// The runs as the kernel has them: a guard page that was hit is accessible.
template <typename Visit> void for_each_kernel_run(const PageSpan& span, Visit visit) {
  for_each_seen_run(span.region, span.old, span.begin, span.end, visit);
}

// The parts of `range` that lie in one chunk each. `visit` may stop it by returning false; the end of what was visited
// comes back.
template <typename Visit> Address for_each_piece(AddressRange range, Visit visit) {
  for (Address at = range.begin; at < range.end;) {
    AddressRange piece{at, round_down(at, kChunk) + kChunk};
    piece.end = piece.end < range.end ? piece.end : range.end;
    if (!visit(piece)) {
      return at;
    }
    at = piece.end;
  }
  return range.end;
}

// Counts pages of a kind piece by piece, upwards, looking each run up once.
class RunCounter {
public:
  explicit RunCounter(const PageSpan& span) : span_(span) {}

  // Committed pages of `piece`, which does not lie below the piece before.
  unsigned committed(AddressRange piece) {
    PageIndex page = span_.region.page_at(piece.begin);
    PageIndex end = span_.region.page_at(piece.end);
    std::uint64_t sum = 0;
    while (page < end) {
      if (page >= run_.end) {
        run_ = find_run(span_.old, page, span_.region.pages());
      }
      PageIndex stop = run_.end < end ? run_.end : end;
      sum += is_committed(run_.state) ? stop - page : 0;
      page = stop;
    }
    return static_cast<unsigned>(sum);
  }
  unsigned reserved(AddressRange piece) {
    return static_cast<unsigned>(bytes_to_pages(piece.size())) - committed(piece);
  }

private:
  const PageSpan& span_;
  PageRun run_{};
};

bool is_whole(AddressRange piece) { return piece.size() == kChunk; }

bool has_committed(const PageSpan& span) {
  bool any = false;
  for_each_run(span, [&](PageRun run) { any = any || is_committed(run.state); });
  return any;
}

bool all_have(const PageSpan& span, Access access) {
  if (span.region.only_read_write) { // by far the commonest region
    return access == Access::read_write || !has_committed(span);
  }
  bool all = true;
  for_each_kernel_run(span,
                      [&](PageRun run) { all = all && (!is_committed(run.state) || access_of(run.state) == access); });
  return all;
}

// What was known of pages that are gone.
void forget_pages(const PageSpan& span) {
  page_locks::forget(span.range());
  if (span.region.resets != Resets::none) [[unlikely]] {
    page_bits::clear(PageBit::reset, span.range());
  }
}

// What the kernel is told about a page: reserved ones in an open chunk are read-write under their marker.
Access kernel_access(const Region& region, PageState state) {
  return state == PageState::reserved && region.place == Place::chunked ? Access::read_write : access_of(state);
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

// Gives every page of the span its old kernel protection again. Each of these calls makes pieces equal to their
// neighbours once more, so it needs no mapping and works at the limit (K112).
void restore_protection(const PageSpan& span) {
  for_each_kernel_run(span, [&](PageRun run) {
    AddressRange range{span.region.address_of(run.begin), span.region.address_of(run.end)};
    if (run.state == PageState::reserved && span.region.place == Place::chunked) {
      for_each_piece(range, [&](AddressRange piece) {
        const Chunk& chunk = chunks::at(piece.begin);
        // Where the protection is odd a marker may be missing, too, so inaccessible is right there.
        bool plain =
            chunk.is_open.load(std::memory_order_relaxed) && !chunk.odd_protection.load(std::memory_order_relaxed);
        static_cast<void>(host::protect(piece, plain ? Access::read_write : Access::none));
        return true;
      });
    } else {
      static_cast<void>(host::protect(range, access_of(run.state)));
    }
  });
}

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
  Access access = access_of(state);
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

PageSpan part_of(const PageSpan& span, AddressRange piece) {
  return {span.region, span.old, span.region.page_at(piece.begin), span.region.page_at(piece.end)};
}

// Read-write again below the markers, so that the next commit need not say so. May fail for want of a mapping.
void level_protection(const PageSpan& piece) {
  if (!all_have(piece, Access::read_write) && host::protect(piece.range(), Access::read_write) != Kernel::ok) {
    chunks::at(piece.range().begin).odd_protection.store(true, std::memory_order_relaxed);
  }
}

// Part of a chunk: markers discard the pages and hide them, whatever their protection (K3). `forced`: another part is
// gone already, so the contents must go although hiding failed.
bool hide_piece(const PageSpan& piece, bool forced) {
  AddressRange range = piece.range();
  if (host::install_guards(range) == Kernel::ok) {
    level_protection(piece);
    return true;
  }
  chunks::at(range.begin).odd_protection.store(true, std::memory_order_relaxed);
  if (host::protect(range, Access::none) == Kernel::ok && host::discard(range) == Kernel::ok) {
    return true;
  }
  if (forced) {
    static_cast<void>(host::discard(range));
  } else {
    restore_protection(piece);
  }
  return forced;
}

Status decommit_chunked(const PageSpan& span) {
  AddressRange range = span.range();
  AddressRange whole = range.round_in(kChunk);
  RunCounter counter(span);
  bool changed = false;
  auto hide = [&](AddressRange piece) {
    unsigned committed = counter.committed(piece);
    if (committed != 0) {
      if (!hide_piece(part_of(span, piece), changed)) {
        return false;
      }
      chunks::unpin(chunks::at(piece.begin), piece.begin, committed);
      changed = true;
    }
    return true;
  };
  if (whole.empty()) {
    return for_each_piece(range, hide) == range.end ? Status::ok : Status::no_memory;
  }
  // The whole chunks first: they are the likeliest to be refused, and then nothing has changed yet.
  if (!chunks::close_whole(whole)) {
    restore_protection(part_of(span, whole));
    return Status::no_memory;
  }
  changed = true;
  for (AddressRange edge : {AddressRange{range.begin, whole.begin}, AddressRange{whole.end, range.end}}) {
    for_each_piece(edge, hide);
  }
  return Status::ok;
}

// ------------------------------------------------------------------------------------------------ by protections

Status commit_plain(const PageSpan& span, PageState state) {
  if (host::protect(span.range(), access_of(state)) != Kernel::ok) {
    restore_protection(span);
    return refused();
  }
  host::include_in_dumps(span.range());
  return Status::ok;
}

Status decommit_plain(const PageSpan& span) {
  if (host::protect(span.range(), Access::none) != Kernel::ok || host::discard(span.range()) != Kernel::ok) {
    restore_protection(span);
    return Status::no_memory;
  }
  page_locks::unlock(span.range()); // last, as it cannot be undone for certain
  host::exclude_from_dumps(span.range());
  return Status::ok;
}

// Refuses what would take the last mappings of the process; keeps count of what goes through.
template <typename Apply> Status within_budget(const PageSpan& span, PageState state, Apply apply) {
  if (access_of(state) != Access::read_write) {
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
  return within_budget(span, state, [&] {
    return span.region.place == Place::chunked ? commit_chunked(span, state) : commit_plain(span, state);
  });
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

Status protect_pages(const PageSpan& span, PageState state) {
  Access access = access_of(state);
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
