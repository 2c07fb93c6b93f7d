// How a region comes into being.
#include "reserve.h"
#include "../host/lock.h"
#include "../host/memory.h"
#include "../host/numa.h"
#include "arena.h"
#include "commit_charge.h"
#include "fork_gate.h"
#include "guards.h"
#include "holes.h"
#include "mapping_budget.h"
#include "outside.h"
#include "page_mapping.h"
#include "placement.h"
#include "region_map.h"
#include "space.h"
#include "vm.h"
#include "write_watch.h"

namespace winmem::vm {

constinit host::Lock space_lock;
constinit Pool region_pool{sizeof(Region), 256 * 1024};

namespace {

// A region that is entered in the map but not yet live: the addresses are taken, and readers see them as free.
struct Made {
  Status status = Status::ok;
  Region* region = nullptr;
};

Made enter_region_locked(const ReserveRequest& request) {
  auto* region = static_cast<Region*>(region_pool.take());
  if (region == nullptr) {
    return {Status::no_memory};
  }
  if (!holes::add_spare()) {
    region_pool.give(region);
    return {Status::no_memory};
  }
  Placed placed = place_locked(request);
  if (placed.status != Status::ok) {
    holes::remove_spare();
    region_pool.give(region);
    return {placed.status};
  }
  if (!region_map::prepare(placed.range)) {
    if (placed.place == Place::outside) {
      outside::leaving();
      static_cast<void>(host::unmap(placed.range)); // a mapping of its own: the kernel has no reason to refuse
    }
    give_back_locked(placed.range, placed.place);
    region_pool.give(region);
    return {Status::no_memory};
  }
  Watch watch = request.watched ? write_watch::begin(placed.range) : Watch::none;
  set_up(*region,
         {.range = placed.range,
          .initial = request.initial,
          .caching = request.caching,
          .place = placed.place,
          .origin = request.placeholder ? Origin::placeholder : Origin::ordinary,
          .watch = watch},
         RunRoot::coming());
  region_map::set(placed.range, region);
  return {Status::ok, region};
}

Made make_region_locked(const ReserveRequest& request) {
  Made made = enter_region_locked(request);
  outside::settle();
  return made;
}

bool opens_by_faults(const Region& region) { return region.watch == Watch::by_faults; }

void publish(Region& region, PageState state) {
  region.runs.store(RunRoot::uniform(state).word(), std::memory_order_release); // pairs with Region::root()
}

Reserved reserve_only(const ReserveRequest& request) {
  // No gate: fork takes space_lock, and nothing is done outside it.
  host::LockHold hold(space_lock);
  Made made = make_region_locked(request);
  if (made.status != Status::ok) {
    return {made.status};
  }
  publish(*made.region, PageState::reserved);
  return {Status::ok, made.region->range, opens_by_faults(*made.region)};
}

Reserved reserve_and_commit(const ReserveRequest& request) {
  Change change;
  Made made;
  {
    host::LockHold hold(space_lock);
    made = make_region_locked(request);
  }
  if (made.status != Status::ok) {
    return {made.status};
  }
  Region& region = *made.region;
  AddressRange range = region.range;
  Status status = commit_unseen(region);
  if (status == Status::ok) {
    publish(region, request.initial);
    return {Status::ok, range, opens_by_faults(region)};
  }
  host::LockHold hold(space_lock);
  if (region.place == Place::outside) {
    outside::leaving();
    static_cast<void>(host::unmap(range)); // under the lock, as in release_locked
  }
  write_watch::end(region.watch, region.place, range);
  region.runs.store(0, std::memory_order_release);
  region_map::set(range, nullptr);
  give_back_locked(range, region.place);
  region_pool.retire(&region);
  return {status};
}

} // namespace

Status commit_unseen(Region& region) {
  PageState state = region.initial;
  if (!write_watch::prepare(region, region.range)) {
    return Status::no_memory;
  }
  commit_charge::Taken charge(region.pages());
  if (!charge.fits()) {
    return Status::commitment_limit;
  }
  if (is_guarded(state)) {
    if (!prepare_arming(region, region.range, state)) {
      return Status::no_memory;
    }
    page_bits::clear(PageBit::disarmed, region.range);
  }
  Status status = commit_pages({region, RunRoot::uniform(PageState::reserved), 0, region.pages()}, state);
  if (status == Status::ok) {
    charge.keep();
  }
  return status;
}

Reserved reserve(const ReserveRequest& request) {
  arena::ensure();
  if (request.watched && mapping_budget::exhausted()) {
    return {Status::no_memory};
  }
  Reserved reserved = request.commit ? reserve_and_commit(request) : reserve_only(request);
  if (host::nodes_were_preferred() && reserved.status == Status::ok) [[unlikely]] {
    host::prefer_node(reserved.range, host::kNoNode); // what was there before may have preferred one
  }
  return reserved;
}

} // namespace winmem::vm
