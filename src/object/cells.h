// Memory for objects of one kind: fixed-size cells, taken from the kernel in blocks and never given back.
//
// Owns:      the free cells. What was an object's memory only ever becomes an object of the same kind again, so that a
//            look-up may touch the counts of an object that has just ended (object.h, O3).
// Lock:      cells_lock, one for all kinds: a leaf, held for a few instructions, and over the system call when a block
//            is needed. Fork takes it.
// Surprise:  the first word of a free cell stays 0: it is where an object's counts are.
#pragma once

#include "../base/address.h"

#include <atomic>

namespace winmem::object {

struct FreeCell {
  std::uint64_t counts;
  FreeCell* next;
};

class Cells {
public:
  // Whole multiples of 16 bytes, at most kBlock.
  explicit constexpr Cells(Bytes object_size) : size_((object_size + 15) / 16 * 16) {}

  // nullptr when the kernel has no memory. All but the first word is what the last object left.
  void* take();
  // The object's destructor, if it has one, was called; its counts are 0.
  void give(void* cell);

private:
  static constexpr Bytes kBlock = 0x10000;

  const Bytes size_;
  FreeCell* free_ = nullptr;
  Address fresh_ = 0;
  Address fresh_end_ = 0;
};

// Memory for this room's tables, handles included. nullptr when the kernel has none.
void* take_block(Bytes size);
// Bytes taken so far.
Bytes footprint();

void lock_cells_for_fork();
void unlock_cells_after_fork();

} // namespace winmem::object
