#include "view_window.h"

#include "../host/process_map.h"
#include "arena.h"
#include "gaps.h"
#include "holes.h"
#include "outside.h"
#include "placement.h"
#include "view_cover.h"

namespace winmem::vm {

namespace {

Status map_at(AddressRange range, const host::FileMapping& mapping) {
  outside::announce(range);
  return view_cover::status_of(host::map_file_at(range, mapping));
}

// Addresses of the window that others use are given up for good: else each view would try them again.
void give_up(AddressRange granules) {
  host::Mapping there;
  AddressRange lost{granules.begin, granules.begin + kGranule};
  if (host::next_mapping(granules.begin, there) && there.range.overlaps(granules)) {
    lost = there.range.intersect(granules).round_out(kGranule);
  }
  static_cast<void>(holes::take(lost)); // without memory for that, other tries come to other places, or to an end
}

// A lack of room, or of the spare hole in the end, is conflicting_addresses or no_memory; in any failure but the first
// the spare is used up.
ViewPlaced place_in_window(const ViewRequest& request, const host::FileMapping& mapping) {
  constexpr int kMostTries = 64;
  holes::Wanted wanted{.size = round_up(request.size, kGranule),
                       .within = request.within.intersect(arena::view_window())};
  for (int tries = 0; tries < kMostTries && !wanted.within.empty(); ++tries) {
    Address begin = request.top_down ? holes::find_highest(wanted) : holes::find_lowest(wanted);
    AddressRange granules{begin, begin + wanted.size};
    if (begin == 0 || holes::take(granules) != holes::Taken::yes) {
      break;
    }
    AddressRange range{begin, begin + request.size};
    Status status = map_at(range, mapping);
    if (status == Status::ok) {
      return {status, range, ViewBed::window};
    }
    holes::put_back(granules);
    if (status != Status::conflicting_addresses) {
      return {status};
    }
    give_up(granules);
    if (!holes::add_spare()) {
      return {Status::no_memory};
    }
  }
  return {Status::conflicting_addresses};
}

ViewPlaced place_elsewhere(const ViewRequest& request, const host::FileMapping& mapping) {
  ViewPlaced placed{Status::no_memory};
  AddressRange highest{};
  auto try_at = [&](AddressRange range) {
    placed = {map_at(range, mapping), range};
    return placed.status != Status::conflicting_addresses;
  };
  for_each_gap(request.within.intersect({kLowestUser, kUserEnd}), [&](AddressRange gap) {
    Address begin = round_up(gap.begin, kGranule);
    if (begin >= gap.end || gap.end - begin < request.size) {
      return false;
    }
    if (request.top_down) {
      Address top = round_down(gap.end - request.size, kGranule);
      highest = {top, top + request.size};
      return false;
    }
    return try_at({begin, begin + request.size});
  });
  if (!highest.empty()) {
    static_cast<void>(try_at(highest));
  }
  if (placed.status == Status::conflicting_addresses) {
    placed.status = Status::no_memory;
  }
  return placed;
}

// Addresses wholly in the arena do not come here (view.cpp).
ViewPlaced place_at(AddressRange range, const host::FileMapping& mapping) {
  if (arena::range().overlaps(range)) {
    holes::remove_spare();
    return {Status::conflicting_addresses};
  }
  AddressRange granules = range.round_out(kGranule);
  bool is_in_window = arena::view_window().contains(granules) && holes::take(granules) == holes::Taken::yes;
  ViewBed bed = is_in_window ? ViewBed::window : ViewBed::elsewhere;
  Status status = map_at(range, mapping);
  if (status != Status::ok) {
    give_back_view_locked(range, bed);
  }
  return {status, range, bed};
}

} // namespace

ViewPlaced map_view_locked(const ViewRequest& request, const host::FileMapping& mapping) {
  if (request.at != 0) {
    return place_at({request.at, request.at + request.size}, mapping);
  }
  ViewPlaced placed = place_in_window(request, mapping);
  if (placed.status != Status::conflicting_addresses) {
    return placed;
  }
  placed = place_elsewhere(request, mapping);
  if (placed.status != Status::ok) {
    holes::remove_spare();
  }
  return placed;
}

void give_back_view_locked(AddressRange range, ViewBed bed) {
  switch (bed) {
  case ViewBed::window:
    holes::put_back(range.round_out(kGranule));
    break;
  case ViewBed::arena:
    give_back_locked(range, arena_place());
    break;
  case ViewBed::outside:
    give_back_locked(range, Place::outside);
    break;
  case ViewBed::elsewhere:
    holes::remove_spare();
    break;
  }
}

} // namespace winmem::vm
