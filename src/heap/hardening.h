// What WINMEM_HEAP=hardened adds to a growable heap, so that mistakes are found or do no harm:
//
//   - a block has at least 16 bytes behind it, a page behind large ones, all filled with a pattern that is looked at
//   when it
//     is freed: a write past the end, or before the begin of the next one, ends the process then;
//   - a freed block is zero, rests in a quarantine, and must still be zero when it leaves that and when it is used
//   again: so
//     a read of it finds nothing and a write to it ends the process;
//   - slabs give their blocks out in an order that nobody can tell before;
//   - a region of a large block goes back at once, and the page behind it is not accessible.
//
// Lock:      the heap's. No caches of threads, no idle regions, no segments of destroyed heaps.
#pragma once

#include "found.h"

namespace winmem::heap {

class Hardening {
public:
  // False without memory.
  [[nodiscard]] bool open();
  void close();
  bool is_on() const { return ring_ != nullptr; }

  // How much to take for a block of `size`.
  static Bytes padded(Bytes size);

  // A block that was just taken, with its pad: ends the process if it was written to since it was freed.
  static void must_be_unused(const Found& found, Address block);

  // Fills what is behind a live block; whether nothing was written there since.
  static void guard(const Found& found, Address block);
  static bool is_intact(const Found& found, Address block);

  // A block that is about to shrink to `size` where it is: what it leaves is as if it had never been used.
  static void clear_behind(const Found& found, Address block, Bytes size);

  // A block that is freed rests. `give` takes those that have rested longest, when there are too many.
  template <typename Give> void rest(const Found& found, Give give) {
    while (count_ == kMost || (count_ != 0 && bytes_ + found.room > kMostBytes)) {
      give(leave());
    }
    enter(found);
  }

  static constexpr unsigned kMost = 256; // blocks at rest, and bytes

private:
  static constexpr Bytes kMostBytes = Bytes{4} << 20;

  void enter(const Found& found);
  Found leave();

  Found* ring_ = nullptr;
  unsigned first_ = 0;
  unsigned count_ = 0;
  Bytes bytes_ = 0;
};

} // namespace winmem::heap
