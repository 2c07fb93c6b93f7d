// How a view comes and goes, and what a query shows of it.
#include "view.h"

#include "../host/file.h"
#include "../host/page_copies.h"
#include "arena.h"
#include "commit_charge.h"
#include "find_region.h"
#include "fork_gate.h"
#include "holes.h"
#include "mapping_budget.h"
#include "outside.h"
#include "page_mapping.h"
#include "placeholder.h"
#include "placement.h"
#include "reserving_views.h"
#include "space.h"
#include "successor.h"
#include "view_cover.h"
#include "view_window.h"

namespace winmem::vm {

constinit Pool view_pool{sizeof(View), 64 * 1024};

namespace {

View* make_view_locked() {
  auto* view = static_cast<View*>(view_pool.take());
  if (view != nullptr && !holes::add_spare()) {
    view_pool.give(view);
    return nullptr;
  }
  return view;
}

void set_up(View& view, const ViewRequest& request, const ViewPlaced& placed) {
  set_up(view,
         {.range = placed.range,
          .initial = request.initial,
          .caching = request.caching,
          .place = Place::view,
          .origin = request.replaces_placeholder ? Origin::replacement : Origin::ordinary},
         RunRoot::coming());
  view.only_read_write = false;
  view.backing = request.backing;
  view.offset = request.offset;
  view.is_of_file = request.backing->is_of_file;
  view.has_copies.store(is_copying(request.initial), std::memory_order_relaxed);
  view.charged.store(is_copying(request.initial) ? view.pages() : 0, std::memory_order_relaxed);
  view.bed = placed.bed;
  view.commits = request.backing->commits.is_attached() ? &request.backing->commits : nullptr;
  view.is_watched.store(false, std::memory_order_relaxed);
}

// Without access where the kernel is to watch it first.
host::FileMapping mapping_of(const ViewRequest& request) {
  return {.file = request.backing->file,
          .offset = request.offset,
          .sharing = is_copying(request.initial) ? host::Sharing::copy_on_write : host::Sharing::shared,
          .access = request.backing->commits.is_attached() ? host::Access::none : access_of(request.initial)};
}

// Over reserved pages of the arena, where there is no easy way back: what the kernel does not open now, faults open.
// Returns whether they do.
bool open_covering_view_locked(View& view) {
  if (view.commits == nullptr) {
    return false;
  }
  if (!open_new_view(view)) {
    stop_watching(view);
  }
  enlist_locked(view);
  return opens_by_faults(view);
}

// Two borders between the view and what is around it.
std::int64_t borders_of(PageState state) { return access_of(state) == host::Access::none ? 0 : 2; }

Reserved map_view_in_space(const ViewRequest& request) {
  host::LockHold hold(space_lock);
  View* view = make_view_locked();
  if (view == nullptr) {
    return {Status::no_memory};
  }
  ViewPlaced placed = map_view_locked(request, mapping_of(request));
  Status status = placed.status;
  if (status == Status::ok) {
    set_up(*view, request, placed);
  }
  bool is_open = status == Status::ok && (view->commits == nullptr || open_new_view(*view));
  if (status == Status::ok && (!is_open || !region_map::prepare(placed.range))) {
    outside::leaving();
    static_cast<void>(host::unmap(placed.range)); // a mapping of its own: the kernel has no reason to refuse
    give_back_view_locked(placed.range, placed.bed);
    status = Status::no_memory;
  }
  if (status != Status::ok) {
    view_pool.give(view);
  } else {
    if (view->commits != nullptr) {
      enlist_locked(*view);
    }
    view->runs.store(RunRoot::uniform(request.initial).word(), std::memory_order_release); // pairs with Region::root()
    region_map::set(placed.range, view);
    mapping_budget::add(borders_of(request.initial));
  }
  outside::settle();
  return {status, placed.range, status == Status::ok && opens_by_faults(*view)};
}

// In free addresses of the arena. They are taken before the kernel's change, and readers see the view after it.
Reserved map_view_in_arena(const ViewRequest& request) {
  AddressRange range{request.at, request.at + request.size};
  View* view = nullptr;
  {
    host::LockHold hold(space_lock);
    view = make_view_locked();
    if (view == nullptr) {
      return {Status::no_memory};
    }
    Placed placed = place_locked({.at = range.begin, .size = range.size()});
    if (placed.status != Status::ok) {
      holes::remove_spare();
    } else if (!region_map::prepare(range)) {
      give_back_view_locked(range, ViewBed::arena);
      placed.status = Status::no_memory;
    }
    if (placed.status != Status::ok) {
      view_pool.give(view);
      return {placed.status};
    }
    set_up(*view, request, {.range = range, .bed = ViewBed::arena});
    region_map::set(range, view);
  }
  Status status = view_cover::lay(range, mapping_of(request), place_under(*view));
  host::LockHold hold(space_lock);
  if (status == Status::ok) {
    bool opens_by_faults = open_covering_view_locked(*view);
    view->runs.store(RunRoot::uniform(request.initial).word(), std::memory_order_release); // pairs with Region::root()
    mapping_budget::add(borders_of(request.initial));
    return {status, range, opens_by_faults};
  }
  view->runs.store(0, std::memory_order_release);
  region_map::set(range, nullptr);
  give_back_view_locked(range, ViewBed::arena);
  view_pool.retire(view);
  return {status};
}

Reserved map_view_over_placeholder(const ViewRequest& request) {
  AddressRange range{request.at, request.at + request.size};
  RegionHold placeholder(request.at);
  if (!is_placeholder(placeholder, range)) {
    return {Status::conflicting_addresses};
  }
  View* view = nullptr;
  {
    host::LockHold hold(space_lock);
    view = static_cast<View*>(view_pool.take());
  }
  if (view == nullptr) {
    return {Status::no_memory};
  }
  Place place = placeholder->place;
  Status status = view_cover::lay(range, mapping_of(request), place);
  host::LockHold hold(space_lock);
  if (status != Status::ok) {
    view_pool.give(view);
    return {status};
  }
  // point of no return
  set_up(*view, request, {.range = range, .bed = place == Place::outside ? ViewBed::outside : ViewBed::arena});
  bool opens_by_faults = open_covering_view_locked(*view);
  hand_over_locked(*placeholder, *view, request.initial);
  region_pool.retire(&*placeholder);
  mapping_budget::add(borders_of(request.initial));
  return {status, range, opens_by_faults};
}

// The view's lock is held; afterwards it is no longer live.
Status unmap_locked(View& view, Afterwards afterwards) {
  Region* placeholder = nullptr;
  if (afterwards == Afterwards::placeholder) {
    if (view.origin != Origin::replacement) {
      return Status::conflicting_addresses; // S72
    }
    placeholder = make_successor(placeholder_traits(view.range, place_under(view)));
    if (placeholder == nullptr) {
      return Status::no_memory;
    }
  }
  GuardFreeze freeze(view);
  PageSpan all{view, view.root(), 0, view.pages()};
  // Where the kernel unmaps, under the lock, as for any mapping outside the arena: see release_locked.
  bool stays_reserved = placeholder != nullptr || view.bed == ViewBed::arena;
  Status status = stays_reserved ? uncover_pages(all) : Status::ok;
  if (status != Status::ok && placeholder != nullptr) {
    drop_successor(placeholder);
  }
  if (status != Status::ok) {
    return status;
  }
  host::LockHold hold(space_lock);
  if (!stays_reserved) {
    outside::leaving();
    if (status = unmap_pages(all); status != Status::ok) {
      return status;
    }
  }
  // point of no return
  if (view.commits != nullptr) {
    unlist_locked(view);
  }
  commit_charge::give_back(view.charged.load(std::memory_order_relaxed));
  if (placeholder != nullptr) {
    hand_over_locked(view, *placeholder, PageState::reserved);
  } else {
    view.runs.store(0, std::memory_order_release);
    region_map::set(view.range, nullptr);
    give_back_view_locked(view.range, view.bed);
  }
  retire_runs(all.old);
  view_pool.retire(&view);
  return Status::ok;
}

} // namespace

Reserved map_view(const ViewRequest& request) {
  arena::ensure();
  Change change;
  if (mapping_budget::exhausted()) {
    return {Status::no_memory};
  }
  commit_charge::Taken charge(is_copying(request.initial) ? bytes_to_pages(request.size) : 0);
  if (!charge.fits()) {
    return {Status::commitment_limit};
  }
  bool is_in_arena = arena::range().contains(AddressRange{request.at, request.at + request.size});
  Reserved mapped = request.replaces_placeholder ? map_view_over_placeholder(request)
                    : is_in_arena                ? map_view_in_arena(request)
                                                 : map_view_in_space(request);
  if (mapped.status == Status::ok) {
    charge.keep();
  }
  return mapped;
}

Status unmap_view(Address at, Afterwards afterwards) {
  Backing* backing = nullptr;
  {
    Change change; // left before the section ends, which is a change of its own
    RegionHold region(at);
    if (!region || !is_view(*region)) {
      return Status::not_mapped_view;
    }
    backing = as_view(*region).backing;
    if (Status status = unmap_locked(as_view(*region), afterwards); status != Status::ok) {
      return status;
    }
  }
  backing->drop(*backing);
  return Status::ok;
}

Status flush_view(AddressRange& range) {
  bool is_of_file = false;
  {
    Reader reader;
    Region* region = find_live_region(range.begin);
    if (region == nullptr || !is_view(*region)) {
      return Status::not_mapped_view;
    }
    range.end = range.empty() ? region->range.end : range.end;
    if (range.end > region->range.end) {
      return Status::invalid_parameter;
    }
    is_of_file = is_view_of_file(*region);
  }
  return is_of_file ? host::flush_mapping(range) : Status::ok; // the disk may be slow: nobody waits for this reader
}

Place place_under(const View& view) { return view.bed == ViewBed::arena ? arena_place() : Place::outside; }

bool shows_file(Address at) {
  Reader reader;
  Region* region = find_live_region(at);
  return region != nullptr && is_view_of_file(*region);
}

bool allows(PageState initial, PageState state) {
  auto rights = [](PageState of) {
    switch (without_guard(of)) {
    case PageState::reserved:
    case PageState::no_access:
      return 0;
    case PageState::read_only:
    case PageState::write_copy:
      return 1;
    case PageState::read_write:
      return 1 | 2;
    case PageState::execute:
    case PageState::execute_read:
    case PageState::execute_write_copy:
      return 1 | 4;
    case PageState::execute_read_write:
      break;
    }
    return 1 | 2 | 4;
  };
  return (rights(state) & ~rights(initial)) == 0;
}

PageRun find_shown_run(const View& view, RunRoot root, PageIndex page) {
  host::PageCopies copies;
  auto piece = [&](PageIndex from) {
    PageRun run = find_seen_run(view, root, from);
    run.begin = from;
    run = cut_to_commits(view, run);
    if (is_copying(run.state) && !is_guarded(run.state)) {
      host::PageCopies::Stretch here = copies.stretch({view.address_of(from), view.address_of(run.end)});
      run.end = view.page_at(here.end);
      run.state = here.copied == host::Copied::yes ? as_copied(run.state) : run.state;
    }
    return run;
  };
  PageRun shown = piece(page);
  while (shown.end < view.pages()) { // equal neighbours are one
    PageRun next = piece(shown.end);
    if (next.state != shown.state) {
      break;
    }
    shown.end = next.end;
  }
  return shown;
}

} // namespace winmem::vm
