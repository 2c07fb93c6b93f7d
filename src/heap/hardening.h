// What WINMEM_HEAP=hardened adds to a growable heap, so that mistakes are found or do no harm:
//
//   - 16 bytes behind a block, and the last 16 bytes before the next one, have a pattern that is looked at when the
//   block
//     is freed: a write past the end, or before the begin of the next one, ends the process then;
//   - behind each slab, and each larger block, is memory without access: who writes there faults;
//   - a freed block is zero, rests in a quarantine, and must still be zero when it is used again (a larger one, when it
//     has rested): so a read of it finds nothing and a write to it ends the process;
//   - slabs give their blocks out in an order that nobody can tell before;
//   - a region of a large block goes back at once.
//
// Owns:      the quarantine of blocks that go by the heap's lock. Small blocks of the process heap rest in threads'
//            caches (hardened_cache.h).
// Lock:      the heap's. No quick ways, no idle regions, no segments of destroyed heaps.
#pragma once

#include "filling.h"
#include "found.h"

namespace winmem::heap {

// Granules that stay without access behind a span; pages behind a large block.
unsigned guard_granules();
Bytes guard_bytes();

class Hardening {
public:
  // False without memory.
  [[nodiscard]] bool open();
  void close();
  bool is_on() const { return ring_ != nullptr; }

  // How much to take for a block of `size`, so that something can be behind it.
  static Bytes padded(Bytes size) { return size <= kUserEnd ? size + kPad : size; }

  // A block that was just taken, with its pad, is about to have `size` bytes: ends the process if it was written to
  // since it was freed, and fills what is behind it. Whether the block is zero.
  static bool make_ready(const Found& found, Bytes size);

  // Fills what is behind a live block; whether nothing was written there since.
  static void guard(const Found& found, Address block) { guard(block, found.size, watched_room(found)); }
  static bool is_intact(const Found& found, Address block) { return is_intact(block, found.size, watched_room(found)); }

  // A block that is about to shrink to `size` where it is: what it leaves is as if it had never been used.
  static void clear_behind(const Found& found, Address block, Bytes size);

  // The three by what is known of a block.
  static void must_be_unused(Address block, Bytes size) {
    if (!holds(block, size, 0)) [[unlikely]] {
      stop_for_use(block);
    }
  }
  // Right behind the end, and where the room ends: whoever writes past the one or before the next block comes by there.
  static void guard(Address block, Bytes size, Bytes room) {
    if (room - size >= kWatched) [[likely]] {
      fill(block + size, kWatched, kPattern);
      fill(block + room - kWatched, kWatched, kPattern);
    } else {
      fill(block + size, room - size, kPattern);
    }
  }
  static bool is_intact(Address block, Bytes size, Bytes room) {
    return room - size >= kWatched
               ? holds(block + size, kWatched, kPattern) && holds(block + room - kWatched, kWatched, kPattern)
               : holds(block + size, room - size, kPattern);
  }

  // A block that is freed rests. `give` takes those that have rested longest, when there are too many.
  template <typename Give> void rest(const Found& found, Give give) {
    while (count_ == kMost || (count_ != 0 && bytes_ + found.room > kMostBytes)) {
      give(leave());
    }
    enter(found);
  }

  // Nothing rests any more.
  template <typename Give> void end_rest(Give give) {
    while (count_ != 0) {
      give(leave());
    }
  }

private:
  static constexpr unsigned kMost = 256; // blocks at rest, and bytes
  static constexpr Bytes kMostBytes = Bytes{512} << 10;
  static constexpr Bytes kPad = 16;
  static constexpr char kPattern = static_cast<char>(0xAB);

  static constexpr Bytes kWatched = 16; // at each of both places

  // Memory of others begins behind the room of slabs' blocks only.
  static Bytes watched_room(const Found& found) {
    bool is_all = found.span->kind == SpanKind::slab || found.room - found.size < kWatched;
    return is_all ? found.room : found.size + kWatched;
  }

  [[noreturn]] static void stop_for_use(Address block);
  void enter(const Found& found);
  Found leave();

  Found* ring_ = nullptr;
  unsigned first_ = 0;
  unsigned count_ = 0;
  Bytes bytes_ = 0;
};

} // namespace winmem::heap
