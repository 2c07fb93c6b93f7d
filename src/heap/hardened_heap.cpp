// Small blocks of a hardened process heap, by the thread's cache.
//
// Each function does all, or nothing when it does not know: then the heap goes the way by its lock, which also tells
// mistakes.
#include "../host/probes.h"
#include "hardened_cache.h"
#include "heap.h"
#include "span_map.h"

#include <cstring>

namespace winmem::heap {

namespace {

struct InSlab {
  Span* slab = nullptr;
  std::uint16_t number = kNoBlock;
};

// A block of a slab of the heap's, live or not.
[[gnu::always_inline]] inline InSlab find_in_slab(const Heap& heap, const void* block) {
  auto at = reinterpret_cast<Address>(block);
  Span* span = span_map::find(at);
  if (span == nullptr || span->heap != &heap || span->kind != SpanKind::slab) {
    return {};
  }
  std::uint16_t number = block_at(*span, at);
  return number != kNoBlock ? InSlab{span, number} : InSlab{};
}

} // namespace

[[gnu::noinline]] void* Heap::refill_and_look_at(unsigned wanted, Bytes size) {
  thread_cache::NewCacheWatch watch;
  HeapHold hold(mutex_, true);
  thread_cache::prepare();
  return thread_cache::refill(*this, growable_, wanted) ? hardened_cache::take(wanted, size) : nullptr;
}

void* Heap::allocate_looked_at(Bytes size) {
  Bytes padded = Hardening::padded(size);
  if (padded > kLargestSmall) {
    return nullptr;
  }
  unsigned wanted = size_class(padded);
  void* block = hardened_cache::take(wanted, size);
  if (block == nullptr) [[unlikely]] {
    block = refill_and_look_at(wanted, size);
  }
  if (block != nullptr) {
    WINMEM_PROBE_SIZE(alloc, block, size);
  }
  return block;
}

Heap::Freed Heap::free_looked_at(void* block) {
  using hardened_cache::Given;
  InSlab found = find_in_slab(*this, block);
  if (found.slab == nullptr) {
    return Freed::unknown;
  }
  for (;;) {
    switch (hardened_cache::give(*found.slab, found.number)) {
    case Given::done:
      WINMEM_PROBE(free, block);
      return Freed::yes;
    case Given::refused:
      return Freed::no;
    case Given::unknown:
      return Freed::unknown;
    case Given::full:
      break;
    }
    HeapHold hold(mutex_, true);
    if (!thread_cache::drain(growable_, hardened_cache::full_class())) {
      return Freed::unknown;
    }
  }
}

void* Heap::reallocate_looked_at(void* block, Bytes size, bool zeroed, Moving moving) {
  InSlab found = find_in_slab(*this, block);
  std::uint16_t cell = found.slab != nullptr ? cell_of(*found.slab, found.number) : 0;
  if (!is_live(cell) || moving != Moving::allowed) {
    return nullptr;
  }
  Bytes room = found.slab->block;
  Bytes old_size = room - slack_of(cell);
  void* result = block;
  if (Hardening::padded(size) <= room && size >= room / 2) { // else it moves, as in make_room
    result = hardened_cache::resize(*found.slab, found.number, size) ? block : nullptr;
  } else {
    bool is_intact = Hardening::is_intact(reinterpret_cast<Address>(block), old_size, room);
    result = is_intact ? allocate_looked_at(size) : nullptr;
    if (result != nullptr) {
      std::memcpy(result, block, size < old_size ? size : old_size);
    }
  }
  if (result != nullptr && zeroed && size > old_size) {
    std::memset(static_cast<char*>(result) + old_size, 0, size - old_size);
  }
  if (result != nullptr && result != block) {
    free(block, true);
  } else if (result != nullptr) {
    WINMEM_PROBE_SIZE(resize, block, size);
  }
  return result;
}

} // namespace winmem::heap
