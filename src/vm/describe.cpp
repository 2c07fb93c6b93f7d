// What is at an address: winmem's regions from their own books, everything else from the kernel.
#include "arena.h"
#include "chunks.h"
#include "commit_charge.h"
#include "find_region.h"
#include "guards.h"
#include "holes.h"
#include "outside.h"
#include "page_runs.h"
#include "placement.h"
#include "region_map.h"
#include "reserving_views.h"
#include "space.h"
#include "view.h"
#include "vm.h"

namespace winmem::vm {

namespace {

// Where winmem's next live region above `at` begins, or `limit`. A search that meets a region which is just going may
// have passed one that came meanwhile: both at once were never free.
Address next_live_begin(Address at, Address limit, bool& met_a_dead_one) {
  while (at < limit) {
    Region* region = region_map::find_or_next(at, limit);
    if (region == nullptr) {
      return limit;
    }
    if (region->is_live()) {
      return region->range.begin > at ? region->range.begin : at;
    }
    // Released or split a moment ago: free, but for what is left of it.
    met_a_dead_one = met_a_dead_one || !region->root().is_coming();
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

Address next_live_begin(Address at, Address limit) {
  bool met_a_dead_one = false;
  return next_live_begin(at, limit, met_a_dead_one);
}

Description describe_region(const Region& region, RunRoot root, Address page) {
  PageRun run = is_view(region) && shows_more_than_runs(as_view(region))
                    ? find_shown_run(as_view(region), root, region.page_at(page))
                : region.has_guards.load(std::memory_order_relaxed)
                    ? find_seen_run(region, root, region.page_at(page))
                    : find_run(root, region.page_at(page), region.pages());
  return {.owner = Owner::winmem,
          .range = {page, region.address_of(run.end)},
          .region = region.range,
          .initial = region.initial,
          .state = run.state,
          .caching = region.caching,
          .kind = kind_of(region)};
}

// What is mapped at `at`, outside the arena and in no live region, may be a region of ours that is not there yet: to
// readers it is free memory. Its range, or an empty one.
AddressRange coming_at(Address at) {
  if (AddressRange announced = outside::announced_at(at); !announced.empty()) {
    return announced;
  }
  const Region* region = region_map::find(at);
  return region != nullptr && region->root().is_coming() ? region->range : AddressRange{};
}

// Where memory of ours begins that the kernel has joined with a foreign mapping: live or coming.
Address next_own_begin(Address at, Address limit) {
  Address live = next_live_begin(at, limit);
  for (Address from = at; from < live;) {
    Region* region = region_map::find_or_next(from, live);
    if (region == nullptr) {
      break;
    }
    if (region->root().is_coming()) {
      return region->range.begin > at ? region->range.begin : at;
    }
    from = region->range.end > from ? region->range.end : from + kPage;
  }
  return live;
}

// The base of a foreign allocation that holds `page`. The kernel may have joined it with a region of ours below into
// one mapping, whose start is then not its base.
Address base_above_own(Address base, Address page) {
  for (Address own = next_own_begin(base, page); own < page; own = next_own_begin(base, page)) {
    Region* region = find_live_region(own);
    AddressRange coming = region == nullptr ? coming_at(own) : AddressRange{};
    base = region != nullptr ? region->range.end : !coming.empty() ? coming.end : own + kPage; // released a moment ago
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
    bool is_mapped = foreign_at(at, stretch, foreign);
    Address mapped = is_mapped ? at : foreign.range.begin;
    if (mapped < stretch.end) {
      if (AddressRange coming = coming_at(mapped); !coming.empty()) {
        at = coming.end;
        continue;
      }
    }
    if (is_mapped) {
      if (at != page) {
        free.range.end = at;
        return free;
      }
      foreign.range.end = next_own_begin(page, foreign.range.end);
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
  // A region may come into being between the two look-ups, at this very page, or regions may go while a stretch is
  // searched, or a mapping may come or go while the kernel is asked; then the page is looked at again. That ends: who
  // lost that race so often is told of the one page that it found free, or what was found last.
  constexpr int kMostTries = 100;
  constexpr int kMostSearches =
      64; // where the kernel's list is read as text, one takes long enough to be disturbed often
  for (int tries = 0;; ++tries) {
    if (Region* region = find_live_region(page)) {
      RunRoot root = region->root();
      if (!root.is_nothing()) [[likely]] {
        return describe_region(*region, root, page);
      }
    }
    std::uint64_t changes = outside::changes();
    std::uint64_t removals = region_map::removals();
    bool met_a_dead_one = false;
    Address next = next_live_begin(page, kUserEnd, met_a_dead_one);
    if (next == page && tries < kMostTries) {
      continue;
    }
    Description gap = describe_gap(page, next > page ? next : page + kPage);
    bool has_moved = met_a_dead_one || region_map::removals() != removals || outside::changes() != changes;
    bool is_ours_now = gap.owner == Owner::foreign && next_live_begin(page, page + kPage) == page;
    if ((!has_moved && !is_ours_now) || tries >= kMostSearches) {
      return gap;
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
  if (root.is_nothing() || !region->range.contains(range) || is_view_of_file(*region)) {
    return false;
  }
  bool all = are_in_section(*region, region->page_at(range.begin), region->page_at(range.end - 1) + 1);
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

bool is_locked(Address page) { return page_bits::test(PageBit::locked, page); }

bool is_arena(Address at) { return arena::range().contains(at); }

Usage usage() {
  arena::ensure();
  commit_charge::Figures charge = commit_charge::figures();
  ReservedSpace reserved = reserved_space();
  return {.committed = charge.charged,
          .most_committed = charge.peak,
          .commit_limit = charge.limit,
          .own_committed = charge.own,
          .most_own_committed = charge.own_peak,
          .reserved_in_arena = reserved.in_arena,
          .reserved_outside = reserved.outside,
          .arena = arena::range().size()};
}

void set_system_commit_limit(Bytes limit) { commit_charge::set_system_limit(limit); }

Bytes bookkeeping_bytes() {
  Bytes sum = run_footprint() + chunks::footprint() + page_bits::footprint() + CommitMap::footprint();
  host::LockHold hold(space_lock);
  return sum + region_pool.footprint() + view_pool.footprint() + region_map::footprint() + holes::footprint();
}

} // namespace winmem::vm
