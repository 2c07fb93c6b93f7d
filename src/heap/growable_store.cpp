#include "growable_store.h"

#include "../vm/vm.h"
#include "leftovers.h"
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

// All but the large ones.
template <typename Visit> void GrowableStore::for_each_span(Visit visit) const {
  segments_.for_each([&](const Segment& segment) {
    for (Address at = segment.region.begin; at < segment.region.end; at += kGranule) {
      const Span* span = span_map::find(at);
      if (span != nullptr && span->begin == at) {
        visit(*span);
      }
    }
  });
}

Address GrowableStore::open(Heap& heap, vm::PageState state, bool is_cached) {
  state_ = state;
  is_cached_ = is_cached;
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
    release_region(large.region.begin);
    give_span(&large);
  }
  segments_.for_each([](const Segment& segment) {
    for (Address at = segment.region.begin; at < segment.region.end;) {
      Span* span = span_map::find(at);
      Bytes size = kGranule;
      if (span != nullptr && span->kind == SpanKind::slab) {
        size = slab_size(span->block);
        for (std::uint16_t number = 0; number < span->fresh; ++number) {
          set_cell(*span, number, 0); // some are live
        }
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
  Cell* cells = slab != nullptr ? take_cells(count) : nullptr;
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
  slab->cached_class = is_cached_ ? slab->size_class : kNotCached;
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

Span* GrowableStore::slab_with_room(Heap& heap, unsigned size_class) {
  Span* slab = slabs_[size_class];
  return slab != nullptr ? slab : add_slab(heap, size_class);
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
  Span* slab = slab_with_room(heap, wanted);
  if (slab == nullptr) {
    return nullptr;
  }
  std::uint16_t number = take_block(*slab, live_cell(slab->block - size));
  if (is_full(*slab)) {
    unlink(slabs_[wanted], *slab);
  }
  return reinterpret_cast<void*>(address_of(*slab, number));
}

unsigned GrowableStore::take_some(Heap& heap, unsigned size_class, Span*& held, CachedBlock* out, unsigned most) {
  if (held == nullptr) {
    held = slab_with_room(heap, size_class);
    if (held == nullptr) {
      return 0;
    }
    unlink(slabs_[size_class], *held);
    held->held = true;
  }
  Span& slab = *held;
  unsigned count = 0;
  while (count < most && !is_full(slab)) {
    std::uint16_t number = take_block(slab, kCached);
    out[count++] = {address_of(slab, number), &slab.cells[number]};
  }
  if (is_full(slab)) {
    slab.held = false;
    held = nullptr;
  }
  return count;
}

void GrowableStore::give_cached(CachedBlock block) {
  Span& slab = *span_map::find(block.block);
  give_block_of(slab, static_cast<std::uint16_t>(block.cell - slab.cells));
}

void GrowableStore::let_go(Span& held) {
  held.held = false;
  link(slabs_[held.size_class], held);
  if (held.used == 0 && held.next != nullptr) {
    remove_slab(held);
  }
}

void GrowableStore::give_block_of(Span& slab, std::uint16_t number) {
  bool was_full = is_full(slab);
  give_block(slab, number);
  if (slab.held) {
    return;
  }
  if (was_full) {
    link(slabs_[slab.size_class], slab);
  }
  // The last slab of its class with room stays, or a block that comes and goes would take it along each time.
  if (slab.used == 0 && (slab.next != nullptr || slab.previous != nullptr)) {
    remove_slab(slab);
  }
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
    release_region(reserved.range.begin);
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
    if (std::uint16_t number = block_at(*span, at); number != kNoBlock) {
      std::uint16_t cell = cell_of(*span, number);
      return is_live(cell) ? Found{span, number, span->block - slack_of(cell), span->block} : Found{};
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
    give_block_of(span, static_cast<std::uint16_t>(found.number));
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
    release_region(span.region.begin);
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
    set_cell(span, static_cast<std::uint16_t>(found.number), live_cell(span.block - size));
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
  for_each_span([&](const Span& span) { many |= span.kind == SpanKind::slab && span.fresh >= kMany; });
  return many;
}

bool GrowableStore::is_sound() const {
  bool sound = true;
  for_each_span([&](const Span& slab) {
    if (slab.kind != SpanKind::slab || !sound) {
      return;
    }
    unsigned used = 0;
    for (std::uint16_t number = 0; number < slab.fresh; ++number) {
      std::uint16_t cell = cell_of(slab, number);
      used += is_live(cell) || cell == kCached ? 1U : 0U;
    }
    unsigned free = 0;
    for (std::uint16_t number = slab.free; number < slab.fresh && free <= slab.fresh; number = cell_of(slab, number)) {
      ++free;
    }
    sound = used == slab.used && used + free == slab.fresh;
  });
  return sound;
}

Bytes GrowableStore::live_bytes() const {
  Bytes sum = 0;
  for_each_span([&](const Span& span) {
    if (span.kind == SpanKind::single) {
      sum += span.requested;
    }
    for (std::uint16_t number = 0; span.kind == SpanKind::slab && number < span.fresh; ++number) {
      std::uint16_t cell = cell_of(span, number);
      sum += is_live(cell) ? span.block - slack_of(cell) : 0;
    }
  });
  for (const Span* large = larges_; large != nullptr; large = large->next) {
    sum += large->requested;
  }
  return sum;
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
