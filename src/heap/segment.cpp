#include "segment.h"

#include "../host/lock.h"
#include "../vm/vm.h"
#include "hardening.h"
#include "leftovers.h"
#include "mode.h"
#include "records.h"
#include "span_map.h"

#include <bit>

namespace winmem::heap {

namespace {

// Committed without use may be this many granules, and as many as are in use.
constexpr std::uint64_t kMostIdle = 1024;

// Of heaps that were destroyed, for the next ones: the first commit in a segment costs more than all else that a small
// heap does. They are readable and writable, and as much of each may be committed.
constexpr unsigned kMostSpares = 32;
constexpr int kMostSpareGranules = 4;
constinit host::Lock spares_lock; // guards the following two; a leaf
constinit Segment* spares = nullptr;
constinit unsigned spare_count = 0;

bool keep_as_spare(Segment& segment) {
  if (std::popcount(segment.committed) > kMostSpareGranules || mode() == Mode::hardened) {
    return false;
  }
  host::LockHold hold(spares_lock);
  if (spare_count == kMostSpares) {
    return false;
  }
  segment.next = spares;
  spares = &segment;
  ++spare_count;
  return true;
}

Segment* take_spare() {
  host::LockHold hold(spares_lock);
  Segment* spare = spares;
  if (spare != nullptr) {
    spares = spare->next;
    --spare_count;
  }
  return spare;
}

// From this many granules on the heap commits half a segment at once, which the kernel can back with huge pages.
constexpr std::uint64_t kLargeHeap = 256;
constexpr unsigned kHalf = kSegmentGranules / 2;

constexpr std::uint64_t mask_of(unsigned first, unsigned count) {
  return (count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1) << first;
}

// The first of `count` neighbouring bits that are set in `bits`; 64 when there are none.
unsigned find_run(std::uint64_t bits, unsigned count) {
  std::uint64_t starts = bits;
  for (unsigned have = 1; have < count;) {
    unsigned more = have < count - have ? have : count - have;
    starts &= starts >> more;
    have += more;
  }
  return static_cast<unsigned>(std::countr_zero(starts));
}

std::uint64_t taken(const Segment& segment) { return segment.used | segment.guards; }
bool is_full(const Segment& segment) { return taken(segment) == ~std::uint64_t{0}; }

Address address_of(const Segment& segment, unsigned granule) { return segment.region.begin + granule * kGranule; }

} // namespace

void Segments::link_roomy(Segment& segment) {
  segment.previous_roomy = nullptr;
  segment.next_roomy = roomy_;
  if (roomy_ != nullptr) {
    roomy_->previous_roomy = &segment;
  }
  roomy_ = &segment;
}

void Segments::unlink_roomy(Segment& segment) {
  (segment.previous_roomy != nullptr ? segment.previous_roomy->next_roomy : roomy_) = segment.next_roomy;
  if (segment.next_roomy != nullptr) {
    segment.next_roomy->previous_roomy = segment.previous_roomy;
  }
}

// Puts it behind all others.
void Segments::append(Heap& heap, Segment& segment, AddressRange region, std::uint64_t committed) {
  segment = Segment{};
  segment.heap = &heap;
  segment.region = region;
  segment.committed = committed;
  segment.previous = last_;
  segment.number = last_ != nullptr ? last_->number + 1 : 0;
  (last_ != nullptr ? last_->next : first_) = &segment;
  last_ = &segment;
  link_roomy(segment);
  ++segments_;
  committed_ += static_cast<std::uint64_t>(std::popcount(committed));
}

Segment* Segments::add(Heap& heap) {
  Segment* segment = take_segment();
  if (segment == nullptr) {
    return nullptr;
  }
  vm::Reserved reserved = vm::reserve({.size = kSegmentSize, .initial = state_, .alignment = kSegmentSize});
  if (reserved.status != Status::ok) {
    give_segment(segment);
    return nullptr;
  }
  if (!span_map::prepare(reserved.range)) {
    release_region(reserved.range.begin);
    give_segment(segment);
    return nullptr;
  }
  append(heap, *segment, reserved.range, 0);
  return segment;
}

void Segments::remove(Segment& segment) {
  (segment.previous != nullptr ? segment.previous->next : first_) = segment.next;
  (segment.next != nullptr ? segment.next->previous : last_) = segment.previous;
  if (!is_full(segment)) {
    unlink_roomy(segment);
  }
  --segments_;
  committed_ -= static_cast<std::uint64_t>(std::popcount(segment.committed));
  release_region(segment.region.begin);
  give_segment(&segment);
}

bool Segments::commit(Segment& segment, unsigned first, unsigned count) {
  std::uint64_t wanted = mask_of(first, count);
  if ((segment.committed & wanted) == wanted) {
    return true;
  }
  unsigned half = first / kHalf * kHalf;
  std::uint64_t whole = mask_of(half, kHalf);
  if (used_ >= kLargeHeap && guard_granules() == 0 && (wanted & ~whole) == 0 && (segment.committed & whole) == 0) {
    first = half;
    count = kHalf;
  }
  Address begin = address_of(segment, first);
  if (vm::commit({begin, begin + count * kGranule}, state_) != Status::ok) {
    return false;
  }
  std::uint64_t fresh = mask_of(first, count) & ~segment.committed;
  segment.committed |= fresh;
  committed_ += static_cast<std::uint64_t>(std::popcount(fresh));
  return true;
}

void Segments::decommit(Segment& segment, std::uint64_t granules) {
  while (granules != 0) {
    auto first = static_cast<unsigned>(std::countr_zero(granules));
    auto count = static_cast<unsigned>(std::countr_one(granules >> first));
    Address begin = address_of(segment, first);
    std::uint64_t run = mask_of(first, count);
    if (vm::decommit({begin, begin + count * kGranule}) == Status::ok) { // else it stays, and is used again
      segment.committed &= ~run;
      committed_ -= count;
    }
    granules &= ~run;
  }
}

Granules Segments::take_from(Segment& segment, unsigned granules) {
  unsigned all = granules + guard_granules();
  unsigned first = all == granules ? find_run(segment.committed & ~segment.used, granules) : kSegmentGranules;
  if (first >= kSegmentGranules) {
    first = find_run(~taken(segment), all);
  }
  if (first >= kSegmentGranules) {
    return {};
  }
  if (!commit(segment, first, granules)) {
    return {.refused = true};
  }
  if (all != granules) {
    std::uint64_t guard = mask_of(first + granules, 1);
    segment.guards |= guard;
    decommit(segment, guard & segment.committed);
  }
  segment.used |= mask_of(first, granules);
  segment.was_idle &= ~segment.used;
  used_ += granules;
  if (is_full(segment)) {
    unlink_roomy(segment);
  }
  return {address_of(segment, first), &segment};
}

Granules Segments::take_here(unsigned granules) {
  for (Segment* segment = roomy_; segment != nullptr; segment = segment->next_roomy) {
    if (Granules taken = take_from(*segment, granules); taken.begin != 0 || taken.refused) {
      return taken;
    }
  }
  return {};
}

Granules Segments::take(Heap& heap, unsigned granules) {
  if (Granules taken = take_here(granules); taken.begin != 0 || taken.refused) {
    return taken;
  }
  Segment* segment = add(heap);
  if (segment == nullptr) {
    return {};
  }
  Granules taken = take_from(*segment, granules);
  if (taken.begin == 0) {
    remove(*segment);
  }
  return taken;
}

void Segments::give(Granules given, unsigned granules) {
  Segment* segment = given.segment;
  auto first = static_cast<unsigned>((given.begin - segment->region.begin) / kGranule);
  std::uint64_t bits = mask_of(first, granules);
  if (is_full(*segment)) {
    link_roomy(*segment);
  }
  segment->used &= ~bits;
  if (guard_granules() != 0) {
    segment->guards &= ~mask_of(first + granules, 1);
  }
  used_ -= granules;
  if (committed_ - used_ > kMostIdle + used_) {
    segment->used == 0 && segments_ > 1 ? remove(*segment) : decommit(*segment, bits);
  }
}

void Segments::tick() {
  for (Segment* segment = first_; segment != nullptr;) {
    Segment* next = segment->next;
    std::uint64_t old = segment->was_idle & segment->committed & ~segment->used;
    if (segment->used == 0 && old == segment->committed && segments_ > 1) {
      remove(*segment);
    } else {
      decommit(*segment, old);
      segment->was_idle = segment->committed & ~segment->used;
    }
    segment = next;
  }
}

Granules Segments::take_handle(Heap& heap, vm::PageState state) {
  state_ = state;
  Segment* segment = state == vm::PageState::read_write ? take_spare() : nullptr;
  if (segment != nullptr) {
    append(heap, *segment, segment->region, segment->committed);
  } else {
    segment = add(heap);
    if (segment == nullptr) {
      return {};
    }
  }
  segment->used = 1;
  return {segment->region.begin, segment};
}

void Segments::trim() {
  for (Segment* segment = first_; segment != nullptr;) {
    Segment* next = segment->next;
    if (segment->used == 0) {
      remove(*segment);
    } else {
      decommit(*segment, segment->committed & ~segment->used);
    }
    segment = next;
  }
}

void Segments::release_all() {
  while (last_ != nullptr && last_ != first_) {
    remove(*last_);
  }
  if (first_ != nullptr && (state_ != vm::PageState::read_write || !keep_as_spare(*first_))) {
    remove(*first_);
  }
  first_ = last_ = roomy_ = nullptr;
}

void Segments::release_spares() {
  while (Segment* spare = take_spare()) {
    release_region(spare->region.begin);
    give_segment(spare);
  }
}

void Segments::lock_spares_for_fork() { spares_lock.lock(); }
void Segments::unlock_spares_after_fork() { spares_lock.unlock(); }

} // namespace winmem::heap
