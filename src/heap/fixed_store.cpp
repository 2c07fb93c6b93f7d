#include "fixed_store.h"

#include "../host/memory.h"
#include "../vm/vm.h"
#include "leftovers.h"
#include "records.h"
#include "span_map.h"

#include <bit>

namespace winmem::heap {

namespace {

// Blocks begin behind the handle's first bytes, so that the handle is no block.
constexpr Bytes kHandle = 64;
// A block of a fixed heap is smaller than this, however large the heap (H14).
constexpr Bytes kLargestBlock = 0xFEFE0;
constexpr Bytes kCommitStep = kGranule;

unsigned list_of(std::uint32_t units) { return static_cast<unsigned>(std::bit_width(units)) - 1; }

} // namespace

Address FixedStore::open(Heap& heap, Bytes size, Bytes initial, vm::PageState state) {
  state_ = state;
  while ((size - kHandle) / unit_ >= kNone) {
    unit_ *= 2;
  }
  units_ = static_cast<Unit>((size - kHandle) / unit_);
  table_size_ = round_up(Bytes{units_} * sizeof(Unit), kPage);
  // Not a multiple of large pages: hardly any of it is ever touched.
  table_size_ += is_multiple(table_size_, host::kLargePage) ? kPage : 0;
  span_ = take_span();
  table_ = span_ != nullptr ? static_cast<Unit*>(take_table(table_size_)) : nullptr;
  vm::Reserved reserved{Status::no_memory};
  if (table_ != nullptr) {
    reserved = vm::reserve({.size = size, .initial = state});
  }
  if (reserved.status == Status::ok) {
    region_ = reserved.range;
    begin_ = region_.begin + kHandle;
    committed_end_ = region_.begin;
    if (span_map::prepare(region_) && commit_to(region_.begin + (initial > kPage ? initial : kPage))) {
      span_->heap = &heap;
      span_->kind = SpanKind::header;
      span_->begin = region_.begin;
      span_map::set(region_, span_);
      for (Unit& list : lists_) {
        list = kNone;
      }
      make_free(0, units_);
      return region_.begin;
    }
    release_region(region_.begin);
  }
  if (table_ != nullptr) {
    give_table(table_, table_size_);
  }
  if (span_ != nullptr) {
    give_span(span_);
  }
  return 0;
}

void FixedStore::close() {
  span_map::set(region_, nullptr);
  release_region(region_.begin);
  give_table(table_, table_size_);
  give_span(span_);
}

FixedStore::Unit FixedStore::units_for(Bytes size) const {
  auto units = static_cast<Unit>((size + unit_ - 1) / unit_);
  return units < kSmallest ? kSmallest : units;
}

// `units` from `first` on become one free block. Its neighbours are live.
void FixedStore::make_free(Unit first, Unit units) {
  Unit& list = lists_[list_of(units)];
  table_[first] = (table_[first] & kAfterFree) | units;
  table_[first + 1] = list;
  table_[first + 2] = kNone;
  table_[first + units - 1] = units;
  if (list != kNone) {
    table_[list + 2] = first;
  }
  list = first;
  if (first + units < units_) {
    table_[first + units] |= kAfterFree;
  }
}

void FixedStore::unlink(Unit first) {
  Unit next = table_[first + 1];
  Unit previous = table_[first + 2];
  (previous != kNone ? table_[previous + 1] : lists_[list_of(length(first))]) = next;
  if (next != kNone) {
    table_[next + 2] = previous;
  }
}

void FixedStore::make_live(Unit first, Unit units, Bytes size) {
  table_[first] = (table_[first] & kAfterFree) | kLive | units;
  table_[first + 1] = static_cast<Unit>(size);
  if (first + units < units_) {
    table_[first + units] &= ~kAfterFree;
  }
}

FixedStore::Unit FixedStore::find_free(Unit units) const {
  unsigned list = list_of(units);
  for (Unit at = lists_[list]; at != kNone; at = table_[at + 1]) {
    if (length(at) >= units) {
      return at;
    }
  }
  for (++list; list < kLists; ++list) {
    if (lists_[list] != kNone) {
      return lists_[list];
    }
  }
  return kNone;
}

bool FixedStore::commit_to(Address end) {
  if (end <= committed_end_) {
    return true;
  }
  end = round_up(end, kCommitStep);
  end = end < region_.end ? end : region_.end;
  if (vm::commit({committed_end_, end}, state_) != Status::ok) {
    return false;
  }
  committed_end_ = end;
  return true;
}

// Of the live block at `first`, `keep` units stay; what is behind them becomes free, if it is enough for a block.
void FixedStore::free_tail(Unit first, Unit keep) {
  Unit units = length(first);
  Unit rest = first + keep;
  Unit behind = first + units;
  bool joins = behind < units_ && !is_live(behind);
  if (units - keep < kSmallest && !joins) {
    return;
  }
  Unit free_units = units - keep;
  if (free_units == 0) {
    return;
  }
  if (joins) {
    free_units += length(behind);
    unlink(behind);
  }
  table_[first] = (table_[first] & ~kLengthBits) | keep;
  table_[rest] = 0;
  make_free(rest, free_units);
}

void* FixedStore::take(Bytes size) {
  if (size > kLargestBlock) {
    return nullptr;
  }
  Unit units = units_for(size);
  Unit first = find_free(units);
  if (first == kNone || !commit_to(reach(first, units))) {
    return nullptr;
  }
  Unit whole = length(first);
  unlink(first);
  make_live(first, whole, size);
  free_tail(first, units);
  return reinterpret_cast<void*>(address_of(first));
}

void FixedStore::give(const Found& found) {
  Unit first = found.number;
  Unit units = length(first);
  Unit behind = first + units;
  if (behind < units_ && !is_live(behind)) {
    unlink(behind);
    units += length(behind);
  }
  bool is_after_free = (table_[first] & kAfterFree) != 0;
  table_[first] = 0; // no live block begins here any more
  if (is_after_free) {
    Unit before = table_[first - 1];
    first -= before;
    units += before;
    unlink(first);
  }
  make_free(first, units);
}

Found FixedStore::find(const Heap&, Address at) const {
  Address offset = at - begin_;
  if (at < begin_ || offset % unit_ != 0 || offset / unit_ >= units_) {
    return {};
  }
  auto first = static_cast<Unit>(offset / unit_);
  if (!is_live(first)) {
    return {};
  }
  return {span_, first, table_[first + 1], length(first) * unit_};
}

bool FixedStore::resize(const Found& found, Bytes size) {
  if (size > kLargestBlock) {
    return false;
  }
  Unit first = found.number;
  Unit units = length(first);
  Unit wanted = units_for(size);
  if (wanted > units) {
    Unit behind = first + units;
    Unit more = behind < units_ && !is_live(behind) ? length(behind) : 0;
    if (units + more < wanted || !commit_to(reach(first, wanted))) {
      return false;
    }
    unlink(behind);
    units += more;
  }
  make_live(first, units, size);
  free_tail(first, wanted);
  return true;
}

Bytes FixedStore::largest_free() const {
  for (unsigned list = kLists; list-- > 0;) {
    Unit largest = 0;
    for (Unit at = lists_[list]; at != kNone; at = table_[at + 1]) {
      largest = length(at) > largest ? length(at) : largest;
    }
    if (largest != 0) {
      return largest * unit_;
    }
  }
  return 0;
}

Bytes FixedStore::live_bytes() const {
  Bytes sum = 0;
  for (Unit at = 0; at < units_; at += length(at)) {
    sum += is_live(at) ? table_[at + 1] : 0;
  }
  return sum;
}

bool FixedStore::is_sound() const {
  bool after_free = false;
  Unit at = 0;
  while (at < units_) {
    Unit units = length(at);
    if (units == 0 || units > units_ - at || ((table_[at] & kAfterFree) != 0) != after_free ||
        (after_free && !is_live(at)) || (!is_live(at) && table_[at + units - 1] != units)) {
      return false;
    }
    after_free = !is_live(at);
    at += units;
  }
  return true;
}

FixedStore::Block FixedStore::block_at(Address at) const {
  if (at < begin_ || at >= blocks_end()) {
    return {};
  }
  auto first = static_cast<Unit>((at - begin_) / unit_);
  Address end = at + length(first) * unit_;
  if ((at - begin_) % unit_ != 0 || end > blocks_end()) {
    return {};
  }
  bool live = is_live(first);
  return {{at, end}, live, live ? Bytes{table_[first + 1]} : 0};
}

} // namespace winmem::heap
