#include "segment.h"

#include "../vm/vm.h"
#include "leftovers.h"
#include "records.h"
#include "span_map.h"

#include <bit>

namespace winmem::heap {

namespace {

// Committed without use: this many granules always, and an eighth of those in use.
constexpr std::uint64_t kIdleGranules = 32;

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

Address address_of(const Segment& segment, unsigned granule) { return segment.region.begin + granule * kGranule; }

} // namespace

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
  *segment = Segment{{}, &heap, reserved.range, nullptr, last_, 0, 0};
  (last_ != nullptr ? last_->next : first_) = segment;
  last_ = segment;
  ++segments_;
  return segment;
}

void Segments::remove(Segment& segment) {
  (segment.previous != nullptr ? segment.previous->next : first_) = segment.next;
  (segment.next != nullptr ? segment.next->previous : last_) = segment.previous;
  roomy_ = roomy_ == &segment ? nullptr : roomy_;
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
  if (used_ >= kLargeHeap && (wanted & ~whole) == 0 && (segment.committed & whole) == 0) {
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
  unsigned first = find_run(segment.committed & ~segment.used, granules);
  if (first >= kSegmentGranules) {
    first = find_run(~segment.used, granules);
  }
  if (first >= kSegmentGranules) {
    return {};
  }
  if (!commit(segment, first, granules)) {
    return {.refused = true};
  }
  segment.used |= mask_of(first, granules);
  used_ += granules;
  roomy_ = &segment;
  return {address_of(segment, first), &segment};
}

Granules Segments::take(Heap& heap, unsigned granules) {
  if (roomy_ != nullptr) {
    if (Granules taken = take_from(*roomy_, granules); taken.begin != 0 || taken.refused) {
      return taken;
    }
  }
  for (Segment* segment = first_; segment != nullptr; segment = segment->next) {
    if (segment->used != ~std::uint64_t{0} && segment != roomy_) {
      if (Granules taken = take_from(*segment, granules); taken.begin != 0 || taken.refused) {
        return taken;
      }
    }
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
  segment->used &= ~bits;
  used_ -= granules;
  if (segment->used == 0 && segments_ > 1 && committed_ - used_ > kIdleGranules) {
    remove(*segment);
    return;
  }
  if (committed_ - used_ > kIdleGranules + used_ / 8) {
    decommit(*segment, bits);
  }
  roomy_ = segment;
}

Granules Segments::take_handle(Heap& heap, vm::PageState state) {
  state_ = state;
  Segment* segment = add(heap);
  if (segment == nullptr) {
    return {};
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
  while (first_ != nullptr) {
    remove(*first_);
  }
}

} // namespace winmem::heap
