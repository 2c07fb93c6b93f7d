// A span: neighbouring granules of a heap with one use, and its record.
//
// Records lie apart from the blocks, so what a program writes past a block's end never reaches them.
//
// Slabs hold blocks of one class. Each block has a cell of 16 bits: while the block is live, a flag and the slack, that
// is the class's size less what was asked for; while it is free, the number of the next free block. So the exact size
// costs two bytes a block, and a second free of a block is seen at once.
#pragma once

#include "../vm/pool.h"
#include "size_class.h"

#include <cstdint>

namespace winmem::heap {

class Heap;
struct Segment;

enum class SpanKind : std::uint8_t {
  header, // the granule whose address is the heap's handle; nothing is in it
  slab,   // blocks of one class
  single, // one block that is too large for a class
  large,  // one block in a region of its own
};

struct Span : vm::Pooled {
  Heap* heap;
  Address begin; // of the first block
  Span* next;    // in the list that its owner keeps it in
  Span* previous;
  Segment* segment; // whose granules these are; none for a large one
  SpanKind kind;

  // Slabs.
  std::uint8_t size_class;
  std::uint16_t count; // of blocks
  std::uint16_t used;  // live ones
  std::uint16_t fresh; // from this block on none was ever used, and cells mean nothing
  std::uint16_t free;  // the first free block below `fresh`, or kNoBlock
  std::uint32_t block; // bytes
  std::uint64_t reciprocal;
  std::uint16_t* cells;

  // Singles and large ones.
  Bytes requested;
  Bytes room;          // how far the block can grow in place
  AddressRange region; // large ones: the whole region
};

inline constexpr std::uint16_t kLive = 0x8000;
inline constexpr std::uint16_t kNoBlock = 0x7FFF;
inline constexpr unsigned kReciprocalBits = 40;

constexpr std::uint64_t reciprocal_of(std::uint64_t block) {
  return ((std::uint64_t{1} << kReciprocalBits) + block - 1) / block;
}

// The number of the block in which `at` lies, which is in the slab; kNoBlock behind the last one.
inline std::uint16_t block_around(const Span& slab, Address at) {
  Address offset = at - slab.begin; // below 2^19, so the product is exact enough and fits
  std::uint64_t number = (offset * slab.reciprocal) >> kReciprocalBits;
  return number < slab.count ? static_cast<std::uint16_t>(number) : kNoBlock;
}

// The number of the block that begins at `at`, which lies in the slab; kNoBlock when none does.
inline std::uint16_t block_at(const Span& slab, Address at) {
  std::uint16_t number = block_around(slab, at);
  return number != kNoBlock && slab.begin + Address{number} * slab.block == at ? number : kNoBlock;
}

inline Address address_of(const Span& slab, std::uint16_t number) { return slab.begin + Address{number} * slab.block; }

inline bool is_live(const Span& slab, std::uint16_t number) {
  return number < slab.fresh && (slab.cells[number] & kLive) != 0;
}

inline Bytes slack_of(const Span& slab, std::uint16_t number) {
  return static_cast<Bytes>(slab.cells[number] & ~kLive & 0xFFFF);
}

inline bool is_full(const Span& slab) { return slab.used == slab.count; }

// A free block of a slab that is not full becomes live.
inline std::uint16_t take_block(Span& slab, Bytes size) {
  std::uint16_t number = slab.free;
  if (number != kNoBlock) {
    slab.free = slab.cells[number];
  } else {
    number = slab.fresh++;
  }
  slab.cells[number] = static_cast<std::uint16_t>(kLive | (slab.block - size));
  ++slab.used;
  return number;
}

// A live block becomes free.
inline void give_block(Span& slab, std::uint16_t number) {
  slab.cells[number] = slab.free;
  slab.free = number;
  --slab.used;
}

} // namespace winmem::heap
