// The blocks of a heap with a maximum size: one region, cut into blocks that join again when they are freed (H14, H15).
//
// The region is divided into units; a table apart from it has a word for each. A block's first word says how many units
// it has, whether it is live, and whether the block before it is free. The following words of a block are its own: what
// was requested for a live one; its neighbours in the list of its size for a free one, and in the last word its length,
// which the block behind it finds it by.
//
// Lock:      the heap's. Each call does all or nothing.
#pragma once

#include "found.h"

#include "../vm/page_state.h"

#include <cstdint>

namespace winmem::heap {

class FixedStore {
public:
  // Reserves `size` (whole pages) and commits the first `initial` bytes. The handle, or 0 without memory.
  Address open(Heap& heap, Bytes size, Bytes initial, vm::PageState state);
  void close();

  void* take(Bytes size);
  void give(const Found& found);
  Found find(const Heap& heap, Address at) const;
  bool resize(const Found& found, Bytes size);

  // The largest free block.
  Bytes largest_free() const;

  Bytes live_bytes() const; // as requested

  bool is_sound() const;

  AddressRange region() const { return region_; }
  Address committed_end() const { return committed_end_; }

  struct Block {
    AddressRange range;
    bool live;
    Bytes requested;
  };
  // The blocks in order of address. The range is empty where no block can begin.
  Address first_block() const { return begin_; }
  Block block_at(Address at) const;
  Address blocks_end() const { return begin_ + Address{units_} * unit_; }

private:
  using Unit = std::uint32_t;

  Unit length(Unit first) const { return table_[first] & kLengthBits; }
  bool is_live(Unit first) const { return (table_[first] & kLive) != 0; }
  Address address_of(Unit unit) const { return begin_ + Address{unit} * unit_; }
  Unit units_for(Bytes size) const;
  // Where a block of `units` ends at most: what is behind may be too little for another, and is its own then.
  Address reach(Unit first, Unit units) const {
    return address_of(first + units + kSmallest < units_ ? first + units + kSmallest : units_);
  }
  void make_free(Unit first, Unit units);
  void make_live(Unit first, Unit units, Bytes size);
  void unlink(Unit first);
  Unit find_free(Unit units) const;
  bool commit_to(Address end);
  void free_tail(Unit first, Unit keep);

  static constexpr Unit kLive = 0x80000000;
  static constexpr Unit kAfterFree = 0x40000000;
  static constexpr Unit kLengthBits = 0x3FFFFFFF;
  static constexpr Unit kNone = 0x3FFFFFFF;
  static constexpr Unit kSmallest = 4; // units of a block: so many words does a free one need
  static constexpr unsigned kLists = 30;

  AddressRange region_{};
  Address begin_ = 0;
  Address committed_end_ = 0;
  Bytes unit_ = 16;
  Unit units_ = 0;
  Unit* table_ = nullptr;
  Bytes table_size_ = 0;
  Span* span_ = nullptr;
  vm::PageState state_ = vm::PageState::read_write;
  Unit lists_[kLists] = {}; // first free block of 2^n to 2^(n+1) - 1 units
};

} // namespace winmem::heap
