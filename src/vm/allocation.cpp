#include "allocation.h"

#include "../host/modules.h"
#include "find_region.h"
#include "view.h"

namespace winmem::vm {

namespace {

bool is_charged(const ForeignRun& run) {
  switch (run.kind) {
  case ForeignKind::private_memory:
    return run.state == ForeignState::committed;
  case ForeignKind::image: // its writable data are private copies
    return run.protection == ForeignProtection::read_write || run.protection == ForeignProtection::execute_read_write;
  case ForeignKind::mapped:
    return run.protection == ForeignProtection::write_copy || run.protection == ForeignProtection::execute_write_copy;
  }
  return false;
}

bool is_part(const Description& there, Address base) {
  return there.owner == Owner::foreign && there.foreign.allocation_base == base;
}

// From the base on as long as pages belong to it; an image goes on behind a hole in it.
Allocation walk_foreign(const Description& there) {
  Address base = there.foreign.allocation_base;
  Address least_end = there.range.end; // what was asked about is part of it, whatever changes meanwhile
  host::Image image;
  if (there.foreign.kind == ForeignKind::image && host::image_at(there.range.begin, image)) {
    least_end = image.range.end < kUserEnd ? image.range.end : kUserEnd;
  }
  Allocation allocation{.there = there, .range = {base, least_end}};
  for (Address at = base; at < kUserEnd;) {
    Description part = describe(at);
    bool belongs = is_part(part, base);
    if (!belongs && at >= least_end) {
      break;
    }
    if (belongs) {
      allocation.committed += is_charged(part.foreign) ? part.range.size() : 0;
      allocation.range.end = part.range.end > allocation.range.end ? part.range.end : allocation.range.end;
    }
    at = part.range.end > at ? part.range.end : at + kPage;
  }
  return allocation;
}

} // namespace

Allocation describe_allocation(Address page) {
  // A region may come or go between the two look-ups; that ends as in describe().
  constexpr int kMostTries = 100;
  for (int tries = 0;; ++tries) {
    Description there = describe(page);
    if (there.owner == Owner::foreign) {
      return walk_foreign(there);
    }
    if (there.owner == Owner::nobody || tries == kMostTries) {
      return {};
    }
    Reader reader;
    Region* region = find_live_region(page);
    RunRoot root = region != nullptr ? region->root() : RunRoot{};
    if (region != nullptr && region->range == there.region && !root.is_nothing()) {
      PageIndex committed = is_view(*region) ? as_view(*region).charged.load(std::memory_order_relaxed)
                                             : committed_pages(root, region->pages(), 0, region->pages());
      return {.there = there, .range = region->range, .committed = pages_to_bytes(committed)};
    }
  }
}

} // namespace winmem::vm
