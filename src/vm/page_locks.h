// Pages that VirtualLock keeps in physical memory: winmem's own and others' (a program's stack, its data).
//
// Which pages are locked is a bit of each (page_bits.h); the kernel is told the same by mlock. The bits are the books:
// the kernel's lock of a page goes with a fork, and with the mapping of others.
//
// Lock:      locks_lock, outside any region's lock, for calls that lock and unlock; a page that is decommitted or
//            released loses its lock under its region's lock alone.
// Holds:     L1  a call leaves at most most_locked() pages locked
#pragma once

#include "../base/address.h"

namespace winmem::vm::page_locks {

// What Windows allows: the least size of the working set, of which 8 pages are kept back (Y52); 42 by default (Y50).
std::uint64_t most_locked();

// Around a change that takes pages of `range` away. lift() unlocks them for the kernel; false, with nothing changed,
// when it refuses. Then forget() where they went, or restore() where they stayed.
[[nodiscard]] bool lift(AddressRange range);
void unlock(AddressRange range); // the same for pages that are gone: what the kernel refuses to unlock holds nothing
void forget(AddressRange range);
void restore(AddressRange range);

// The kernel gives a fork's child no lock of its parent's.
void forget_all_in_child();

} // namespace winmem::vm::page_locks
