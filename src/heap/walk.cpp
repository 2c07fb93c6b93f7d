#include "walk.h"

#include "span_map.h"

#include <bit>

namespace winmem::heap {

namespace {

struct Region {
  const Segment* segment = nullptr;
  unsigned number = 0;
};

Region region_of(const Heap& heap, Address at) {
  if (const Span* span = span_map::find(at); span != nullptr && span->segment != nullptr && span->heap == &heap) {
    return {span->segment, span->segment->number};
  }
  Region found; // a free element
  heap.growable().segments().for_each([&](const Segment& segment) {
    if (segment.region.contains(at)) {
      found = {&segment, segment.number};
    }
  });
  return found;
}

WalkEntry describe(const Segment& segment, unsigned number) {
  Bytes committed = static_cast<Bytes>(std::popcount(segment.committed)) * kGranule;
  return {.kind = Element::region,
          .at = segment.region.begin,
          .size = segment.region.size(),
          .overhead = 0,
          .region = number,
          .committed = committed,
          .uncommitted = segment.region.size() - committed,
          .blocks = segment.region};
}

WalkEntry describe_large(const Span& large) {
  return {.kind = Element::live,
          .at = large.begin,
          .size = requested_of(large),
          .overhead = large.room - requested_of(large),
          .region = kLargeRegion};
}

// The block `number` of a slab; all that were never used are one. Field by field: most of a walk's time is spent here,
// and a processor waits when it loads in one piece what was stored in several.
void describe(const Span& slab, std::uint16_t number, unsigned region, WalkEntry& entry) {
  std::uint16_t cell = cell_of(slab, number);
  Bytes overhead = is_live(cell) ? slack_of(cell) : 0;
  entry.kind = is_live(cell) ? Element::live : Element::free;
  entry.at = address_of(slab, number);
  entry.size = number < slab.fresh ? slab.block - overhead : Bytes{slab.count - unsigned{number}} * slab.block;
  entry.overhead = overhead;
  entry.region = region;
}

// The element that begins at granule `at` of the segment.
WalkEntry describe_granule(const Segment& segment, Address at, unsigned region) {
  const Span* span = span_map::find(at);
  if (span != nullptr && span->kind == SpanKind::slab) {
    WalkEntry entry;
    describe(*span, 0, region, entry);
    return entry;
  }
  if (span != nullptr && span->kind == SpanKind::single && is_live_single(*span)) {
    Bytes size = requested_of(*span);
    return {.kind = Element::live, .at = span->begin, .size = size, .overhead = span->room - size, .region = region};
  }
  if (span != nullptr && (span->kind == SpanKind::single || span->kind == SpanKind::idle)) {
    return {.kind = Element::free, .at = at, .size = range_of_single(*span).size(), .region = region};
  }
  auto first = static_cast<unsigned>((at - segment.region.begin) / kGranule);
  bool committed = (segment.committed >> first & 1) != 0;
  unsigned end = first;
  while (end < kSegmentGranules && (segment.used >> end & 1) == 0 &&
         ((segment.committed >> end & 1) != 0) == committed) {
    ++end;
  }
  return {.kind = committed ? Element::free : Element::uncommitted,
          .at = at,
          .size = (end - first) * kGranule,
          .region = region};
}

Walked walk_segment(const GrowableStore& store, const Region& region, Address at, WalkEntry& entry) {
  const Segment& segment = *region.segment;
  if (const Span* span = span_map::find(at); span != nullptr && span->kind == SpanKind::header) {
    at += kGranule;
  }
  if (at < segment.region.end) {
    entry = describe_granule(segment, at, region.number);
    return Walked::element;
  }
  if (segment.next != nullptr) {
    entry = describe(*segment.next, segment.next->number);
    return Walked::element;
  }
  if (const Span* large = store.first_large()) {
    entry = describe_large(*large);
    return Walked::element;
  }
  return Walked::end;
}

Walked walk_growable(const Heap& heap, WalkEntry& entry) {
  const GrowableStore& store = heap.growable();
  if (entry.kind == Element::start) {
    entry = describe(*store.segments().first(), 0);
    return Walked::element;
  }
  const Span* span = span_map::find(entry.at);
  if (span != nullptr && span->kind == SpanKind::large && span->heap == &heap) {
    if (span->next == nullptr) {
      return Walked::end;
    }
    entry = describe_large(*span->next);
    return Walked::element;
  }
  Region region = region_of(heap, entry.at);
  if (region.segment == nullptr) {
    return Walked::no_such_place;
  }
  if (entry.kind == Element::region) {
    return walk_segment(store, region, region.segment->region.begin, entry);
  }
  Address next = 0;
  if (span != nullptr && span->kind == SpanKind::slab) {
    std::uint16_t number = block_at(*span, entry.at);
    if (number == kNoBlock) {
      return Walked::no_such_place;
    }
    bool is_last = number >= span->fresh || number + 1 == span->count;
    if (!is_last) {
      describe(*span, static_cast<std::uint16_t>(number + 1), region.number, entry);
      return Walked::element;
    }
    next = round_up(span->begin + Bytes{span->count} * span->block, kGranule);
  } else if (span != nullptr && span->kind == SpanKind::single) {
    next = span->begin + span->room;
  } else {
    next = entry.at + describe_granule(*region.segment, round_down(entry.at, kGranule), region.number).size;
  }
  return walk_segment(store, region, next, entry);
}

Walked walk_fixed(const Heap& heap, WalkEntry& entry) {
  const FixedStore& store = heap.fixed();
  AddressRange whole = store.region();
  if (entry.kind == Element::start) {
    Bytes committed = store.committed_end() - whole.begin;
    entry = {.kind = Element::region,
             .at = whole.begin,
             .size = whole.size(),
             .overhead = store.first_block() - whole.begin,
             .committed = committed,
             .uncommitted = whole.size() - committed,
             .blocks = {store.first_block(), store.blocks_end()}};
    return Walked::element;
  }
  Address next = store.first_block();
  if (entry.kind == Element::uncommitted) {
    return Walked::end;
  }
  if (entry.kind != Element::region) {
    FixedStore::Block block = store.block_at(entry.at);
    if (block.range.empty()) {
      return Walked::no_such_place;
    }
    next = block.range.end;
  }
  Address committed_end = store.committed_end();
  if (next >= store.blocks_end() || next >= committed_end) {
    // What lies behind the last block that is committed.
    if (committed_end >= whole.end) {
      return Walked::end;
    }
    entry = {.kind = Element::uncommitted, .at = committed_end, .size = whole.end - committed_end};
    return Walked::element;
  }
  FixedStore::Block block = store.block_at(next);
  if (block.live) {
    entry = {
        .kind = Element::live, .at = next, .size = block.requested, .overhead = block.range.size() - block.requested};
  } else {
    Address end = block.range.end < committed_end ? block.range.end : committed_end;
    entry = {.kind = Element::free, .at = next, .size = end - next};
  }
  return Walked::element;
}

} // namespace

Walked next_element(Heap& heap, WalkEntry& entry, bool serialized) {
  HeapHold hold(heap.mutex(), serialized);
  return heap.is_fixed() ? walk_fixed(heap, entry) : walk_growable(heap, entry);
}

} // namespace winmem::heap
