#include "placeholder.h"

#include "commit_charge.h"
#include "fork_gate.h"
#include "guards.h"
#include "holes.h"
#include "mapping_budget.h"
#include "page_mapping.h"
#include "reserve.h"
#include "successor.h"
#include "vm.h"
#include "write_watch.h"

namespace winmem::vm {

Region* make_successor(const RegionTraits& traits) {
  host::LockHold hold(space_lock);
  auto* region = static_cast<Region*>(region_pool.take());
  if (region != nullptr) {
    set_up(*region, traits, {});
  }
  return region;
}

void drop_successor(Region* region) {
  host::LockHold hold(space_lock);
  region_pool.give(region);
}

void hand_over_locked(Region& from, Region& to, PageState state) {
  to.runs.store(RunRoot::uniform(state).word(), std::memory_order_relaxed); // nobody sees it yet
  from.before_gap.store(&to, std::memory_order_release);
  from.runs.store(0, std::memory_order_release); // the one store that readers see it by
  region_map::set(from.range, &to);
}

namespace {

// What a placeholder falls into. All is taken before anything changes; under space_lock.
class Parts {
public:
  explicit Parts(Place place) : place_(place) {}
  ~Parts() {
    for (unsigned i = 0; i < count_; ++i) {
      region_pool.give(parts_[i]);
    }
    for (unsigned i = 0; i < spares_; ++i) {
      holes::remove_spare();
    }
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // nullptr, as everything from here on, when there is no memory.
  Region* add(AddressRange range) {
    Region* part = take(range, RunRoot::uniform(PageState::reserved));
    if (part == nullptr || !region_map::prepare(range) || !holes::add_spare()) {
      is_whole_ = false;
      return nullptr;
    }
    ++spares_;
    return part;
  }

  // Leads readers on to two parts; never live itself.
  Region* add_way(Region* before, Region* after) {
    if (!is_whole_) {
      return nullptr;
    }
    Region* way = take({before->range.begin, after->range.end}, {});
    if (way == nullptr) {
      is_whole_ = false;
      return nullptr;
    }
    way->before_gap.store(before, std::memory_order_relaxed);
    way->after_gap.store(after, std::memory_order_relaxed);
    return way;
  }

  bool is_whole() const { return is_whole_; }

  // The parts were made visible by the region that they replace, which paid for one hole.
  void enter() {
    for (unsigned i = 0; i < count_; ++i) {
      Region* part = parts_[i];
      if (part->is_live()) {
        region_map::set(part->range, part);
      } else {
        region_pool.retire(part);
      }
    }
    holes::remove_spare();
    count_ = spares_ = 0;
  }

private:
  Region* take(AddressRange range, RunRoot root) {
    auto* region = static_cast<Region*>(region_pool.take());
    if (region != nullptr) {
      set_up(*region, placeholder_traits(range, place_), root);
      parts_[count_++] = region;
    }
    return region;
  }

  Place place_;
  Region* parts_[4] = {};
  unsigned count_ = 0;
  unsigned spares_ = 0;
  bool is_whole_ = true;
};

// The region's lock is held; afterwards it is no longer live.
Status split_locked(Region& whole, AddressRange part) {
  AddressRange left{whole.range.begin, part.begin};
  AddressRange right{part.end, whole.range.end};
  host::LockHold hold(space_lock);
  Parts parts(whole.place);
  Region* middle = parts.add(part);
  Region* low = left.empty() ? middle : parts.add(left);
  Region* high = right.empty() ? middle : parts.add(right);
  if (!left.empty() && !right.empty()) {
    high = parts.add_way(middle, high);
  }
  if (!parts.is_whole()) {
    return Status::no_memory;
  }
  // point of no return
  whole.before_gap.store(low, std::memory_order_release);
  whole.after_gap.store(high, std::memory_order_release);
  whole.runs.store(0, std::memory_order_release); // the one store that readers see it by
  parts.enter();
  region_pool.retire(&whole); // still locked: should it come back at once, its next owner waits for our unlock
  return Status::ok;
}

// Memory that replaced a placeholder; its lock is held.
Status restore_locked(Region& memory) {
  Region* placeholder = make_successor(placeholder_traits(memory.range, memory.place));
  if (placeholder == nullptr) {
    return Status::no_memory;
  }
  GuardFreeze freeze(memory);
  PageSpan all{memory, memory.root(), 0, memory.pages()};
  PageIndex committed = all.committed();
  if (Status status = decommit_pages(all); status != Status::ok) {
    drop_successor(placeholder);
    return status;
  }
  // point of no return
  commit_charge::give_back(committed);
  write_watch::end(memory.watch, memory.place, memory.range);
  {
    host::LockHold hold(space_lock);
    hand_over_locked(memory, *placeholder, PageState::reserved);
    region_pool.retire(&memory);
  }
  retire_runs(all.old);
  return Status::ok;
}

// Placeholders that lie side by side, each locked. They are locked upwards, and nobody else holds two regions.
class Row {
public:
  // As far as there are whole ones in `range`.
  explicit Row(AddressRange range) : range_(range), locked_end_(range.begin) {
    while (locked_end_ < range_.end) {
      RegionHold next(locked_end_);
      bool fits = next && next->origin == Origin::placeholder && next->range.begin == locked_end_ &&
                  next->range.end <= range_.end && (count_ == 0 || next->place == place_);
      if (!fits) {
        break;
      }
      place_ = next->place;
      locked_end_ = next->range.end;
      ++count_;
      next.keep();
    }
  }
  ~Row() {
    for_each([](Region& region) { region.lock.unlock(); });
  }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  bool is_several() const { return count_ > 1 && locked_end_ == range_.end; }
  Place place() const { return place_; }

  // All of them end in favour of `joined`; under space_lock.
  void join_into(Region& joined) {
    for_each([&](Region& region) {
      region.before_gap.store(&joined, std::memory_order_release);
      region.runs.store(0, std::memory_order_release);
      region_pool.retire(&region);
      holes::remove_spare();
      region.lock.unlock();
    });
    locked_end_ = range_.begin;
  }

private:
  template <typename Visit> void for_each(Visit visit) {
    Reader reader;
    for (Address at = range_.begin; at < locked_end_;) {
      Region& region = *find_live_region(at);
      at = region.range.end;
      visit(region);
    }
  }

  AddressRange range_;
  Address locked_end_;
  Place place_ = Place::chunked;
  std::uint64_t count_ = 0;
};

} // namespace

Status keep_as_placeholder(AddressRange range) {
  Change change;
  RegionHold region(range.begin);
  if (Status status = check_part(region, range); status != Status::ok) {
    return status;
  }
  bool is_all = region->range == range;
  if (region->origin == Origin::placeholder && !is_all) {
    return split_locked(*region, range);
  }
  return region->origin == Origin::replacement && is_all ? restore_locked(*region) : Status::conflicting_addresses;
}

Status join_placeholders(AddressRange range) {
  Change change;
  Row row(range);
  if (!row.is_several()) {
    return Status::conflicting_addresses;
  }
  host::LockHold hold(space_lock);
  auto* joined = static_cast<Region*>(region_pool.take());
  if (joined == nullptr) {
    return Status::no_memory;
  }
  if (!holes::add_spare()) {
    region_pool.give(joined);
    return Status::no_memory;
  }
  // point of no return
  set_up(*joined, placeholder_traits(range, row.place()), RunRoot::uniform(PageState::reserved));
  row.join_into(*joined);
  region_map::set(range, joined); // both ends are borders of entries already
  return Status::ok;
}

Reserved replace_placeholder(const ReserveRequest& request) {
  AddressRange range{request.at, request.at + request.size};
  Change change;
  RegionHold placeholder(request.at);
  if (!is_placeholder(placeholder, range)) {
    return {Status::conflicting_addresses};
  }
  if (request.watched && mapping_budget::exhausted()) {
    return {Status::no_memory};
  }
  Watch watch = request.watched ? write_watch::begin(range) : Watch::none;
  Region* memory = make_successor({.range = range,
                                   .initial = request.initial,
                                   .caching = request.caching,
                                   .place = placeholder->place,
                                   .origin = Origin::replacement,
                                   .watch = watch});
  if (memory == nullptr) {
    write_watch::end(watch, placeholder->place, range);
    return {Status::no_memory};
  }
  if (request.commit) {
    if (Status status = commit_unseen(*memory); status != Status::ok) {
      write_watch::end(watch, placeholder->place, range);
      drop_successor(memory);
      return {status};
    }
  }
  // point of no return
  host::LockHold hold(space_lock);
  hand_over_locked(*placeholder, *memory, request.commit ? request.initial : PageState::reserved);
  region_pool.retire(&*placeholder);
  return {Status::ok, range, watch == Watch::by_faults};
}

} // namespace winmem::vm
