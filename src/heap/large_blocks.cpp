#include "large_blocks.h"

#include "../vm/vm.h"
#include "leftovers.h"
#include "records.h"
#include "span_map.h"

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
  for (SpanList* list : {&live_, &idle_}) {
    list->for_each([&](Span& large) {
      list->remove(large);
      release(large);
    });
  }
}

// The smallest that is large enough and not much too large.
Span* LargeBlocks::take_idle(Bytes size) {
  Span* best = nullptr;
  idle_.for_each([&](Span& large) {
    if (large.room >= size && large.room - size <= size / 4 && (best == nullptr || large.room < best->room)) {
      best = &large;
    }
  });
  if (best != nullptr) {
    idle_.remove(*best);
    idle_bytes_ -= best->room;
    best->kind = SpanKind::large;
  }
  return best;
}

Span* LargeBlocks::make(Heap& heap, const Wanted& wanted) {
  if (wanted.size > kUserEnd / 4 || wanted.alignment > kUserEnd / 4) {
    return nullptr;
  }
  Span* large = take_span();
  if (large == nullptr) {
    return nullptr;
  }
  Bytes offset = wanted.alignment <= kOffset ? kOffset : 0;
  Bytes whole = round_up(wanted.size + offset, kPage);
  whole = whole == 0 ? kPage : whole;
  vm::ReserveRequest request{.size = wanted.grows ? 2 * whole : whole,
                             .initial = state_,
                             .commit = !wanted.grows,
                             .alignment = wanted.alignment < kGranule ? kGranule : wanted.alignment};
  vm::Reserved reserved = vm::reserve(request);
  if (reserved.status != Status::ok && wanted.grows) {
    request.size = whole;
    reserved = vm::reserve(request);
  }
  if (reserved.status != Status::ok) {
    give_span(large);
    return nullptr;
  }
  AddressRange region = reserved.range;
  if (!span_map::prepare(region) ||
      (wanted.grows && vm::commit({region.begin, region.begin + whole}, state_) != Status::ok)) {
    release_region(region.begin);
    give_span(large);
    return nullptr;
  }
  large->heap = &heap;
  large->begin = region.begin + offset;
  large->kind = SpanKind::large;
  large->room = whole - offset;
  large->region = region;
  large->growth_end = region.end;
  span_map::set(first_granule(*large), large);
  committed_ += whole;
  reserved_ += region.size();
  return large;
}

Span* LargeBlocks::take(Heap& heap, const Wanted& wanted, bool& is_zero) {
  is_zero = false;
  Span* large = wanted.alignment <= kUsualAlignment && !wanted.grows ? take_idle(wanted.size) : nullptr;
  if (large == nullptr) {
    is_zero = true;
    large = make(heap, wanted);
  }
  if (large != nullptr) {
    large->requested = wanted.size;
    live_.push(*large);
  }
  return large;
}

void LargeBlocks::give(Span& large) {
  live_.remove(large);
  if (most_idle_ == 0 || idle_bytes_ + large.room > most_idle_ + committed_ / 2) {
    release(large);
    return;
  }
  large.kind = SpanKind::idle;
  large.was_idle = false;
  idle_.push(large);
  idle_bytes_ += large.room;
}

bool LargeBlocks::resize(Span& large, Bytes size) {
  Address end = large.begin + large.room;
  if (size > large.room) {
    if (size > large.growth_end - large.begin) {
      return false;
    }
    Address wanted = round_up(large.begin + size, kPage);
    if (vm::commit({end, wanted}, state_) != Status::ok) {
      return false;
    }
    committed_ += wanted - end;
    large.room = wanted - large.begin;
  } else {
    // What is behind it goes back, and does not come again (C41).
    Address wanted = round_up(large.begin + (size == 0 ? 1 : size), kPage);
    if (wanted < end && vm::decommit({wanted, end}) == Status::ok) {
      committed_ -= end - wanted;
      large.room = wanted - large.begin;
      large.growth_end = wanted;
    }
  }
  large.requested = size;
  return true;
}

void LargeBlocks::tick() {
  idle_.for_each([&](Span& large) {
    if (large.was_idle) {
      idle_.remove(large);
      idle_bytes_ -= large.room;
      release(large);
    } else {
      large.was_idle = true;
    }
  });
}

void LargeBlocks::trim() {
  idle_.for_each([&](Span& large) {
    idle_.remove(large);
    release(large);
  });
  idle_bytes_ = 0;
}

} // namespace winmem::heap
