#include "hardening.h"

#include "misuse.h"
#include "records.h"

#include <cstring>

namespace winmem::heap {

namespace {

constexpr char kPattern = static_cast<char>(0xAB);
constexpr Bytes kSmallPad = 16;
constexpr Bytes kRingSize = round_up(Hardening::kMost * sizeof(Found), kPage);

// Behind a block: all of its room, up to a page.
AddressRange guarded(const Found& found, Address block) {
  Bytes slack = found.room - found.size;
  Address begin = block + found.size;
  return {begin, begin + (slack < kPage ? slack : kPage)};
}

bool holds(AddressRange range, char value) {
  const auto* at = reinterpret_cast<const char*>(range.begin);
  Bytes size = range.size();
  return size == 0 || (*at == value && std::memcmp(at, at + 1, size - 1) == 0);
}

// What a block and what was written behind it can have changed: all of the room, but of large room a page behind the
// end.
AddressRange touched(const Found& found, Address block) { return {block, guarded(found, block).end}; }

void fill(AddressRange range, char value) { std::memset(reinterpret_cast<void*>(range.begin), value, range.size()); }

Address start_of(const Found& found) {
  const Span& span = *found.span;
  return span.kind == SpanKind::slab ? address_of(span, static_cast<std::uint16_t>(found.number)) : span.begin;
}

void set_live(const Found& found, bool live) {
  const Span& span = *found.span;
  Bytes slack = span.kind == SpanKind::slab ? found.room - found.size : 0;
  set_cell(span, static_cast<std::uint16_t>(found.number), live ? live_cell(slack) : kCached);
}

} // namespace

bool Hardening::open() {
  ring_ = static_cast<Found*>(take_table(kRingSize));
  return ring_ != nullptr;
}

void Hardening::close() {
  if (ring_ != nullptr) {
    give_table(ring_, kRingSize);
    ring_ = nullptr;
  }
}

Bytes Hardening::padded(Bytes size) {
  Bytes pad = size + kSmallPad <= kLargestSmall ? kSmallPad : kPage;
  return size <= kUserEnd ? size + pad : size;
}

void Hardening::must_be_unused(const Found& found, Address block) {
  if (found.span->kind != SpanKind::large && !holds(touched(found, block), 0)) { // a large one is fresh
    stop_for_misuse("the heap", reinterpret_cast<const void*>(block), "a freed block that was written to",
                    "look for a use after free, or a write before the begin of the block behind it");
  }
}

void Hardening::guard(const Found& found, Address block) { fill(guarded(found, block), kPattern); }

bool Hardening::is_intact(const Found& found, Address block) { return holds(guarded(found, block), kPattern); }

void Hardening::clear_behind(const Found& found, Address block, Bytes size) {
  fill({block + size, touched(found, block).end}, 0);
}

void Hardening::enter(const Found& found) {
  Address block = start_of(found);
  fill(touched(found, block), 0);
  set_live(found, false);
  ring_[(first_ + count_) % kMost] = found;
  ++count_;
  bytes_ += found.room;
}

Found Hardening::leave() {
  Found oldest = ring_[first_];
  first_ = (first_ + 1) % kMost;
  --count_;
  bytes_ -= oldest.room;
  must_be_unused(oldest, start_of(oldest));
  set_live(oldest, true);
  return oldest;
}

} // namespace winmem::heap
