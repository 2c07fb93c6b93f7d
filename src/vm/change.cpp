// Changes of the pages of one region: commit, decommit, protect.
//
// Each checks, takes what it needs, makes the one change in the kernel that decides, and then updates the books in
// steps that cannot fail.
#include "commit_charge.h"
#include "find_region.h"
#include "fork_gate.h"
#include "guards.h"
#include "page_mapping.h"
#include "reserving_views.h"
#include "view.h"
#include "vm.h"
#include "write_watch.h"

namespace winmem::vm {

namespace {

PageSpan span_of(Region& region, AddressRange range) {
  return {region, region.root(), region.page_at(range.begin), region.page_at(range.end)};
}

bool all_committed(const PageSpan& span) {
  bool all = are_in_section(span.region, span.begin, span.end);
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
  bool is_of_file = false;
  Caching caching = Caching::normal;
};
Seen see_state(AddressRange range, PageState state) {
  if (is_guarded(state) || is_copying(state)) {
    return {}; // to be armed again where it was hit; no more so where it was written
  }
  Reader reader;
  Region* region = find_live_region(range.begin);
  if (region == nullptr) {
    return {};
  }
  RunRoot root = region->root();
  if (root.is_nothing() || !region->range.contains(range) ||
      (is_view(*region) && as_view(*region).commits != nullptr)) {
    return {};
  }
  PageRun run = find_run(root, region->page_at(range.begin), region->pages());
  return {run.state == state && run.end >= region->page_at(range.end), is_view_of_file(*region), region->caching};
}

// Whether pages of the region may have `state`.
Status check_state(const Region& region, PageState state) {
  if (!is_view(region)) {
    return is_copying(state) ? Status::invalid_page_protection : Status::ok; // V41
  }
  return allows(region.initial, state) ? Status::ok : Status::section_protection; // S60
}

// Pages of the span that come to count against the commit limit when they get `state`: those of a view that will be
// copied on write, each once.
PageIndex newly_charged(const PageSpan& span, PageState state) {
  if (!is_copying(state)) {
    return 0;
  }
  PageIndex fresh = 0;
  for_each_run(span, [&](PageRun run) { fresh += is_copying(run.state) ? 0 : run.end - run.begin; });
  PageIndex rest = span.region.pages() - as_view(span.region).charged.load(std::memory_order_relaxed);
  return fresh < rest ? fresh : rest;
}

PageState shown_state(const Region& region, PageIndex page) {
  return is_view(region) && shows_more_than_runs(as_view(region))
             ? find_shown_run(as_view(region), region.root(), page).state
             : find_seen_run(region, region.root(), page).state;
}

Protected protect_locked(Region& region, AddressRange range, PageState state) {
  if (!all_committed(span_of(region, range))) {
    return {Status::not_committed};
  }
  if (Status status = check_state(region, state); status != Status::ok) {
    return {status};
  }
  GuardFreeze freeze(region);
  PageState old = shown_state(region, region.page_at(range.begin));
  if (!prepare_state(region, range, state)) {
    return {Status::no_memory};
  }
  PageSpan span = span_of(region, range);
  PageIndex charged = newly_charged(span, state);
  commit_charge::Taken charge(charged);
  if (!charge.fits()) {
    return {Status::commitment_limit};
  }
  Status status = change_runs(region, span, state, [&] { return protect_pages(span, state); });
  if (status == Status::ok && charged != 0) {
    charge.keep();
    as_view(region).charged.fetch_add(charged, std::memory_order_relaxed);
  }
  return {status, old, region.caching};
}

// S51, C12: in the section, and in this view with a protection that may be more than the view's.
Status commit_in_section(View& view, AddressRange range, PageState state) {
  GuardFreeze freeze(view);
  if (!prepare_state(view, range, state)) {
    return Status::no_memory;
  }
  PageSpan span = span_of(view, range);
  PageIndex first = bytes_to_pages(view.offset);
  PageIndex absent = span.end - span.begin - view.commits->count(first + span.begin, first + span.end);
  PageIndex copied = newly_charged(span, state);
  commit_charge::Taken charge(copied);
  commit_charge::Taken section_charge(absent, commit_charge::Share::section);
  if (!charge.fits() || !section_charge.fits()) {
    return Status::commitment_limit;
  }
  PageIndex fresh = 0;
  Status status = change_runs(view, span, state, [&] { return commit_section_pages(span, state, fresh); });
  if (status == Status::ok) {
    charge.keep();
    section_charge.keep();
    commit_charge::give_back(absent - fresh, commit_charge::Share::section); // others committed them meanwhile
    view.charged.fetch_add(copied, std::memory_order_relaxed);
    view.backing->committed.fetch_add(fresh, std::memory_order_relaxed);
  }
  return status;
}

} // namespace

Status commit(AddressRange range, PageState state) {
  if (Seen seen = see_state(range, state); seen.is_so && !seen.is_of_file) {
    return Status::ok; // V19: committed so already, nothing changes
  }
  Change change;
  RegionHold region(range.begin);
  if (!region || !region->range.contains(range) || region->origin == Origin::placeholder) { // V81
    return Status::conflicting_addresses;
  }
  if (is_view_of_file(*region)) {
    return Status::already_committed; // S54
  }
  if (is_view(*region)) {
    return as_view(*region).commits != nullptr ? commit_in_section(as_view(*region), range, state)
                                               : protect_locked(*region, range, state).status; // S54
  }
  GuardFreeze freeze(*region);
  if (!prepare_state(*region, range, state) || !write_watch::prepare(*region, range)) {
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
  if (status == Status::ok && region->origin == Origin::placeholder) {
    status = Status::conflicting_addresses; // V81
  }
  return status == Status::ok ? decommit_locked(*region, range) : status;
}

Freed decommit_region(Address at) {
  Change change;
  RegionHold region(at);
  if (Status status = check_base(region, at); status != Status::ok) {
    return {status};
  }
  if (region->origin == Origin::placeholder) {
    return {Status::conflicting_addresses};
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
  return protect_locked(*region, range, state);
}

} // namespace winmem::vm
