// What is at an address: winmem's regions from their own books, everything else from the kernel.
#include "arena.h"
#include "chunks.h"
#include "find_region.h"
#include "guards.h"
#include "holes.h"
#include "page_runs.h"
#include "region_map.h"
#include "space.h"
#include "vm.h"

namespace winmem::vm {

namespace {

// Where winmem's next live region above `at` begins, or `limit`.
Address next_live_begin(Address at, Address limit) {
  while (at < limit) {
    Region* region = region_map::find_or_next(at, limit);
    if (region == nullptr) {
      return limit;
    }
    if (region->is_live()) {
      return region->range.begin > at ? region->range.begin : at;
    }
    // Released or split a moment ago: free, but for what is left of it.
    for (Region* rest :
         {region->before_gap.load(std::memory_order_acquire), region->after_gap.load(std::memory_order_acquire)}) {
      if (rest != nullptr && rest->range.end > at && rest->is_live()) {
        return rest->range.begin > at ? rest->range.begin : at;
      }
    }
    at = region->range.end > at ? region->range.end : at + kPage;
  }
  return limit;
}

Description describe_region(const Region& region, RunRoot root, Address page) {
  PageRun run = region.has_guards.load(std::memory_order_relaxed)
                    ? find_seen_run(region, root, region.page_at(page))
                    : find_run(root, region.page_at(page), region.pages());
  return {.owner = Owner::winmem,
          .range = {page, region.address_of(run.end)},
          .region = region.range,
          .initial = region.initial,
          .state = run.state,
          .caching = region.caching};
}

// The base of a foreign allocation that holds `page`. The kernel may have joined it with a region of ours below into
// one mapping, whose start is then not its base.
Address base_above_own(Address base, Address page) {
  for (Address own = next_live_begin(base, page); own < page; own = next_live_begin(base, page)) {
    Region* region = find_live_region(own);
    base = region != nullptr ? region->range.end : own + kPage; // released a moment ago
  }
  return base;
}

// `page` is in no region of winmem's; the next one begins at `own`. Unused arena counts as free.
Description describe_gap(Address page, Address own) {
  AddressRange arena = arena::range();
  Description free{.range = {page, own}};
  Address at = arena.contains(page) ? arena.end : page;
  while (at < own) {
    // From below `at`: a foreign allocation's base may lie there.
    AddressRange stretch{at < arena.begin ? 0 : arena.end, at < arena.begin && arena.begin < own ? arena.begin : own};
    ForeignRun foreign;
    if (foreign_at(at, stretch, foreign)) {
      if (at != page) {
        free.range.end = at;
        return free;
      }
      foreign.allocation_base = base_above_own(foreign.allocation_base, page);
      return {.owner = Owner::foreign, .range = foreign.range, .foreign = foreign};
    }
    if (foreign.range.begin < stretch.end) {
      free.range.end = foreign.range.begin;
      return free;
    }
    at = stretch.end == arena.begin ? arena.end : own;
  }
  return free;
}

} // namespace

Description describe(Address page) {
  arena::ensure();
  Reader reader;
  // A region may come into being between the two look-ups, at this very page; then the page is looked at again. That
  // ends: who lost that race so often is told of the one page that it found free.
  constexpr int kMostTries = 100;
  for (int tries = 0;; ++tries) {
    if (Region* region = find_live_region(page)) {
      RunRoot root = region->root();
      if (!root.is_nothing()) [[likely]] {
        return describe_region(*region, root, page);
      }
    }
    Address next = next_live_begin(page, kUserEnd);
    if (next > page || tries == kMostTries) {
      return describe_gap(page, next > page ? next : page + kPage);
    }
  }
}

bool is_accessible(AddressRange range, host::Access least) {
  Reader reader;
  Region* region = find_live_region(range.begin);
  if (region == nullptr) {
    return false;
  }
  RunRoot root = region->root();
  if (root.is_nothing() || !region->range.contains(range)) {
    return false;
  }
  bool all = true;
  for_each_run(root, region->pages(), region->page_at(range.begin), region->page_at(range.end - 1) + 1,
               [&](PageRun run) {
                 host::Access access = access_of(run.state);
                 bool enough = least == host::Access::read_write
                                   ? access == host::Access::read_write || access == host::Access::read_write_execute
                                   : access != host::Access::none;
                 all = all && is_committed(run.state) && enough;
               });
  return all;
}

bool is_arena(Address at) { return arena::range().contains(at); }

Bytes bookkeeping_bytes() {
  Bytes sum = run_footprint() + chunks::footprint() + page_bits::footprint();
  host::LockHold hold(space_lock);
  return sum + region_pool.footprint() + region_map::footprint() + holes::footprint();
}

} // namespace winmem::vm
