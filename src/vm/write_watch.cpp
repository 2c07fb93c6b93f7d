#include "write_watch.h"

#include "../host/written_pages.h"
#include "find_region.h"
#include "fork_gate.h"
#include "mapping_budget.h"
#include "vm.h"

namespace winmem::vm {

namespace {

constexpr std::int64_t kBorders = 2; // of a registration by the kernel (K56)

constinit std::atomic<bool> any_watched{false}; // there was one, ever

AddressRange range_of(const Region& region, PageRun run) {
  return {region.address_of(run.begin), region.address_of(run.end)};
}

template <typename Visit> void for_each_committed(const Region& region, AddressRange range, Visit visit) {
  for_each_seen_run(region, region.root(), region.page_at(range.begin), region.page_at(range.end), [&](PageRun run) {
    if (is_committed(run.state)) {
      visit(run);
    }
  });
}

bool is_writable(PageState state) {
  return access_of(state) != without_write(access_of(state)); // not while a guard is armed
}

void open(const Region& region, PageRun run) {
  page_bits::set(PageBit::written, range_of(region, run));
  static_cast<void>(host::protect(range_of(region, run), access_of(run.state)));
}

// Before their bits go. Where the kernel refuses, the pages are as they were.
bool close(AddressRange range, PageState state) {
  return host::protect(range, without_write(access_of(state))) == host::Kernel::ok;
}

// ------------------------------------------------------------------------------------------------ what was written

// Takes pages as long as there is room.
class Collector {
public:
  Collector(WrittenRuns& out, PageIndex most) : out_(out), left_(most) {}

  // Whether the answer of one more scan may not fit.
  bool is_out_of_runs() const { return out_.count > WrittenRuns::kMost - host::WrittenPages::kMostRuns; }
  bool is_full() const { return left_ == 0 || is_out_of_runs(); }
  PageIndex left() const { return left_; }

  AddressRange cut(AddressRange range) const {
    return bytes_to_pages(range.size()) <= left_ ? range
                                                 : AddressRange{range.begin, range.begin + pages_to_bytes(left_)};
  }
  void add(AddressRange range) {
    out_.runs[out_.count++] = range;
    left_ -= bytes_to_pages(range.size());
    out_.end = range.end;
  }

private:
  WrittenRuns& out_;
  PageIndex left_;
};

// The kernel lost the watch, or cannot be asked: all pages count as written, now and later.
void distrust(const Region& region, AddressRange range) {
  host::count_as_written(range);
  static_cast<void>(host::watch_writes(region.range));
}

void collect_by_kernel(const Region& region, const host::WrittenPages& pages, AddressRange range, bool forgets,
                       Collector& out) {
  while (!range.empty() && !out.is_full()) {
    host::WrittenPages::Found found;
    if (!pages.scan(range, out.left(), forgets, found)) {
      distrust(region, range);
      out.add(out.cut(range));
      return;
    }
    for (unsigned i = 0; i < found.count; ++i) {
      out.add(found.runs[i]);
    }
    range.begin = found.end;
  }
}

void collect_by_faults(AddressRange range, PageState state, bool forgets, Collector& out) {
  while (!range.empty() && !out.is_full()) {
    page_bits::Stretch here = page_bits::stretch(PageBit::written, range);
    AddressRange part{range.begin, here.end};
    if (here.is_set) {
      part = out.cut(part);
      out.add(part);
      if (forgets && close(part, state)) {
        page_bits::clear(PageBit::written, part);
      }
    }
    range.begin = part.end;
  }
}

// ------------------------------------------------------------------------------------------------ forgetting

bool arm(const Region& region, AddressRange range) {
  return host::arm_writes(range) || (host::watch_writes(region.range) && host::arm_writes(range));
}

bool forget_by_kernel(const Region& region, AddressRange range) {
  bool done = true;
  for_each_committed(region, range, [&](PageRun run) { done = done && arm(region, range_of(region, run)); });
  if (!done) { // none was forgotten then
    for_each_committed(region, range, [&](PageRun run) { host::count_as_written(range_of(region, run)); });
  }
  return done;
}

// All are closed before the first is forgotten: a page that is closed too early opens by its next fault.
bool forget_by_faults(const Region& region, AddressRange range) {
  bool closed = true;
  for_each_committed(region, range, [&](PageRun run) {
    page_bits::for_each(PageBit::written, true, range_of(region, run),
                        [&](AddressRange written) { closed = closed && close(written, run.state); });
  });
  if (closed) {
    page_bits::clear(PageBit::written, range);
  }
  return closed;
}

// ------------------------------------------------------------------------------------------------ noting

void note_in(Region& region, AddressRange range) {
  GuardFreeze freeze(region);
  for_each_committed(region, range, [&](PageRun run) {
    if (!is_writable(run.state)) {
      return;
    }
    if (region.watch == Watch::by_kernel) {
      host::count_as_written(range_of(region, run));
    } else {
      open(region, run);
    }
  });
}

// The first part of `range` that lies in a watched region; empty when there is none.
AddressRange next_watched(AddressRange range) {
  Reader reader;
  while (!range.empty()) {
    Region* next = region_map::find_or_next(range.begin, range.end);
    if (next == nullptr) {
      return {};
    }
    Address at = next->range.begin > range.begin ? next->range.begin : range.begin;
    Region* region = find_live_region(at);
    AddressRange part = range.intersect(region != nullptr ? region->range : next->range);
    if (region != nullptr && region->watch != Watch::none) {
      return part;
    }
    range.begin = part.end > at ? part.end : at + kPage;
  }
  return {};
}

bool is_watched(const RegionHold& region, AddressRange range) {
  return region && region->watch != Watch::none && region->range.contains(range);
}

} // namespace

WrittenRuns find_written(AddressRange range, PageIndex most, bool forgets) {
  WrittenRuns out;
  Change change;
  RegionHold region(range.begin);
  if (!is_watched(region, range)) {
    out.status = Status::invalid_parameter;
    return out;
  }
  GuardFreeze freeze(*region);
  Collector collector(out, most);
  auto collect = [&](auto visit) {
    for_each_committed(*region, range, [&](PageRun run) {
      if (!collector.is_full()) {
        visit(run);
      }
    });
  };
  if (region->watch == Watch::by_kernel) {
    host::WrittenPages pages;
    collect([&](PageRun run) { collect_by_kernel(*region, pages, range_of(*region, run), forgets, collector); });
  } else {
    collect([&](PageRun run) { collect_by_faults(range_of(*region, run), run.state, forgets, collector); });
  }
  out.is_cut = collector.is_out_of_runs();
  return out;
}

Status forget_written(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  if (!is_watched(region, range)) {
    return Status::invalid_parameter;
  }
  GuardFreeze freeze(*region);
  bool is_forgotten =
      region->watch == Watch::by_kernel ? forget_by_kernel(*region, range) : forget_by_faults(*region, range);
  return is_forgotten ? Status::ok : Status::no_memory;
}

void note_write(AddressRange range) {
  if (!any_watched.load(std::memory_order_relaxed) || range.end > kUserEnd || range.empty()) {
    return;
  }
  range = range.round_out(kPage);
  for (AddressRange part = next_watched(range); !part.empty(); part = next_watched({part.end, range.end})) {
    Change change;
    RegionHold region(part.begin);
    if (region && region->watch != Watch::none) {
      note_in(*region, part.intersect(region->range));
    }
  }
}

namespace write_watch {

Watch begin(AddressRange range) {
  any_watched.store(true, std::memory_order_relaxed);
  if (!host::watch_writes(range)) {
    return Watch::by_faults;
  }
  mapping_budget::add(kBorders);
  return Watch::by_kernel;
}

void end(Watch watch, Place place, AddressRange range, unsigned remaining) {
  if (watch != Watch::by_kernel) {
    return;
  }
  mapping_budget::add(kBorders * (static_cast<std::int64_t>(remaining) - 1));
  if (place != Place::outside) { // there the mapping is gone, and perhaps somebody else's by now
    host::unwatch_writes(range);
  }
}

bool prepare(const Region& region, AddressRange range) {
  return region.watch != Watch::by_faults || page_bits::prepare(range);
}

void arm_fresh(const PageSpan& span) {
  if (span.region.watch != Watch::by_kernel) {
    return;
  }
  for_each_run(span, [&](PageRun run) {
    if (run.state == PageState::reserved) {
      static_cast<void>(arm(span.region, range_of(span.region, run))); // else they count as written
    }
  });
}

bool open_by_fault(const Region& region, Address page, PageState state) {
  AddressRange one{page, page + kPage};
  page_bits::set(PageBit::written, one);
  if (host::protect(one, access_of(state)) == host::Kernel::ok) {
    return true;
  }
  // No mapping left for a single page: all that are like it, which need none.
  PageRun run = find_run(region.root(), region.page_at(page), region.pages());
  if (is_guarded(run.state)) {
    return false;
  }
  page_bits::set(PageBit::written, range_of(region, run));
  return host::protect(range_of(region, run), access_of(state)) == host::Kernel::ok;
}

void renew_in_child() {
  if (!any_watched.load(std::memory_order_relaxed)) {
    return;
  }
  host::forget_write_watches_in_child();
  host::WrittenPages pages;
  for (Address at = kLowestUser; at < kUserEnd;) {
    Region* region = region_map::find_or_next(at, kUserEnd);
    if (region == nullptr) {
      return;
    }
    at = region->range.end;
    if (region->watch != Watch::by_kernel || !region->is_live() || !host::watch_writes(region->range)) {
      continue; // unwatched, pages read as written
    }
    // What has no memory was not written; what has may have been, until the last moment before the fork.
    for_each_run(region->root(), region->pages(), 0, region->pages(), [&](PageRun run) {
      AddressRange left = is_committed(run.state) ? range_of(*region, run) : AddressRange{};
      while (!left.empty()) {
        AddressRange absent = pages.first_absent(left);
        if (!absent.empty()) {
          static_cast<void>(host::arm_writes(absent));
        }
        left.begin = absent.end;
      }
    });
  }
}

} // namespace write_watch
} // namespace winmem::vm
