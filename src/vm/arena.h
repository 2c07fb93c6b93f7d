// The arena: the one large PROT_NONE range in which regions are placed.
//
// Owns:      its address and size, and whether the kernel has guard markers.
// Set:       once, by the first of ensure()'s callers: normally the constructor in arena.cpp, before main; earlier when
//            another constructor calls in first. Fixed after that.
// Size:      32 TiB, halved until the kernel agrees (K20, K24), at most half of what RLIMIT_AS leaves (K22), or what
//            WINMEM_ARENA says (bytes, or with K, M, G, T).
// Surprise:  with no arena at all everything works still, each region in a mapping of its own.
#pragma once

#include "../base/address.h"

namespace winmem::vm::arena {

// Obtains the arena if that has not happened yet. Takes space_lock.
void ensure();

// Empty when there is none. Only after ensure().
AddressRange range();

// Whether pages are kept inaccessible by guard markers; else by protections. Only after ensure().
bool has_guards();

// The addresses that are kept for views: nothing is mapped there until a view is, since inside of an inaccessible
// mapping each view would be dearer by half. They lie below the arena, with room between for what the kernel places
// there itself; others may map there, too. Empty when there are none. Only after ensure().
AddressRange view_window();

} // namespace winmem::vm::arena
