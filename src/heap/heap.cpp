#include "heap.h"

#include "../host/memory_tools.h"
#include "../host/probes.h"
#include "depot.h"
#include "leftovers.h"
#include "mode.h"
#include "slack.h"
#include "traces.h"
#include "walk.h"

#include <cstring>

namespace winmem::heap {

namespace memory_tools = host::memory_tools;

namespace {

Address to_address(const void* block) { return reinterpret_cast<Address>(block); }

} // namespace

bool Heap::open(const HeapOptions& options) {
  options_ = options;
  vm::PageState state = options.executable ? vm::PageState::execute_read_write : vm::PageState::read_write;
  if (mode() == Mode::hardened && !is_fixed() && !hardening_.open()) {
    return false;
  }
  handle_ = is_fixed() ? fixed_.open(*this, options.maximum, options.initial, state) : growable_.open(*this, state);
  if (handle_ == 0) {
    hardening_.close();
  }
  return handle_ != 0;
}

void Heap::lock() {
  mutex_.lock();
  if (options_.cached && ++stops_ == 1) {
    thread_cache::stop();
  }
}

bool Heap::try_lock() {
  if (!mutex_.try_lock()) {
    return false;
  }
  if (options_.cached && ++stops_ == 1) {
    thread_cache::stop();
  }
  return true;
}

bool Heap::unlock() {
  if (!mutex_.is_mine()) {
    return false;
  }
  if (options_.cached && --stops_ == 0) {
    thread_cache::resume();
  }
  return mutex_.unlock();
}

void Heap::take_back(ThreadCache& cache) {
  HeapHold hold(mutex_, true);
  thread_cache::return_cache(growable_, cache);
}

void Heap::after_fork_in_child(std::uint32_t forking_thread) {
  mutex_.adopt(forking_thread);
  if (options_.cached) {
    thread_cache::orphan_others();
  }
}

void Heap::close() {
  if (memory_tools::are_there() && !hardening_.is_on()) {
    for (WalkEntry entry; next_element(*this, entry, false) == Walked::element;) {
      if (entry.kind == Element::live) {
        memory_tools::close_block(entry.at, entry.size);
      }
    }
  }
  is_fixed() ? fixed_.close() : growable_.close();
  hardening_.close();
}

// What is idle in this heap may be what the system lacks.
void* Heap::take(Bytes size, bool& is_zero, bool grows) {
  if (is_fixed()) {
    is_zero = false;
    return fixed_.take(size);
  }
  Bytes wanted = padded(size);
  void* block = growable_.take(*this, wanted, is_zero, grows);
  if (block == nullptr && options_.cached) {
    depot::flush(growable_);
  }
  if (block == nullptr && growable_.trim_for_want()) {
    block = growable_.take(*this, wanted, is_zero, grows);
  }
  return wanted != size && block != nullptr ? without_pad(block, size, is_zero) : block;
}

// Behind a block that is watched there are some bytes that are nobody's.
Bytes Heap::padded(Bytes size) const {
  constexpr Bytes kPad = 16;
  if (hardening_.is_on()) {
    return Hardening::padded(size);
  }
  return memory_tools::are_there() && !is_fixed() && size <= kUserEnd ? size + kPad : size;
}

void* Heap::without_pad(void* block, Bytes size, bool& is_zero) {
  Found found = find(to_address(block));
  if (hardening_.is_on()) {
    is_zero |= Hardening::make_ready(found, size);
  }
  resize(found, size); // it fits
  return block;
}

void Heap::give(const Found& found) {
  if (is_fixed()) {
    fixed_.give(found);
  } else if (hardening_.is_on() && found.span->kind != SpanKind::large) {
    hardening_.rest(found, [this](const Found& rested) { growable_.give(rested); });
  } else {
    growable_.give(found);
  }
}

Found Heap::find(Address at) const { return is_fixed() ? fixed_.find(*this, at) : GrowableStore::find(*this, at); }

bool Heap::resize(const Found& found, Bytes size) {
  return is_fixed() ? fixed_.resize(found, size) : growable_.resize(found, size);
}

void Heap::guard(const void* block, Bytes old_size) {
  if (block == nullptr || !has_guards() || hardening_.is_on()) {
    return; // hardened ones are guarded when they are taken
  }
  if (traces::are_on()) {
    traces::note_allocated(block);
  }
  Address at = to_address(block);
  Found found = find(at);
  if (!memory_tools::are_there()) {
    fill_slack(const_cast<void*>(block), found.size, found.room);
    return;
  }
  Bytes slack = found.room - found.size < kPage ? found.room - found.size : kPage;
  old_size == kNoSize ? memory_tools::open_block(at, found.size, slack)
                      : memory_tools::open_resized_block(at, old_size, found.size, slack);
  fill_slack(const_cast<void*>(block), found.size, found.room);
  memory_tools::close_slack(at, found.size, slack);
}

bool Heap::is_damaged(const Found& found, const void* block) const {
  memory_tools::Quiet quiet;
  return hardening_.is_on() ? !Hardening::is_intact(found, to_address(block))
                            : has_guards() && !slack_is_intact(block, found.size, found.room);
}

void* Heap::allocate(Bytes size, bool zeroed, bool serialized) {
  bool is_zero = false;
  void* block = nullptr;
  if (void* looked_at = is_looked_at() ? allocate_looked_at(size) : nullptr) {
    return looked_at;
  }
  {
    thread_cache::NewCacheWatch watch;
    HeapHold hold(mutex_, locks(serialized));
    if (options_.cached && !hardening_.is_on() && size <= kLargestSingle) {
      thread_cache::prepare();
      block = size <= kLargestSmall ? thread_cache::refill_and_take(*this, growable_, size) : nullptr;
    }
    if (block == nullptr) {
      block = take(size, is_zero);
    }
    guard(block);
  }
  if (zeroed && block != nullptr && (!is_zero || memory_tools::are_there())) {
    std::memset(block, 0, size); // the caller's alone by now
  }
  if (block != nullptr) {
    WINMEM_PROBE_SIZE(alloc, block, size);
  }
  return block;
}

void* Heap::allocate_aligned(Bytes size, Bytes alignment, bool zeroed, bool serialized) {
  bool is_zero = false;
  void* block = nullptr;
  {
    HeapHold hold(mutex_, locks(serialized));
    Bytes wanted = padded(size);
    block = is_fixed() ? nullptr : growable_.take_aligned(*this, wanted, alignment, is_zero);
    block = wanted != size && block != nullptr ? without_pad(block, size, is_zero) : block;
    guard(block);
  }
  if (zeroed && block != nullptr && (!is_zero || memory_tools::are_there())) {
    std::memset(block, 0, size);
  }
  if (block != nullptr) {
    WINMEM_PROBE_SIZE(alloc, block, size);
  }
  return block;
}

// Under the lock: the block changes in place, or a new one is taken beside it.
Heap::Reallocated Heap::make_room(const Found& found, void* block, Bytes size, Moving moving) {
  // A block that shrinks to less than half moves, if it may: what is left of it is worth more elsewhere.
  bool stays = moving == Moving::in_place_only || size >= found.size || size >= found.room / 2;
  if (hardening_.is_on()) {
    bool fits = size <= found.size || Hardening::padded(size) <= found.room || found.span->kind == SpanKind::large;
    stays = stays && fits;
    if (stays && size < found.size) {
      Hardening::clear_behind(found, to_address(block), size);
    }
  }
  if (stays && resize(found, size)) {
    return {block};
  }
  if (moving == Moving::in_place_only) {
    return {nullptr, Status::no_memory};
  }
  bool is_zero = false;
  const Span& span = *found.span;
  void* place = span.user_flags != 0 ? take_with_user(size, {span.user_value, span.user_flags}, is_zero) // H57
                                     : take(size, is_zero, span.kind == SpanKind::large && size > found.size);
  if (place == nullptr && size <= found.size && resize(found, size)) {
    place = block; // a smaller one always fits where it is
  }
  return {place, place != nullptr ? Status::ok : Status::no_memory};
}

Heap::Reallocated Heap::reallocate(void* block, Bytes size, bool zeroed, Moving moving, bool serialized) {
  Bytes old_size = 0;
  Reallocated result;
  if (void* resized = is_looked_at() ? reallocate_looked_at(block, size, zeroed, moving) : nullptr) {
    return {resized};
  }
  {
    HeapHold hold(mutex_, locks(serialized));
    Found found = find(to_address(block));
    if (!found || is_damaged(found, block)) {
      return {nullptr, Status::invalid_parameter};
    }
    old_size = found.size;
    result = make_room(found, block, size, moving);
    if (result.status != Status::ok) {
      return result;
    }
    guard(result.block, result.block == block ? old_size : kNoSize);
    if (hardening_.is_on() && result.block == block) {
      Hardening::guard(find(to_address(block)), to_address(block));
    }
  }
  // Contents are touched without the lock: a page of theirs may be one that a handler has to make accessible.
  if (result.block != block) {
    std::memcpy(result.block, block, size < old_size ? size : old_size);
  }
  if (zeroed && size > old_size) {
    std::memset(static_cast<char*>(result.block) + old_size, 0, size - old_size);
  }
  if (result.block != block) {
    WINMEM_PROBE_SIZE(alloc, result.block, size);
    free(block, serialized);
  } else {
    WINMEM_PROBE_SIZE(resize, block, size);
  }
  return result;
}

bool Heap::free(void* block, bool serialized) {
  if (Freed freed = is_looked_at() ? free_looked_at(block) : Freed::unknown; freed != Freed::unknown) {
    return freed == Freed::yes;
  }
  thread_cache::NewCacheWatch watch;
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  if (!found || is_damaged(found, block)) {
    return false;
  }
  if (traces::are_on()) {
    traces::note_freed(block);
  }
  WINMEM_PROBE(free, block);
  if (memory_tools::are_there() && !hardening_.is_on()) {
    memory_tools::close_block(to_address(block), found.room);
  }
  Span& span = *found.span;
  if (span.cached_class != kNotCached && !hardening_.is_on()) {
    thread_cache::prepare();
    if (thread_cache::drain(growable_, span.cached_class) &&
        thread_cache::give({to_address(block), &span.cells[found.number]}, span.cached_class)) {
      return true;
    }
  }
  give(found);
  return true;
}

Bytes Heap::size_of(const void* block, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  return found ? found.size : kNoSize;
}

bool Heap::is_sound(const void* block, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  return found && !is_damaged(found, block);
}

bool Heap::is_overrun(const void* block) const {
  Found found = find(to_address(block));
  return found && is_damaged(found, block);
}

Heap::Block Heap::block_around(const void* inside, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = is_fixed() ? Found{} : GrowableStore::find_around(*this, to_address(inside));
  if (!found) {
    return {};
  }
  const Span& span = *found.span;
  Address begin = span.kind == SpanKind::slab ? address_of(span, static_cast<std::uint16_t>(found.number)) : span.begin;
  return {begin, found.size};
}

Bytes Heap::compact(bool serialized) {
  release_leftovers();
  HeapStop stop(*this, serialized);
  if (is_fixed()) {
    return fixed_.largest_free();
  }
  hardening_.end_rest([this](const Found& rested) { growable_.give(rested); });
  if (options_.cached) {
    thread_cache::flush_all(growable_);
    Segments::release_spares();
  }
  growable_.trim();
  return growable_.largest_free();
}

Totals Heap::totals() {
  HeapStop stop(*this, options_.serialized);
  if (is_fixed()) {
    return {fixed_.live_bytes(), fixed_.committed_end() - fixed_.region().begin, fixed_.region().size()};
  }
  return {growable_.live_bytes(), growable_.committed(), growable_.reserved()};
}

bool Heap::is_low_fragmentation() {
  HeapHold hold(mutex_, options_.serialized);
  if (!low_fragmentation_.load(std::memory_order_relaxed) && !is_fixed() && options_.serialized &&
      growable_.has_served_many()) {
    set_low_fragmentation();
  }
  return low_fragmentation_.load(std::memory_order_relaxed);
}

bool Heap::is_sound(bool serialized) {
  HeapStop stop(*this, serialized);
  if (!(is_fixed() ? fixed_.is_sound() : growable_.is_sound())) {
    return false;
  }
  if (!has_guards()) {
    return true;
  }
  bool sound = true;
  for (WalkEntry entry; sound && next_element(*this, entry, false) == Walked::element;) {
    if (entry.kind == Element::live) {
      const auto* block = reinterpret_cast<const void*>(entry.at);
      sound = !is_damaged(find(entry.at), block);
    }
  }
  return sound;
}

} // namespace winmem::heap
