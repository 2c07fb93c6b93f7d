// Pages that VirtualLock keeps in physical memory: winmem's own and others' (a program's stack, its data).
//
// Which pages are locked is a bit of each (page_bits.h); the kernel is told the same by mlock. The bits are the books:
// the kernel's lock of a page goes with a fork, and with the mapping of others.
//
// Lock:      locks_lock, outside any region's lock, for calls that lock and unlock; a page that is decommitted or
//            released loses its lock under its region's lock alone.
// Holds:     L1  the number of locked pages is at most kMostLocked
#pragma once

#include "../base/address.h"

namespace winmem::vm::page_locks {

// What Windows allows by default: a working set of at least 50 pages, of which 8 are kept back (Y50, Y52).
inline constexpr std::uint64_t kMostLocked = 42;

// Around a change that takes pages of `range` away. lift() unlocks them for the kernel; false, with nothing changed,
// when it refuses. Then forget() where they went, or restore() where they stayed.
[[nodiscard]] bool lift(AddressRange range);
void unlock(AddressRange range); // the same for pages that are gone: what the kernel refuses to unlock holds nothing
void forget(AddressRange range);
void restore(AddressRange range);

// The kernel gives a fork's child no lock of its parent's.
void forget_all_in_child();

} // namespace winmem::vm::page_locks
