// Slots for objects without a name, in memory that a fork's child shares with its parent, as it shares the handles.
//
// Owns:      the free slots of this process.
// Lock:      slots_lock, a leaf; fork takes it.
// Holds:     P1  a slot that there was at a fork is never used again: nobody knows when the other process is done with
// it.
//            P2  a process takes slots only from blocks that it mapped itself: a fork's child begins with none.
//            P3  memory of slots stays mapped until the process ends (host/robust_list.h, R2).
#pragma once

#include "../base/address.h"
#include "slot.h"

namespace winmem::sync {

// A slot that is all zero. nullptr when the kernel has no memory.
Slot* take_slot();

// How often this process and its ancestors forked before now. Whoever has a slot from another time shares it.
std::uint32_t fork_count();

// `taken_at` is the fork_count() when it was taken.
void give_slot(Slot& slot, std::uint32_t taken_at);

// Bytes taken so far.
Bytes footprint();

// The slot that is the bell (bell.h). nullptr when the kernel has no memory.
Slot* bell_slot();

} // namespace winmem::sync
