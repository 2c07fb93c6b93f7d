#include "placement.h"

#include "../host/memory.h"
#include "arena.h"
#include "gaps.h"
#include "holes.h"
#include "outside.h"
#include "region_map.h"

namespace winmem::vm {

namespace {

constexpr Address align_up(Address value, Bytes alignment) { return (value + alignment - 1) & ~(alignment - 1); }
constexpr Address align_down(Address value, Bytes alignment) { return value & ~(alignment - 1); }

bool is_untouched(AddressRange range) { return region_map::find_or_next(range.begin, range.end) == nullptr; }

// What to take for [begin, begin + size): whole granules, but for one case. Where a region lost its lower pages
// (NtFreeVirtualMemory), its first granule is no hole, and yet those pages are free: a region from below may end there.
AddressRange granules_for(AddressRange range) {
  AddressRange last{round_down(range.end, kGranule), range.end};
  bool is_shared = !last.empty() && is_untouched(last) && !is_untouched({last.end, last.begin + kGranule});
  return {range.begin, is_shared ? last.begin : round_up(range.end, kGranule)};
}

Placed take_from_arena(AddressRange range) {
  AddressRange granules = granules_for(range);
  if (granules.empty()) {
    return {Status::ok, range, arena_place()};
  }
  switch (holes::take(granules)) {
  case holes::Taken::yes:
    return {Status::ok, range, arena_place()};
  case holes::Taken::not_free:
    return {Status::conflicting_addresses};
  case holes::Taken::no_memory:
    break;
  }
  return {Status::no_memory};
}

// The mapping is primed while it is whole, so that its pieces merge (K13), and left out of core dumps until committed.
Status map_outside(AddressRange range) {
  outside::announce(range);
  switch (host::map_reserved_at(range)) {
  case host::Kernel::ok:
    break;
  case host::Kernel::no_memory:
    return Status::no_memory;
  case host::Kernel::in_use:
  case host::Kernel::no_device:
  case host::Kernel::refused:
    return Status::conflicting_addresses;
  }
  if (host::prime(range.begin, arena::has_guards()) == host::Primed::spoilt) {
    static_cast<void>(host::unmap(range));
    return Status::no_memory;
  }
  host::exclude_from_dumps(range);
  return Status::ok;
}

Placed place_at(AddressRange range) {
  AddressRange arena = arena::range();
  if (arena.contains(range)) {
    return take_from_arena(range);
  }
  if (arena.overlaps(range)) {
    // Across the arena's edge: half of it could be had. Windows would allow it; see docs/compatibility.md.
    return {Status::conflicting_addresses};
  }
  Status status = map_outside(range);
  return {status, range, Place::outside};
}

// For bounds that the arena does not meet, or when it is full or could not be had.
Placed place_anywhere_outside(const ReserveRequest& request) {
  AddressRange within = request.within.intersect({kLowestUser, kUserEnd});
  Placed placed{Status::no_memory};
  AddressRange highest{};
  for_each_gap(within, [&](AddressRange gap) {
    Address begin = align_up(gap.begin, request.alignment);
    if (begin < gap.begin || begin >= gap.end || gap.end - begin < request.size) {
      return false;
    }
    if (request.top_down) {
      Address top = align_down(gap.end - request.size, request.alignment);
      highest = {top, top + request.size};
      return false;
    }
    // A gap can be taken from under us, or lie below vm.mmap_min_addr: then on to the next.
    placed = {map_outside({begin, begin + request.size}), {begin, begin + request.size}, Place::outside};
    return placed.status == Status::ok;
  });
  if (!highest.empty()) {
    placed = {map_outside(highest), highest, Place::outside};
  }
  if (placed.status == Status::conflicting_addresses) {
    placed.status = Status::no_memory;
  }
  return placed;
}

} // namespace

namespace {

// Address space in regions. Written under space_lock, read by anybody.
constinit std::atomic<Bytes> reserved_in_arena{0};
constinit std::atomic<Bytes> reserved_outside{0};

std::atomic<Bytes>& reserved_in(Place place) { return place == Place::outside ? reserved_outside : reserved_in_arena; }

Placed find_place(const ReserveRequest& request) {
  if (request.at != 0) {
    return place_at({request.at, request.at + request.size});
  }
  holes::Wanted wanted{.size = round_up(request.size, kGranule),
                       .alignment = request.alignment,
                       .within = request.within.intersect(arena::range())};
  Address begin = wanted.within.empty() ? 0
                  : request.top_down    ? holes::find_highest(wanted)
                                        : holes::find_lowest(wanted);
  if (begin != 0) {
    return take_from_arena({begin, begin + request.size});
  }
  return place_anywhere_outside(request);
}

} // namespace

Place arena_place() { return arena::has_guards() ? Place::chunked : Place::plain; }

Placed place_locked(const ReserveRequest& request) {
  Placed placed = find_place(request);
  if (placed.status == Status::ok) {
    std::atomic<Bytes>& reserved = reserved_in(placed.place);
    reserved.store(reserved.load(std::memory_order_relaxed) + placed.range.size(), std::memory_order_relaxed);
  }
  return placed;
}

ReservedSpace reserved_space() {
  return {reserved_in_arena.load(std::memory_order_relaxed), reserved_outside.load(std::memory_order_relaxed)};
}

void give_back_locked(AddressRange range, Place place) {
  std::atomic<Bytes>& reserved = reserved_in(place);
  reserved.store(reserved.load(std::memory_order_relaxed) - range.size(), std::memory_order_relaxed);
  if (place == Place::outside) {
    holes::remove_spare(); // unmapped already: there is no hole to enter
    return;
  }
  AddressRange granules = range.round_out(kGranule);
  auto touched = [](Address granule) { return !is_untouched({granule, granule + kGranule}); };
  if (range.begin != granules.begin && touched(granules.begin)) {
    granules.begin += kGranule;
  }
  if (granules.begin < granules.end && range.end != granules.end && touched(granules.end - kGranule)) {
    granules.end -= kGranule;
  }
  if (!granules.empty()) {
    holes::put_back(granules);
  } else {
    holes::remove_spare();
  }
}

} // namespace winmem::vm
