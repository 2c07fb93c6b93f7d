// Changes of the pages of one region: commit, decommit, protect.
//
// Each checks, takes what it needs, makes the one change in the kernel that decides, and then updates the books in
// steps that cannot fail.
#include "commit_charge.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "page_mapping.h"
#include "vm.h"

namespace winmem::vm {

namespace {

PageSpan span_of(Region& region, AddressRange range) {
  return {region, region.root(), region.page_at(range.begin), region.page_at(range.end)};
}

bool all_committed(const PageSpan& span) {
  bool all = true;
  for_each_run(span.old, span.region.pages(), span.begin, span.end,
               [&](PageRun run) { all = all && is_committed(run.state); });
  return all;
}

// The edit around the kernel's change. `apply` is called between taking memory and publishing.
template <typename Apply> Status change_runs(Region& region, const PageSpan& span, PageState state, Apply apply) {
  RunEdit edit;
  if (!edit.prepare(region.runs, region.pages(), span.begin, span.end, state)) {
    return Status::no_memory;
  }
  Status status = apply();
  if (status == Status::ok) { // point of no return
    if (is_guarded(state)) {
      page_bits::clear(PageBit::disarmed, span.range());
    }
    edit.publish();
  }
  return status;
}

// Before a change to `state`: what else it needs where pages come under guard.
bool prepare_state(Region& region, AddressRange range, PageState state) {
  return !is_guarded(state) || prepare_arming(region, range, state);
}

Status decommit_locked(Region& region, AddressRange range) {
  GuardFreeze freeze(region);
  PageSpan span = span_of(region, range);
  PageIndex committed = span.committed();
  Status status = change_runs(region, span, PageState::reserved, [&] { return decommit_pages(span); });
  if (status == Status::ok) {
    commit_charge::give_back(committed);
  }
  return status;
}

// Whether all of `range` is in one region and has `state` already. Found without a lock.
struct Seen {
  bool is_so = false;
  Caching caching = Caching::normal;
};
Seen see_state(AddressRange range, PageState state) {
  if (is_guarded(state)) {
    return {}; // to be armed again where it was hit
  }
  Reader reader;
  Region* region = find_live_region(range.begin);
  if (region == nullptr) {
    return {};
  }
  RunRoot root = region->root();
  if (root.is_nothing() || !region->range.contains(range)) {
    return {};
  }
  PageRun run = find_run(root, region->page_at(range.begin), region->pages());
  return {run.state == state && run.end >= region->page_at(range.end), region->caching};
}

} // namespace

Status commit(AddressRange range, PageState state) {
  if (see_state(range, state).is_so) {
    return Status::ok; // V19: committed so already, nothing changes
  }
  Change change;
  RegionHold region(range.begin);
  if (!region || !region->range.contains(range)) {
    return Status::conflicting_addresses;
  }
  GuardFreeze freeze(*region);
  if (!prepare_state(*region, range, state)) {
    return Status::no_memory;
  }
  PageSpan span = span_of(*region, range);
  commit_charge::Taken charge(span.reserved());
  if (!charge.fits()) {
    return Status::commitment_limit;
  }
  Status status = change_runs(*region, span, state, [&] { return commit_pages(span, state); });
  if (status == Status::ok) {
    charge.keep();
  }
  return status;
}

Status decommit(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  Status status = check_part(region, range);
  return status == Status::ok ? decommit_locked(*region, range) : status;
}

Freed decommit_region(Address at) {
  Change change;
  RegionHold region(at);
  if (Status status = check_base(region, at); status != Status::ok) {
    return {status};
  }
  return {decommit_locked(*region, region->range), region->range};
}

Protected protect(AddressRange range, PageState state) {
  if (Seen seen = see_state(range, state); seen.is_so) {
    return {Status::ok, state, seen.caching};
  }
  Change change;
  RegionHold region(range.begin);
  if (!region || !region->range.contains(range)) {
    return {Status::conflicting_addresses};
  }
  if (!all_committed(span_of(*region, range))) {
    return {Status::not_committed};
  }
  GuardFreeze freeze(*region);
  PageState old = find_seen_run(*region, region->root(), region->page_at(range.begin)).state;
  if (!prepare_state(*region, range, state)) {
    return {Status::no_memory};
  }
  PageSpan span = span_of(*region, range);
  Status status = change_runs(*region, span, state, [&] { return protect_pages(span, state); });
  return {status, old, region->caching};
}

} // namespace winmem::vm
