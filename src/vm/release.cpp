// How a region, or part of one, ends.
//
// Order: the kernel first takes the pages away; then one store makes the region nothing, or hands over to what is left
// of it; then the map forgets it; last its addresses can be had again. So nobody gets an address whose old pages are
// there.
#include "commit_charge.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "holes.h"
#include "outside.h"
#include "page_mapping.h"
#include "placement.h"
#include "space.h"
#include "vm.h"
#include "write_watch.h"

namespace winmem::vm {

namespace {

// What stays of a region on one side of the released range, ready to be published.
struct Remainder {
  Region* region = nullptr;
  RunEdit runs;
  RunRoot root;
};

void drop_remainder(Remainder& remainder) {
  if (remainder.region != nullptr) {
    host::LockHold hold(space_lock);
    holes::remove_spare();
    region_pool.give(remainder.region);
    remainder.region = nullptr;
  }
}

[[nodiscard]] bool make_remainder(Region& from, AddressRange range, Remainder& out) {
  if (range.empty()) {
    return true;
  }
  PageIndex begin = from.page_at(range.begin);
  PageIndex end = from.page_at(range.end);
  if (!out.runs.prepare_copy(from.root(), from.pages(), begin, end)) {
    return false;
  }
  out.root = out.runs.copied_root();
  host::LockHold hold(space_lock);
  auto* region = static_cast<Region*>(region_pool.take());
  if (region == nullptr) {
    return false;
  }
  if (!region_map::prepare(range) || !holes::add_spare()) {
    region_pool.give(region);
    return false;
  }
  set_up(*region,
         {.range = range,
          .initial = from.initial,
          .caching = from.caching,
          .place = from.place,
          .origin = from.origin,
          .watch = from.watch},
         {});
  region->resets = from.resets;
  region->only_read_write = from.only_read_write;
  region->has_guards.store(from.has_guards.load(std::memory_order_relaxed), std::memory_order_relaxed);
  out.region = region;
  return true;
}

void publish(Remainder& remainder) {
  if (remainder.region != nullptr) {
    remainder.region->runs.store(remainder.root.word(), std::memory_order_release);
    remainder.runs.publish(); // the nodes are the tree's now
  }
}

// The region's lock is held; afterwards it is no longer live.
Status release_locked(Region& region, AddressRange range) {
  GuardFreeze freeze(region);
  Remainder before;
  Remainder after;
  if (!make_remainder(region, {region.range.begin, range.begin}, before) ||
      !make_remainder(region, {range.end, region.range.end}, after)) {
    drop_remainder(before);
    return Status::no_memory;
  }
  PageSpan span{region, region.root(), region.page_at(range.begin), region.page_at(range.end)};
  PageIndex committed = span.committed();
  // Outside the arena the kernel gives unmapped addresses to whoever asks next. Until the map has forgotten them that
  // must not be another reservation of ours, whose entries would be wiped with these; so space_lock is held from here
  // on.
  bool is_outside = region.place == Place::outside;
  if (is_outside) {
    space_lock.lock();
    outside::leaving();
  }
  Status status = is_outside ? unmap_pages(span) : decommit_pages(span);
  if (status != Status::ok) {
    if (is_outside) {
      space_lock.unlock();
    }
    drop_remainder(before);
    drop_remainder(after);
    return status;
  }
  // point of no return
  commit_charge::give_back(committed);
  unsigned remaining = (before.region != nullptr ? 1U : 0U) + (after.region != nullptr ? 1U : 0U);
  write_watch::end(region.watch, region.place, range, remaining);
  if (!is_outside) {
    space_lock.lock(); // what is left must be in the map before somebody releases that
  }
  publish(before);
  publish(after);
  RunRoot old = region.root();
  region.before_gap.store(before.region, std::memory_order_release);
  region.after_gap.store(after.region, std::memory_order_release);
  region.runs.store(0, std::memory_order_release); // the one store that readers see it by
  region_map::set({region.range.begin, range.begin}, before.region);
  region_map::set(range, nullptr);
  region_map::set({range.end, region.range.end}, after.region);
  give_back_locked(range, region.place);
  region_pool.retire(&region); // still locked: should it come back at once, its next owner waits for our unlock
  space_lock.unlock();
  retire_runs(old);
  return Status::ok;
}

// A whole region of which no page was ever committed, or none is now, is given back under space_lock alone: the
// commonest release by far, and bookkeeping only. Not found so: nothing is done.
enum class Quick { released, not_applicable };
Quick release_untouched(Address at, Freed& freed) {
  host::LockHold hold(space_lock);
  Region* region = find_live_region(at);
  if (region == nullptr || round_down(at, kPage) != region->range.begin || region->place >= Place::outside ||
      region->watch != Watch::none || !region->lock.try_lock()) {
    return Quick::not_applicable;
  }
  if (region->root().word() != RunRoot::uniform(PageState::reserved).word()) {
    region->lock.unlock();
    return Quick::not_applicable;
  }
  region->runs.store(0, std::memory_order_release);
  region->lock.unlock();
  freed = {Status::ok, region->range};
  region_map::set(region->range, nullptr);
  give_back_locked(region->range, region->place);
  region_pool.retire(region);
  return Quick::released;
}

} // namespace

Status release(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  Status status = check_part(region, range);
  return status == Status::ok ? release_locked(*region, range) : status;
}

Freed release_region(Address at) {
  Freed freed;
  if (release_untouched(at, freed) == Quick::released) {
    return freed;
  }
  Change change;
  RegionHold region(at);
  if (Status status = check_base(region, at); status != Status::ok) {
    return {status};
  }
  AddressRange range = region->range;
  return {release_locked(*region, range), range};
}

} // namespace winmem::vm
