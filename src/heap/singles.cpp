#include "singles.h"

#include "heap.h"
#include "records.h"
#include "span_map.h"

namespace winmem::heap {

namespace {

constexpr unsigned kMostIdle = 512; // granules

} // namespace

// A single without a block.
void* Singles::make_live(Span& single, Bytes size, bool aligned) {
  AddressRange range = range_of_single(single);
  single.kind = SpanKind::single;
  single.cached_class = single.heap->options().cached && size > kLargestSmall
                            ? static_cast<std::uint8_t>(single_class(range.size()))
                            : kNotCached;
  place_single(single, range, size, aligned);
  single.own_cell.store(live_cell(0), std::memory_order_relaxed);
  return reinterpret_cast<void*>(single.begin);
}

void* Singles::take(Heap& heap, Bytes size, bool aligned) {
  Bytes room = round_up(size == 0 ? 1 : size, kGranule); // none is without, where only its alignment is large
  SpanList& idle = idle_[granules_of(room) - 1];
  if (Span* kept = idle.first()) {
    idle.remove(*kept);
    idle_granules_ -= granules_of(room);
    return make_live(*kept, size, aligned);
  }
  Span* single = take_span();
  if (single == nullptr) {
    return nullptr;
  }
  Granules taken = take_granules(heap, granules_of(room));
  if (taken.begin == 0) {
    give_span(single);
    return nullptr;
  }
  settle(*single, SpanKind::single, heap, taken);
  single->room = room;
  single->count = 1;
  span_map::set(range_of_single(*single), single);
  return make_live(*single, size, aligned);
}

void Singles::give(Span& single) {
  single.own_cell.store(0, std::memory_order_relaxed);
  single.kind = SpanKind::idle;
  single.was_idle = false;
  unsigned granules = granules_of(range_of_single(single).size());
  idle_[granules - 1].push(single);
  idle_granules_ += granules;
  if (idle_granules_ > kMostIdle) {
    trim();
  }
}

Granules Singles::take_granules(Heap& heap, unsigned granules) {
  if (idle_granules_ >= granules) { // rather than that the heap grows
    if (Granules taken = segments_.take_here(granules); taken.begin != 0) {
      return taken;
    }
    trim();
  }
  return segments_.take(heap, granules);
}

void Singles::dissolve(Span& idle) {
  AddressRange range = range_of_single(idle);
  unsigned granules = granules_of(range.size());
  idle_[granules - 1].remove(idle);
  idle_granules_ -= granules;
  span_map::set(range, nullptr);
  segments_.give({range.begin, idle.segment}, granules);
  give_span(&idle);
}

void Singles::tick() {
  for (SpanList& list : idle_) {
    list.for_each([&](Span& idle) {
      if (idle.was_idle) {
        dissolve(idle);
      } else {
        idle.was_idle = true;
      }
    });
  }
}

void Singles::trim() {
  for (SpanList& list : idle_) {
    list.for_each([&](Span& idle) { dissolve(idle); });
  }
}

} // namespace winmem::heap
