// Pages of a region that are about to change, and what the files that tell the kernel so need to know of them.
#pragma once

#include "../host/memory.h"
#include "guards.h"
#include "region.h"

namespace winmem::vm {

constexpr host::Access without_write(host::Access access) {
  return access == host::Access::read_write           ? host::Access::read
         : access == host::Access::read_write_execute ? host::Access::read_execute
                                                      : access;
}

// Pages [begin, end) of the region, whose runs are still `old`.
struct PageSpan {
  Region& region;
  RunRoot old;
  PageIndex begin;
  PageIndex end;

  AddressRange range() const { return {region.address_of(begin), region.address_of(end)}; }
  PageIndex committed() const { return committed_pages(old, region.pages(), begin, end); }
  PageIndex reserved() const { return end - begin - committed(); }
};

// What the kernel is told about a page: one whose first write is waited for is closed to it.
inline host::Access told_access(const Region& region, PageState state) {
  host::Access access = access_of(state);
  return region.watch == Watch::by_faults ? without_write(access) : access;
}

// The same; reserved pages in an open chunk are read-write under their marker.
inline host::Access kernel_access(const Region& region, PageState state) {
  return state == PageState::reserved && region.place == Place::chunked ? host::Access::read_write
                                                                        : told_access(region, state);
}

inline PageSpan part_of(const PageSpan& span, AddressRange piece) {
  return {span.region, span.old, span.region.page_at(piece.begin), span.region.page_at(piece.end)};
}

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

inline bool is_whole(AddressRange piece) { return piece.size() == kChunk; }

inline bool has_committed(const PageSpan& span) {
  bool any = false;
  for_each_run(span, [&](PageRun run) { any = any || is_committed(run.state); });
  return any;
}

inline bool all_have(const PageSpan& span, host::Access access) {
  if (span.region.watch == Watch::by_faults) {
    return !has_committed(span); // some may be open, some closed
  }
  if (span.region.only_read_write) { // by far the commonest region
    return access == host::Access::read_write || !has_committed(span);
  }
  bool all = true;
  for_each_kernel_run(span,
                      [&](PageRun run) { all = all && (!is_committed(run.state) || access_of(run.state) == access); });
  return all;
}

// Gives every page of the span its old kernel protection again. Each of these calls makes pieces equal to their
// neighbours once more, so it needs no mapping and works at the limit (K112).
void restore_protection(const PageSpan& span);

} // namespace winmem::vm
