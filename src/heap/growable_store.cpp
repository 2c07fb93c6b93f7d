#include "growable_store.h"

#include "../host/environment.h"
#include "../vm/vm.h"
#include "depot.h"
#include "heap.h"
#include "mode.h"
#include "records.h"
#include "span_map.h"

namespace winmem::heap {

namespace {

// Slabs are large enough to hold some blocks of their class, with little left over.
constexpr Bytes kSlab = kGranule;
constexpr Bytes kLargeSlab = 8 * kGranule;
constexpr Bytes kLargestInSlab = 0x2000;

constexpr Bytes slab_size(Bytes block) { return block <= kLargestInSlab ? kSlab : kLargeSlab; }

// With one for what is left over behind the last block, so that every address of the slab has one.
constexpr unsigned cells_of(Bytes block) { return static_cast<unsigned>((slab_size(block) + block - 1) / block); }

AddressRange range_of(const Span& span, Bytes size) { return {span.begin, span.begin + size}; }

} // namespace

// All but the large ones.
template <typename Visit> void GrowableStore::for_each_span(Visit visit) const {
  segments_.for_each([&](const Segment& segment) {
    for (Address at = segment.region.begin; at < segment.region.end; at += kGranule) {
      const Span* span = span_map::find(at);
      if (span != nullptr && round_down(span->begin, kGranule) == at) {
        visit(*span);
      }
    }
  });
}

Address GrowableStore::open(Heap& heap, vm::PageState state) {
  large_.open(state, heap.options().keeps_large);
  header_ = take_span();
  if (header_ == nullptr) {
    return 0;
  }
  Granules taken = segments_.take_handle(heap, state);
  if (taken.begin == 0) {
    give_span(header_);
    return 0;
  }
  settle(*header_, SpanKind::header, heap, taken);
  span_map::set({taken.begin, taken.begin + kGranule}, header_);
  return taken.begin;
}

// All spans go without a look at their blocks.
void GrowableStore::close() {
  large_.release_all();
  segments_.for_each([](const Segment& segment) {
    for (Address at = segment.region.begin; at < segment.region.end;) {
      Span* span = span_map::find(at);
      Bytes size = kGranule;
      if (span != nullptr && span->kind == SpanKind::slab) {
        size = slab_size(span->block);
        for (std::uint16_t number = 0; number < span->fresh; ++number) {
          set_cell(*span, number, 0); // some are live
        }
        give_cells(span->cells, cells_of(span->block));
      } else if (span != nullptr && (span->kind == SpanKind::single || span->kind == SpanKind::idle)) {
        size = range_of_single(*span).size();
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
  Cell* cells = slab != nullptr ? take_cells(cells_of(block)) : nullptr;
  Granules taken = cells != nullptr ? singles_.take_granules(heap, granules_of(size)) : Granules{};
  if (taken.begin == 0) {
    if (cells != nullptr) {
      give_cells(cells, cells_of(block));
    }
    if (slab != nullptr) {
      give_span(slab);
    }
    return nullptr;
  }
  settle(*slab, SpanKind::slab, heap, taken);
  slab->size_class = static_cast<std::uint8_t>(size_class);
  slab->cached_class = heap.options().cached ? slab->size_class : kNotCached;
  slab->count = static_cast<std::uint16_t>(count);
  slab->free = kNoBlock;
  slab->block = static_cast<std::uint32_t>(block);
  slab->reciprocal = reciprocal_of(block);
  slab->cells = cells;
  span_map::set(range_of(*slab, size), slab);
  if (mode() == Mode::hardened) {
    free_in_any_order(*slab, host::process_secret() ^ slab->begin);
  }
  slabs_[size_class].push(*slab);
  return slab;
}

void GrowableStore::remove_slab(Span& slab) {
  Bytes size = slab_size(slab.block);
  slabs_[slab.size_class].remove(slab);
  span_map::set(range_of(slab, size), nullptr);
  give_cells(slab.cells, cells_of(slab.block));
  segments_.give({slab.begin, slab.segment}, granules_of(size));
  give_span(&slab);
}

void GrowableStore::give_back_idle() {
  if (!decay_.is_due()) [[likely]] {
    return;
  }
  singles_.tick();
  if (header_->heap->options().cached) {
    depot::tick(*this);
    thread_cache::tick(*this);
  }
  large_.tick();
  segments_.tick();
}

Span* GrowableStore::slab_with_room(Heap& heap, unsigned size_class) {
  Span* slab = slabs_[size_class].first();
  return slab != nullptr ? slab : add_slab(heap, size_class);
}

void* GrowableStore::take(Heap& heap, Bytes size, bool& is_zero, bool grows) {
  is_zero = false;
  if (size > kLargestSingle) {
    give_back_idle();
    Span* large = large_.take(heap, {.size = size, .grows = grows}, is_zero);
    return large != nullptr ? reinterpret_cast<void*>(large->begin) : nullptr;
  }
  if (size > kLargestSmall) {
    return singles_.take(heap, size, false);
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
    return singles_.take(heap, size, true);
  }
  Span* large = large_.take(heap, {.size = size, .alignment = alignment}, is_zero);
  return large != nullptr ? reinterpret_cast<void*>(large->begin) : nullptr;
}

void* GrowableStore::take_alone(Heap& heap, Bytes size, bool& is_zero) {
  is_zero = false;
  return size <= kLargestSingle ? singles_.take(heap, size, true) : take(heap, size, is_zero);
}

void* GrowableStore::take_small(Heap& heap, unsigned wanted, Bytes size) {
  constexpr unsigned kSeldom = 64; // looks at the clock
  if (++small_calls_ % kSeldom == 0) {
    give_back_idle();
  }
  Span* slab = slab_with_room(heap, wanted);
  if (slab == nullptr) {
    return nullptr;
  }
  std::uint16_t number = take_block(*slab, live_cell(slab->block - size));
  if (is_full(*slab)) {
    slabs_[wanted].remove(*slab);
  }
  return reinterpret_cast<void*>(address_of(*slab, number));
}

unsigned GrowableStore::take_some(Heap& heap, unsigned size_class, Span*& held, CachedBlock* out, unsigned most) {
  if (held == nullptr) {
    held = slab_with_room(heap, size_class);
    if (held == nullptr) {
      return 0;
    }
    slabs_[size_class].remove(*held);
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
  Span& span = *span_map::find(block.block);
  if (span.kind == SpanKind::single) {
    singles_.give(span);
  } else {
    give_block_of(span, static_cast<std::uint16_t>(block.cell - span.cells));
  }
}

void GrowableStore::let_go(Span& held) {
  held.held = false;
  slabs_[held.size_class].push(held);
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
    slabs_[slab.size_class].push(slab);
  }
  // The last slab of its class with room stays, or a block that comes and goes would take it along each time.
  if (slab.used == 0 && (slab.next != nullptr || slab.previous != nullptr)) {
    remove_slab(slab);
  }
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
    if (!is_live_single(*span)) {
      return {};
    }
    [[fallthrough]];
  case SpanKind::large:
    return at == span->begin ? Found{span, 0, requested_of(*span), span->room} : Found{};
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
  span.user_flags = 0;
  switch (span.kind) {
  case SpanKind::slab:
    give_block_of(span, static_cast<std::uint16_t>(found.number));
    break;
  case SpanKind::single:
    singles_.give(span);
    give_back_idle();
    break;
  case SpanKind::large:
    large_.give(span);
    give_back_idle();
    break;
  default:
    break;
  }
}

bool GrowableStore::resize(const Found& found, Bytes size) {
  Span& span = *found.span;
  if (span.kind == SpanKind::large) {
    return large_.resize(span, size);
  }
  if (size > found.room) {
    return false;
  }
  if (span.kind == SpanKind::slab) {
    set_cell(span, static_cast<std::uint16_t>(found.number), live_cell(span.block - size));
    return true;
  }
  set_requested(span, size);
  return true;
}

Bytes GrowableStore::largest_free() const {
  for (unsigned each = kClasses; each-- > 0;) {
    if (slabs_[each].first() != nullptr) {
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
    if (span.kind == SpanKind::single && is_live_single(span)) {
      sum += requested_of(span);
    }
    for (std::uint16_t number = 0; span.kind == SpanKind::slab && number < span.fresh; ++number) {
      std::uint16_t cell = cell_of(span, number);
      sum += is_live(cell) ? span.block - slack_of(cell) : 0;
    }
  });
  for (const Span* large = large_.first(); large != nullptr; large = large->next) {
    sum += requested_of(*large);
  }
  return sum;
}

bool GrowableStore::trim_for_want() {
  constexpr Bytes kMuch = Bytes{4} << 20;
  bool is_much = singles_.idle() + large_.idle() + segments_.idle() >= kMuch;
  if (is_much) {
    trim();
  }
  return is_much;
}

void GrowableStore::trim() {
  for (SpanList& list : slabs_) {
    list.for_each([&](Span& slab) {
      if (slab.used == 0) {
        remove_slab(slab);
      }
    });
  }
  singles_.trim();
  large_.trim();
  segments_.trim();
}

} // namespace winmem::heap
