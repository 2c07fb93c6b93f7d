#include "hardening.h"

#include "misuse.h"
#include "mode.h"
#include "records.h"

namespace winmem::heap {

namespace {

Address start_of(const Found& found) {
  const Span& span = *found.span;
  return span.kind == SpanKind::slab ? address_of(span, static_cast<std::uint16_t>(found.number)) : span.begin;
}

// What a block and what was written behind it can have changed: all of the room, but outside of slabs a page behind the
// end.
Bytes touched(const Found& found) {
  Bytes slack = found.room - found.size;
  return found.span->kind == SpanKind::slab || slack < kPage ? found.room : found.size + kPage;
}

void set_live(const Found& found, bool live) {
  const Span& span = *found.span;
  Bytes slack = span.kind == SpanKind::slab ? found.room - found.size : 0;
  set_cell(span, static_cast<std::uint16_t>(found.number), live ? live_cell(slack) : kCached);
}

} // namespace

unsigned guard_granules() { return mode() == Mode::hardened ? 1 : 0; }
Bytes guard_bytes() { return mode() == Mode::hardened ? kPage : 0; }

bool Hardening::open() {
  ring_ = static_cast<Found*>(take_table(round_up(kMost * sizeof(Found), kPage)));
  return ring_ != nullptr;
}

void Hardening::close() {
  if (ring_ != nullptr) {
    give_table(ring_, round_up(kMost * sizeof(Found), kPage));
    ring_ = nullptr;
  }
}

void Hardening::stop_for_use(Address block) {
  stop_for_misuse("the heap", reinterpret_cast<const void*>(block), "a freed block that was written to",
                  "look for a use after free, or a write before the begin of the block behind it");
}

// Larger blocks are looked at when they have rested: their contents would go through the processor's caches once more.
bool Hardening::make_ready(const Found& found, Bytes size) {
  Address block = start_of(found);
  bool is_zero = found.span->kind == SpanKind::slab;
  if (is_zero) {
    must_be_unused(block, touched(found));
  }
  Found ready = found;
  ready.size = size;
  guard(ready, block);
  return is_zero;
}

void Hardening::clear_behind(const Found& found, Address block, Bytes size) {
  if (found.span->kind != SpanKind::large) { // whose pages go
    fill(block + size, touched(found) - size, 0);
  }
}

void Hardening::enter(const Found& found) {
  fill(start_of(found), touched(found), 0);
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
  if (oldest.span->kind != SpanKind::slab) {
    must_be_unused(start_of(oldest), touched(oldest));
  }
  set_live(oldest, true);
  return oldest;
}

} // namespace winmem::heap
