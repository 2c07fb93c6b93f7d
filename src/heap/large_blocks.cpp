#include "large_blocks.h"

#include "../vm/vm.h"
#include "hardening.h"
#include "leftovers.h"
#include "records.h"
#include "span_map.h"

#include <bit>

namespace winmem::heap {

namespace {

// Blocks begin here in their region, so that they are 64-aligned and not all more (H30, C41).
constexpr Bytes kOffset = 64;

// The granule by which a block is found: only its start is ever asked for.
AddressRange first_granule(const Span& large) { return {large.region.begin, large.region.begin + kGranule}; }

Bytes committed_bytes(const Span& large) { return large.begin - large.region.begin + large.room; }

} // namespace

void LargeBlocks::release(Span& large) {
  committed_ -= committed_bytes(large);
  reserved_ -= large.region.size();
  span_map::set(first_granule(large), nullptr);
  release_region(large.region.begin);
  give_span(&large);
}

void LargeBlocks::release_all() {
  trim();
  live_.for_each([&](Span& large) {
    live_.remove(large);
    release(large);
  });
}

LargeBlocks::Place LargeBlocks::place_of(const Wanted& wanted) {
  Bytes offset = wanted.alignment <= kOffset ? kOffset : 0;
  Bytes whole = round_up(wanted.size + offset, kPage);
  return {offset, whole == 0 ? kPage : whole};
}

// A block that has grown gets room to grow again: address space, of which there is a lot.
Bytes LargeBlocks::region_for(const Wanted& wanted, Bytes whole) const {
  constexpr Bytes kMuch = Bytes{256} << 20;
  Bytes region = keeps_idle_ ? std::bit_ceil(whole) : whole;
  Bytes times = !wanted.grows ? 1 : region < kMuch / 16 ? 16 : 2;
  return region * times + guard_bytes();
}

SpanList& LargeBlocks::idle_like(Bytes region) { return idle_[static_cast<unsigned>(std::bit_width(region)) - 1]; }

// Not page by page, where regions serve many blocks.
Bytes LargeBlocks::step_of(const Span& large) const {
  return keeps_idle_ ? round_up(large.region.size() / 8, kPage) : Bytes{kPage};
}

bool LargeBlocks::commit_to(Span& large, Address end) {
  Address old = large.begin + large.room;
  if (end <= old) {
    return true;
  }
  Address generous = large.region.begin + round_up(end - large.region.begin, step_of(large));
  if (generous <= large.growth_end && vm::commit({old, generous}, state_) == Status::ok) {
    end = generous;
  } else if (vm::commit({old, end}, state_) != Status::ok) {
    return false;
  }
  committed_ += end - old;
  large.room = end - large.begin;
  return true;
}

void LargeBlocks::decommit_from(Span& large, Address end) {
  Address old = large.begin + large.room;
  if (end < old && vm::decommit({end, old}) == Status::ok) {
    committed_ -= old - end;
    large.room = end - large.begin;
  }
}

// The one with the least that is committed and large enough, or the most that is not.
Span* LargeBlocks::take_idle(const Wanted& wanted) {
  constexpr unsigned kLookedAt = 8;
  Bytes whole = place_of(wanted).whole;
  SpanList& list = idle_like(region_for(wanted, whole));
  Span* best = nullptr;
  unsigned count = 0;
  for (Span* each = list.first(); each != nullptr && count < kLookedAt; each = each->next, ++count) {
    bool fits = each->room >= wanted.size;
    bool best_fits = best != nullptr && best->room >= wanted.size;
    if (best == nullptr || (fits && (!best_fits || each->room < best->room)) ||
        (!fits && !best_fits && each->room > best->room)) {
      best = each;
    }
  }
  if (best == nullptr) {
    return nullptr;
  }
  Bytes was_idle = best->room;
  best->growth_end = best->region.end;
  if (!commit_to(*best, best->region.begin + whole)) {
    return nullptr;
  }
  list.remove(*best);
  idle_bytes_ -= was_idle;
  best->kind = SpanKind::large;
  best->was_idle = false;
  return best;
}

Span* LargeBlocks::make(Heap& heap, const Wanted& wanted) {
  Span* large = take_span();
  if (large == nullptr) {
    return nullptr;
  }
  auto [offset, whole] = place_of(wanted);
  vm::ReserveRequest request{.size = region_for(wanted, whole),
                             .initial = state_,
                             .alignment = wanted.alignment < kGranule ? kGranule : wanted.alignment};
  request.commit = request.size == whole;
  vm::Reserved reserved = vm::reserve(request);
  Bytes least = whole + guard_bytes();
  if (reserved.status != Status::ok && request.size != least) {
    request.size = least;
    reserved = vm::reserve(request);
  }
  if (reserved.status != Status::ok) {
    give_span(large);
    return nullptr;
  }
  AddressRange region = reserved.range;
  Bytes committed = request.commit ? whole : 0;
  large->heap = &heap;
  large->begin = region.begin + offset;
  large->kind = SpanKind::large;
  large->region = region;
  large->growth_end = region.end - guard_bytes();
  large->room = committed - offset; // none yet: up to where the region begins
  committed_ += committed;
  if (!span_map::prepare(region) || !commit_to(*large, region.begin + whole)) {
    committed_ -= committed;
    release_region(region.begin);
    give_span(large);
    return nullptr;
  }
  span_map::set(first_granule(*large), large);
  reserved_ += region.size();
  return large;
}

Span* LargeBlocks::take(Heap& heap, const Wanted& wanted, bool& is_zero) {
  is_zero = false;
  if (wanted.size > kUserEnd / 8 || wanted.alignment > kUserEnd / 8) {
    return nullptr;
  }
  Span* large = keeps_idle_ && wanted.alignment <= kUsualAlignment ? take_idle(wanted) : nullptr;
  if (large == nullptr) {
    is_zero = true;
    large = make(heap, wanted);
  }
  if (large != nullptr) {
    set_requested(*large, wanted.size);
    live_.push(*large);
  }
  return large;
}

void LargeBlocks::give(Span& large) {
  live_.remove(large);
  if (!keeps_idle_ || idle_bytes_ + large.room > kMostIdle + committed_ / 2) {
    release(large);
    return;
  }
  large.kind = SpanKind::idle;
  large.was_idle = false;
  idle_like(large.region.size()).push(large);
  idle_bytes_ += large.room;
}

bool LargeBlocks::resize(Span& large, Bytes size) {
  Address end = round_up(large.begin + (size == 0 ? 1 : size), kPage);
  Bytes old = requested_of(large);
  if (size > old) {
    if (end > large.growth_end || end < large.begin || !commit_to(large, end)) {
      return false;
    }
  } else {
    decommit_from(large, end);
    if (size < old) {
      large.growth_end = end; // what was given up does not come again (C41)
    }
  }
  set_requested(large, size);
  large.was_idle = false;
  return true;
}

void LargeBlocks::tick() {
  for (SpanList& list : idle_) {
    list.for_each([&](Span& large) {
      if (large.was_idle) {
        list.remove(large);
        idle_bytes_ -= large.room;
        release(large);
      } else {
        large.was_idle = true;
      }
    });
  }
  live_.for_each([&](Span& large) {
    Address end = round_up(large.begin + requested_of(large), kPage);
    if (large.was_idle && large.begin + large.room - end > step_of(large)) {
      decommit_from(large, end);
    }
    large.was_idle = true;
  });
}

void LargeBlocks::trim() {
  for (SpanList& list : idle_) {
    list.for_each([&](Span& large) {
      list.remove(large);
      release(large);
    });
  }
  idle_bytes_ = 0;
}

} // namespace winmem::heap
