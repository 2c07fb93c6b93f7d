// Single bits of pages that few pages ever have: a guard that was hit, a lock, a reset, a write.
//
// The runs say what a page is; these say what happened to it since. They stand apart because the fault path sets them
// without a lock and without memory, which no run tree could bear.
//
// Owns:      for each 2 MiB with such a page, one record of four maps of 512 bits, found through a radix tree of two
//            levels over all of user space (locks are for memory of others too). Records are never given back: they
//            stay for the next such page there.
// Lock:      none for bits, which change by atomic operations; bits_lock for making records.
// Holds:     B1  where there is no record, all bits are 0
//            B2  a bit of a region's page changes under the region's lock, but that take_fault() sets `disarmed` on
//                guarded pages, and `written`
// Surprise:  `disarmed` means something on guarded pages only (guards.h). It is not cleared where pages cease to be
//            guarded, but before they become so.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::vm {

enum class PageBit : std::uint8_t { disarmed, locked, reset, written };

namespace page_bits {

// Makes the records for all pages of `range`; the only step here that can lack memory.
[[nodiscard]] bool prepare(AddressRange range);

bool test(PageBit bit, Address page);

// Sets the bit of a page that was prepared. True for exactly one of those who race to set it.
bool set_one(PageBit bit, Address page);

// How many pages got it, or lost it, by this call.
std::uint64_t set(PageBit bit, AddressRange prepared);
std::uint64_t clear(PageBit bit, AddressRange range);
std::uint64_t count(PageBit bit, AddressRange range);

// Where the bit is no longer as it is at the first page of `range`, or the end of `range`.
struct Stretch {
  bool is_set;
  Address end;
};
Stretch stretch(PageBit bit, AddressRange range);

// Calls visit(AddressRange) for each stretch of pages in `range` whose bit is as `value` says.
template <typename Visit> void for_each(PageBit bit, bool value, AddressRange range, Visit visit) {
  while (!range.empty()) {
    Stretch here = stretch(bit, range);
    if (here.is_set == value) {
      visit(AddressRange{range.begin, here.end});
    }
    range.begin = here.end;
  }
}

// Bytes taken for records.
Bytes footprint();

void lock_for_fork();
void unlock_after_fork();

} // namespace page_bits
} // namespace winmem::vm
