#include "moveable.h"

#include "process_block.h"

#include <cstring>

namespace winmem::heap::moveable {

namespace {

using handles::kDiscarded;
using handles::kUsed;

bool holds_heap() {
  Heap* heap = process_heap();
  return heap != nullptr && heap->mutex().is_mine();
}

// A block that `entry` owns; nullptr without memory.
void* take_block(const Entry& entry, Bytes size, bool zeroed) {
  void* block = process_block::take(size, zeroed);
  if (block != nullptr && !handles::note_owner(block, entry)) {
    process_block::give(block);
    static_cast<void>(process_heap()->compact(true)); // what the block was made of would stay with the heap
    return nullptr;
  }
  return block;
}

// A copy of `block`, of another size. Without a block: a new one, as of an object without contents.
void* copy_block(const Entry& entry, const void* block, Bytes old_size, Bytes size, bool zeroed) {
  void* copy = take_block(entry, size, false);
  if (copy != nullptr) {
    if (block != nullptr) {
      std::memcpy(copy, block, size < old_size ? size : old_size);
    }
    if (zeroed && size > old_size) {
      std::memset(static_cast<char*>(copy) + old_size, 0, size - old_size);
    }
  }
  return copy;
}

// Between begin_resize and end_resize. The block changes in place, or another one takes its place; that one is
// published before the old one is freed, so that a fork's child never finds a handle without memory.
Status change_block(Entry& entry, std::uint64_t state, Bytes size, bool zeroed, bool moves_locked) {
  for (;;) {
    void* block = entry.block.load(std::memory_order_relaxed);
    Bytes old_size = block != nullptr ? process_block::size_of(block) : 0;
    if (old_size == Heap::kNoSize) {
      return Status::invalid_handle; // freed behind the handle's back
    }
    bool moves = block == nullptr || moves_locked || handles::locks_of(state) == 0;
    // What shrinks to less than half moves if it may: what is left of it is worth more elsewhere.
    bool stays = !moves || (block != nullptr && size >= old_size / 2);
    if (stays) {
      Status status = process_block::resize(block, size, zeroed, Heap::Moving::in_place_only).status;
      if (status == Status::ok || !moves) {
        return status;
      }
    }
    void* place = copy_block(entry, block, old_size, size, zeroed);
    if (place == nullptr) {
      return stays || block == nullptr ? Status::no_memory
                                       : process_block::resize(block, size, zeroed, Heap::Moving::in_place_only).status;
    }
    if (handles::exchange_block(entry, place, state)) {
      if (block != nullptr) {
        process_block::give(block);
      }
      return Status::ok;
    }
    process_block::give(place); // it was locked meanwhile, so the copy may be old
    if ((state & kUsed) == 0) {
      return Status::invalid_handle;
    }
  }
}

} // namespace

void* create(Bytes size, bool zeroed, std::uint64_t attributes) {
  Entry* entry = handles::take();
  if (entry == nullptr) {
    return nullptr;
  }
  void* block = nullptr;
  if (size == 0) {
    attributes |= kDiscarded;
  } else {
    block = take_block(*entry, size, zeroed);
    if (block == nullptr) {
      handles::give(*entry);
      return nullptr;
    }
  }
  handles::publish(*entry, block, attributes);
  return handles::handle_of(*entry);
}

void* adopt(void* block, std::uint64_t attributes) {
  Entry* entry = handles::take();
  if (entry == nullptr) {
    return nullptr;
  }
  if (!handles::note_owner(block, *entry)) {
    handles::give(*entry);
    return nullptr;
  }
  handles::publish(*entry, block, attributes);
  return handles::handle_of(*entry);
}

bool destroy(Entry& entry) {
  std::uint64_t state = handles::retire(entry);
  if ((state & kUsed) == 0) {
    return false;
  }
  void* block = entry.block.load(std::memory_order_relaxed);
  if (block != nullptr && !process_block::give(block)) {
    handles::restore(entry, state);
    return false;
  }
  handles::give(entry);
  return true;
}

Status resize(Entry& entry, Bytes size, bool zeroed, bool moves_locked) {
  std::uint64_t state = handles::begin_resize(entry, holds_heap());
  if ((state & kUsed) == 0) {
    return Status::invalid_handle;
  }
  if ((state & handles::kResizing) != 0) {
    return Status::no_memory; // what the other thread waits for is ours
  }
  Status status = change_block(entry, state, size, zeroed, moves_locked);
  handles::end_resize(entry);
  return status;
}

Status discard(Entry& entry) {
  std::uint64_t state = handles::begin_resize(entry, holds_heap());
  if ((state & kUsed) == 0) {
    return Status::invalid_handle;
  }
  if ((state & handles::kResizing) != 0) {
    return Status::invalid_parameter;
  }
  void* block = entry.block.load(std::memory_order_relaxed);
  bool locked = handles::locks_of(state) != 0 || !handles::exchange_block(entry, nullptr, state);
  handles::end_resize(entry);
  if (locked) {
    return Status::invalid_parameter;
  }
  if (block != nullptr) {
    process_block::give(block);
  }
  return Status::ok;
}

} // namespace winmem::heap::moveable
