#include "growable_store.h"

#include "../vm/vm.h"
#include "records.h"
#include "span_map.h"

namespace winmem::heap {

namespace {

// Slabs are large enough to hold some blocks of their class, with little left over.
constexpr Bytes kSlab = kGranule;
constexpr Bytes kLargeSlab = 8 * kGranule;
constexpr Bytes kLargestInSlab = 0x2000;

constexpr Bytes slab_size(Bytes block) { return block <= kLargestInSlab ? kSlab : kLargeSlab; }
constexpr unsigned granules_of(Bytes size) { return static_cast<unsigned>(round_up(size, kGranule) / kGranule); }

// Large blocks begin here in their region, so that they are 64-aligned and not all more (H30, C41).
constexpr Bytes kLargeOffset = 64;

AddressRange range_of(const Span& span, Bytes size) { return {span.begin, span.begin + size}; }

// The granule by which a large block is found: only its start is ever asked for.
AddressRange first_granule(const Span& large) { return {large.region.begin, large.region.begin + kGranule}; }

// The record of granules that were just taken.
void place(Span& span, SpanKind kind, Heap& heap, const Granules& taken) {
  span.heap = &heap;
  span.kind = kind;
  span.begin = taken.begin;
  span.segment = taken.segment;
}

void link(Span*& list, Span& span) {
  span.previous = nullptr;
  span.next = list;
  if (list != nullptr) {
    list->previous = &span;
  }
  list = &span;
}

void unlink(Span*& list, Span& span) {
  (span.previous != nullptr ? span.previous->next : list) = span.next;
  if (span.next != nullptr) {
    span.next->previous = span.previous;
  }
}

} // namespace

Address GrowableStore::open(Heap& heap, vm::PageState state) {
  state_ = state;
  header_ = take_span();
  if (header_ == nullptr) {
    return 0;
  }
  Granules taken = segments_.take_handle(heap, state);
  if (taken.begin == 0) {
    give_span(header_);
    return 0;
  }
  place(*header_, SpanKind::header, heap, taken);
  span_map::set({taken.begin, taken.begin + kGranule}, header_);
  return taken.begin;
}

// All spans go without a look at their blocks.
void GrowableStore::close() {
  while (larges_ != nullptr) {
    Span& large = *larges_;
    larges_ = large.next;
    span_map::set(first_granule(large), nullptr);
    static_cast<void>(vm::release_region(large.region.begin));
    give_span(&large);
  }
  segments_.for_each([](const Segment& segment) {
    for (Address at = segment.region.begin; at < segment.region.end;) {
      Span* span = span_map::find(at);
      Bytes size = kGranule;
      if (span != nullptr && span->kind == SpanKind::slab) {
        size = slab_size(span->block);
        give_cells(span->cells, span->count);
      } else if (span != nullptr && span->kind == SpanKind::single) {
        size = span->room;
      }
      if (span != nullptr) {
        span_map::set({at, at + size}, nullptr);
        give_span(span);
      }
      at += size;
    }
  });
  segments_.release_all();
}

Span* GrowableStore::add_slab(Heap& heap, unsigned size_class) {
  Bytes block = block_size(size_class);
  Bytes size = slab_size(block);
  auto count = static_cast<unsigned>(size / block);
  Span* slab = take_span();
  std::uint16_t* cells = slab != nullptr ? take_cells(count) : nullptr;
  Granules taken = cells != nullptr ? segments_.take(heap, granules_of(size)) : Granules{};
  if (taken.begin == 0) {
    if (cells != nullptr) {
      give_cells(cells, count);
    }
    if (slab != nullptr) {
      give_span(slab);
    }
    return nullptr;
  }
  place(*slab, SpanKind::slab, heap, taken);
  slab->size_class = static_cast<std::uint8_t>(size_class);
  slab->count = static_cast<std::uint16_t>(count);
  slab->free = kNoBlock;
  slab->block = static_cast<std::uint32_t>(block);
  slab->reciprocal = reciprocal_of(block);
  slab->cells = cells;
  span_map::set(range_of(*slab, size), slab);
  link(slabs_[size_class], *slab);
  return slab;
}

void GrowableStore::remove_slab(Span& slab) {
  Bytes size = slab_size(slab.block);
  unlink(slabs_[slab.size_class], slab);
  span_map::set(range_of(slab, size), nullptr);
  give_cells(slab.cells, slab.count);
  segments_.give({slab.begin, slab.segment}, granules_of(size));
  give_span(&slab);
}

void* GrowableStore::take(Heap& heap, Bytes size, bool& is_zero) {
  is_zero = false;
  if (size > kLargestSingle) {
    is_zero = true;
    return take_large(heap, size, kLargeOffset);
  }
  if (size > kLargestSmall) {
    return take_single(heap, size);
  }
  return take_small(heap, size_class(size), size);
}

void* GrowableStore::take_aligned(Heap& heap, Bytes size, Bytes alignment, bool& is_zero) {
  if (alignment <= kAlignment) {
    return take(heap, size, is_zero);
  }
  is_zero = false;
  if (unsigned wanted = aligned_size_class(size, alignment); wanted < kClasses) {
    return take_small(heap, wanted, size);
  }
  if (size <= kLargestSingle && alignment <= kGranule) {
    return take_single(heap, size);
  }
  is_zero = true;
  return take_large(heap, size, alignment);
}

void* GrowableStore::take_small(Heap& heap, unsigned wanted, Bytes size) {
  Span* slab = slabs_[wanted];
  if (slab == nullptr) {
    slab = add_slab(heap, wanted);
    if (slab == nullptr) {
      return nullptr;
    }
  }
  std::uint16_t number = take_block(*slab, size);
  if (is_full(*slab)) {
    unlink(slabs_[wanted], *slab);
  }
  return reinterpret_cast<void*>(address_of(*slab, number));
}

void* GrowableStore::take_single(Heap& heap, Bytes size) {
  Span* single = take_span();
  if (single == nullptr) {
    return nullptr;
  }
  Bytes room = round_up(size == 0 ? 1 : size, kGranule); // none is without, where only its alignment is large
  Granules taken = segments_.take(heap, granules_of(room));
  if (taken.begin == 0) {
    give_span(single);
    return nullptr;
  }
  place(*single, SpanKind::single, heap, taken);
  single->requested = size;
  single->room = room;
  span_map::set(range_of(*single, single->room), single);
  return reinterpret_cast<void*>(single->begin);
}

void* GrowableStore::take_large(Heap& heap, Bytes size, Bytes alignment) {
  if (size > kUserEnd / 2 || alignment > kUserEnd / 2) {
    return nullptr;
  }
  Span* large = take_span();
  if (large == nullptr) {
    return nullptr;
  }
  Bytes offset = alignment <= kLargeOffset ? kLargeOffset : 0;
  Bytes whole = round_up(size + offset, kPage);
  whole = whole == 0 ? kPage : whole;
  vm::Reserved reserved = vm::reserve(
      {.size = whole, .initial = state_, .commit = true, .alignment = alignment < kGranule ? kGranule : alignment});
  if (reserved.status != Status::ok) {
    give_span(large);
    return nullptr;
  }
  if (!span_map::prepare(reserved.range)) {
    static_cast<void>(vm::release_region(reserved.range.begin));
    give_span(large);
    return nullptr;
  }
  large->heap = &heap;
  large->begin = reserved.range.begin + offset;
  large->kind = SpanKind::large;
  large->requested = size;
  large->room = whole - offset;
  large->region = reserved.range;
  span_map::set(first_granule(*large), large);
  link(larges_, *large);
  large_bytes_ += whole;
  return reinterpret_cast<void*>(large->begin);
}

Found GrowableStore::find(const Heap& heap, Address at) {
  Span* span = span_map::find(at);
  if (span == nullptr || span->heap != &heap) {
    return {};
  }
  switch (span->kind) {
  case SpanKind::slab:
    if (std::uint16_t number = block_at(*span, at); number != kNoBlock && is_live(*span, number)) {
      return {span, number, span->block - slack_of(*span, number), span->block};
    }
    return {};
  case SpanKind::single:
  case SpanKind::large:
    return at == span->begin ? Found{span, 0, span->requested, span->room} : Found{};
  default:
    return {};
  }
}

Found GrowableStore::find_around(const Heap& heap, Address at) {
  Span* span = span_map::find(at);
  if (span == nullptr) {
    // The table has the first granule of a large block alone.
    vm::Description there = vm::describe(round_down(at, kPage));
    span = there.owner == vm::Owner::winmem ? span_map::find(there.region.begin) : nullptr;
  }
  if (span == nullptr || span->heap != &heap) {
    return {};
  }
  Address begin = span->begin;
  if (span->kind == SpanKind::slab) {
    std::uint16_t number = block_around(*span, at);
    begin = number != kNoBlock ? address_of(*span, number) : 0;
  }
  Found found = find(heap, begin);
  return found && at >= begin && at - begin < found.room ? found : Found{};
}

void GrowableStore::give(const Found& found) {
  Span& span = *found.span;
  switch (span.kind) {
  case SpanKind::slab:
    if (is_full(span)) {
      link(slabs_[span.size_class], span);
    }
    give_block(span, static_cast<std::uint16_t>(found.number));
    // The last slab of its class with room stays, or a block that comes and goes would take it along each time.
    if (span.used == 0 && (span.next != nullptr || span.previous != nullptr)) {
      remove_slab(span);
    }
    break;
  case SpanKind::single:
    span_map::set(range_of(span, span.room), nullptr);
    segments_.give({span.begin, span.segment}, granules_of(span.room));
    give_span(&span);
    break;
  case SpanKind::large:
    unlink(larges_, span);
    span_map::set(first_granule(span), nullptr);
    large_bytes_ -= span.room + (span.begin - span.region.begin);
    static_cast<void>(vm::release_region(span.region.begin));
    give_span(&span);
    break;
  default:
    break;
  }
}

bool GrowableStore::resize(const Found& found, Bytes size) {
  Span& span = *found.span;
  if (size > found.room) {
    return false;
  }
  if (span.kind == SpanKind::slab) {
    span.cells[found.number] = static_cast<std::uint16_t>(kLive | (span.block - size));
    return true;
  }
  span.requested = size;
  if (span.kind == SpanKind::large) {
    // What is behind it goes back, and does not come again (C41).
    Address end = round_up(span.begin + (size == 0 ? 1 : size), kPage);
    if (end < span.begin + span.room && vm::decommit({end, span.begin + span.room}) == Status::ok) {
      large_bytes_ -= span.begin + span.room - end;
      span.room = end - span.begin;
    }
  }
  return true;
}

Bytes GrowableStore::largest_free() const {
  for (unsigned each = kClasses; each-- > 0;) {
    if (slabs_[each] != nullptr) {
      return block_size(each);
    }
  }
  return 0;
}

bool GrowableStore::has_served_many() const {
  constexpr unsigned kMany = 18;
  bool many = false;
  segments_.for_each([&](const Segment& segment) {
    for (Address at = segment.region.begin; !many && at < segment.region.end; at += kGranule) {
      const Span* slab = span_map::find(at);
      many = slab != nullptr && slab->kind == SpanKind::slab && slab->fresh >= kMany;
    }
  });
  return many;
}

bool GrowableStore::is_sound() const {
  bool sound = true;
  segments_.for_each([&](const Segment& segment) {
    for (Address at = segment.region.begin; sound && at < segment.region.end; at += kGranule) {
      const Span* slab = span_map::find(at);
      if (slab == nullptr || slab->kind != SpanKind::slab || slab->begin != at) {
        continue;
      }
      unsigned live = 0;
      for (std::uint16_t number = 0; number < slab->fresh; ++number) {
        live += is_live(*slab, number) ? 1U : 0U;
      }
      unsigned free = 0;
      for (std::uint16_t number = slab->free; number < slab->fresh && free <= slab->fresh;
           number = slab->cells[number]) {
        ++free;
      }
      sound = live == slab->used && live + free == slab->fresh;
    }
  });
  return sound;
}

void GrowableStore::trim() {
  for (Span*& list : slabs_) {
    for (Span* slab = list; slab != nullptr;) {
      Span* next = slab->next;
      if (slab->used == 0) {
        remove_slab(*slab);
      }
      slab = next;
    }
  }
  segments_.trim();
}

} // namespace winmem::heap
