// A span: neighbouring granules of a heap with one use, and its record.
//
// Records lie apart from the blocks, so what a program writes past a block's end never reaches them.
//
// Slabs hold blocks of one class. Each block has a cell of 16 bits: while the block is live, a flag and the slack, that
// is the class's size less what was asked for; while it is free, the number of the next free block; while a thread's
// cache has it, kCached. So the exact size costs two bytes a block, and a second free of a block is seen at once.
//
// Cells of blocks that were never used are zero: whoever returns a table of cells leaves no live one in it.
#pragma once

#include "../vm/pool.h"
#include "size_class.h"

#include <atomic>
#include <cstdint>

namespace winmem::heap {

class Heap;
struct Segment;

enum class SpanKind : std::uint8_t {
  header, // the granule whose address is the heap's handle; nothing is in it
  slab,   // blocks of one class
  single, // one block that is too large for a class
  large,  // one block in a region of its own
  idle,   // a single or large one without a block, kept for the next one
};

// Threads change the cells of their blocks without a lock, and others may look at them meanwhile.
using Cell = std::atomic<std::uint16_t>;

inline constexpr std::size_t kCacheLine = 64;
inline constexpr std::uint8_t kNotCached = kCachedClasses;

struct alignas(kCacheLine) Span : vm::Pooled {
  // One line has all that a thread needs to know of a block that it frees.
  Heap* heap;
  Address begin; // of the first block
  Cell* cells;
  std::uint64_t reciprocal = 1; // of `block`, by 2^64, in slabs (block_of)
  std::uint32_t block;          // bytes
  std::uint16_t count;          // of blocks
  std::uint8_t size_class;
  std::uint8_t cached_class = kNotCached; // where threads' caches take the blocks: the same
  SpanKind kind;

  // Slabs.
  bool held;           // by a thread's cache, which takes new blocks from it; then it is in no list
  std::uint16_t used;  // live and cached ones
  std::uint16_t fresh; // from this block on none was ever used
  std::uint16_t free;  // the first free block below `fresh`, or kNoBlock

  // All but slabs: their only one. That of a single is live without slack, as that may be more than a cell can say.
  Cell own_cell;

  Span* next; // in the list that its owner keeps it in
  Span* previous;
  Segment* segment; // whose granules these are; none for a large one

  // Singles and large ones.
  std::atomic<Bytes> requested;
  Bytes room;          // committed from `begin` on
  AddressRange region; // large ones: the whole region
  Address growth_end;  // large ones: how far the block may grow in place
  bool was_idle;       // at the last tick (Decay)

  // Singles and large ones of RtlAllocateHeap with user flags (user_info.cpp).
  void* user_value;
  std::uint16_t user_flags; // none: the block has no value either

  // A number for each block, made when the first of them gets a moveable handle (handles.h).
  std::atomic<std::atomic<std::uint16_t>*> owners;
};

// A single or large one, by its cell, which is in its first line.
inline Span& span_of_own_cell(Cell& cell) {
  return *reinterpret_cast<Span*>(round_down(reinterpret_cast<Address>(&cell), kCacheLine));
}

inline void set_requested(Span& span, Bytes size) { span.requested.store(size, std::memory_order_relaxed); }
inline Bytes requested_of(const Span& span) { return span.requested.load(std::memory_order_relaxed); }

// The granules of a single. Its block begins a bit behind the first one's start (place_single).
inline AddressRange range_of_single(const Span& single) {
  return {round_down(single.begin, kGranule), single.begin + single.room};
}

// A block of `size` bytes, which fits, is placed in the single's granules. If each began with its granule, the first
// lines of all would compete for the same few places of the processor's caches.
inline void place_single(Span& single, AddressRange range, Bytes size, bool aligned) {
  constexpr Bytes kLines = kPage / kCacheLine;
  Bytes most = round_down(range.size() - size, kCacheLine);
  Bytes offset = range.begin / kGranule % kLines * kCacheLine;
  offset = aligned ? 0 : offset < most ? offset : most;
  single.begin = range.begin + offset;
  single.room = range.size() - offset;
  single.block = static_cast<std::uint32_t>(single.room);
  set_requested(single, size);
}

inline unsigned places_for_owners(const Span& span) { return span.kind == SpanKind::slab ? span.count : 1; }

inline constexpr std::uint16_t kLive = 0x8000;
inline constexpr std::uint16_t kNoBlock = 0x7FFF;
inline constexpr std::uint16_t kCached = 0x7FFE;

// Rounded up; `block` is above 1.
constexpr std::uint64_t reciprocal_of(std::uint64_t block) { return ~std::uint64_t{0} / block + 1; }

struct Spot {
  std::uint64_t number;    // of the block; at least `count` behind the last one
  std::uint64_t remainder; // of the offset within it: below the slab's reciprocal only at the block's begin
};

// Where `at` lies in a slab that has it: one multiplication, exact for offsets and blocks below 2^32 (D. Lemire et al.,
// "Faster remainder by direct computation", 2019). In any other span, whose reciprocal is 1: block 0 if it begins
// there.
inline Spot spot_of(const Span& slab, Address at) {
  __extension__ using Product = unsigned __int128;
  Product product = Product{at - slab.begin} * slab.reciprocal;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

inline std::uint64_t number_around(const Span& slab, Address at) { return spot_of(slab, at).number; }

// The number of the block in which `at` lies, which is in the slab; kNoBlock behind the last one.
inline std::uint16_t block_around(const Span& slab, Address at) {
  std::uint64_t number = number_around(slab, at);
  return number < slab.count ? static_cast<std::uint16_t>(number) : kNoBlock;
}

// The number of the block that begins at `at`, which lies in the slab; kNoBlock when none does.
inline std::uint16_t block_at(const Span& slab, Address at) {
  std::uint16_t number = block_around(slab, at);
  return number != kNoBlock && slab.begin + Address{number} * slab.block == at ? number : kNoBlock;
}

inline Address address_of(const Span& slab, std::uint16_t number) { return slab.begin + Address{number} * slab.block; }

inline std::uint16_t cell_of(const Span& slab, std::uint16_t number) {
  return slab.cells[number].load(std::memory_order_relaxed);
}

inline void set_cell(const Span& slab, std::uint16_t number, std::uint16_t value) {
  slab.cells[number].store(value, std::memory_order_relaxed);
}

constexpr bool is_live(std::uint16_t cell) { return (cell & kLive) != 0; }
constexpr Bytes slack_of(std::uint16_t cell) { return static_cast<Bytes>(cell & ~kLive & 0xFFFF); }
constexpr std::uint16_t live_cell(Bytes slack) { return static_cast<std::uint16_t>(kLive | slack); }

// Of a live block of a slab or a single, by its cell.
inline Bytes requested_of(const Span& span, std::uint16_t cell) {
  return span.kind == SpanKind::slab ? span.block - slack_of(cell) : requested_of(span);
}

inline bool is_live(const Span& slab, std::uint16_t number) { return is_live(cell_of(slab, number)); }

inline bool is_live_single(const Span& single) { return is_live(single.own_cell.load(std::memory_order_relaxed)); }

inline bool is_full(const Span& slab) { return slab.used == slab.count; }

// A free block of a slab that is not full gets another cell.
inline std::uint16_t take_block(Span& slab, std::uint16_t cell) {
  std::uint16_t number = slab.free;
  if (number != kNoBlock) {
    slab.free = cell_of(slab, number);
  } else {
    number = slab.fresh++;
  }
  set_cell(slab, number, cell);
  ++slab.used;
  return number;
}

// All blocks of a new slab become free, to be taken in an order that follows from the seed: a permutation with one
// cycle (Sattolo's algorithm), which is cut.
inline void free_in_any_order(Span& slab, std::uint64_t seed) {
  slab.fresh = slab.count;
  for (std::uint16_t number = 0; number < slab.count; ++number) {
    set_cell(slab, number, number);
  }
  for (auto last = static_cast<std::uint16_t>(slab.count - 1); last > 0; --last) {
    seed ^= seed << 13; // xorshift
    seed ^= seed >> 7;
    seed ^= seed << 17;
    auto other = static_cast<std::uint16_t>(seed % last);
    std::uint16_t kept = cell_of(slab, other);
    set_cell(slab, other, cell_of(slab, last));
    set_cell(slab, last, kept);
  }
  slab.free = cell_of(slab, 0);
  set_cell(slab, 0, kNoBlock);
}

// A live or cached block becomes free.
inline void give_block(Span& slab, std::uint16_t number) {
  set_cell(slab, number, slab.free);
  slab.free = number;
  --slab.used;
}

} // namespace winmem::heap
