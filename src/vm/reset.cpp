// MEM_RESET and its undoing, and the calls that do the same by other names: offering memory, and taking it back.
//
// A reset lets the kernel drop pages, and notes which (page_bits.h). An undo succeeds when each of them is surely still
// what it was: the kernel counts as many pages as were reset that are there and were not written since, and making them
// stay brings none of them in anew. Where that cannot be shown, it fails, though nothing may be lost.
#include "../host/lazy_pages.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "page_bits.h"
#include "reserving_views.h"
#include "view.h"
#include "vm.h"

namespace winmem::vm {

namespace {

constexpr Bytes kMostNoted = Bytes{64} << 30; // beyond that the bits would cost more than an undo is worth

template <typename Visit> void for_each_committed(Region& region, AddressRange range, Visit visit) {
  for_each_run(region.root(), region.pages(), region.page_at(range.begin), region.page_at(range.end), [&](PageRun run) {
    if (is_committed(run.state)) {
      visit(AddressRange{region.address_of(run.begin), region.address_of(run.end)});
    }
  });
}

// Lets the kernel drop the committed pages of `range` until they are written again, and notes which those are.
void give_up(Region& region, AddressRange range) {
  bool is_noted = range.size() <= kMostNoted && page_bits::prepare(range);
  if (!is_noted) {
    region.resets = Resets::unknown;
  } else if (region.resets == Resets::none) {
    region.resets = Resets::noted;
  }
  AddressRange last{};
  for_each_committed(region, range, [&](AddressRange committed) {
    if (is_noted) {
      page_bits::set(PageBit::reset, committed);
    }
    // Advice: where the kernel refuses, the contents stay, which MEM_RESET allows.
    static_cast<void>(host::discard_lazily(committed));
    last = committed;
  });
  if (is_noted && !last.empty()) {
    // The kernel keeps up to some thirty pages per processor aside before it counts them as given up. The next such
    // call ends that, whatever it is about.
    static_cast<void>(host::discard_lazily({last.begin, last.begin + kPage}));
  }
}

// Whether all pages of `range` that were reset are as they were then, and will stay so.
bool take_back(Region& region, AddressRange range) {
  Bytes noted = pages_to_bytes(page_bits::count(PageBit::reset, range));
  // The kernel counts by mapping. A flag that its neighbours have not makes the committed pages mappings of their own.
  for_each_committed(region, range, [](AddressRange committed) { host::exclude_from_dumps(committed); });
  bool intact = host::given_up(range) == noted;
  for_each_committed(region, range, [](AddressRange committed) { host::include_in_dumps(committed); });
  if (intact) {
    page_bits::for_each(PageBit::reset, true, range, [&](AddressRange reset) {
      intact = intact && host::keep_pages(reset); // what was dropped since the count shows here
    });
  }
  return intact;
}

Undone undo(Region& region, AddressRange range) {
  if (region.resets == Resets::unknown) {
    return Undone::maybe_lost;
  }
  if (region.resets == Resets::none || page_bits::count(PageBit::reset, range) == 0) {
    return Undone::intact;
  }
  if (!take_back(region, range)) {
    return Undone::maybe_lost;
  }
  page_bits::clear(PageBit::reset, range);
  return Undone::intact;
}

Status check_committed(const RegionHold& region, AddressRange range) {
  if (!region || !region->range.contains(range)) {
    return Status::conflicting_addresses;
  }
  bool all = are_in_section(*region, region->page_at(range.begin), region->page_at(range.end));
  for_each_run(region->root(), region->pages(), region->page_at(range.begin), region->page_at(range.end),
               [&](PageRun run) { all = all && is_committed(run.state); });
  return all ? Status::ok : Status::not_committed;
}

} // namespace

Status reset(AddressRange outer, AddressRange inner) {
  Change change;
  RegionHold region(outer.begin);
  if (!region || !region->range.contains(outer) || region->origin == Origin::placeholder) { // V81
    return Status::conflicting_addresses;
  }
  if (!is_view(*region) && !inner.empty()) { // in views the contents stay, which MEM_RESET allows (S55)
    give_up(*region, inner);
  }
  return Status::ok;
}

Undone undo_reset(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  if (!region || !region->range.contains(range) || region->origin == Origin::placeholder) { // V81
    return Undone::not_a_region;
  }
  return undo(*region, range);
}

Status offer(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  if (Status status = check_committed(region, range); status != Status::ok) {
    return status;
  }
  if (!is_view(*region)) {
    give_up(*region, range);
  }
  return Status::ok;
}

Undone reclaim(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  return check_committed(region, range) == Status::ok ? undo(*region, range) : Undone::not_a_region;
}

Status discard(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  if (Status status = check_committed(region, range); status != Status::ok) {
    return status;
  }
  bool all = !is_view(*region);
  for_each_seen_run(*region, region->root(), region->page_at(range.begin), region->page_at(range.end),
                    [&](PageRun run) { all = all && run.state == PageState::read_write; });
  if (!all) {
    return Status::invalid_page_protection;
  }
  static_cast<void>(host::discard(range)); // where the kernel refuses, the contents stay, which nobody can tell
  return Status::ok;
}

} // namespace winmem::vm
