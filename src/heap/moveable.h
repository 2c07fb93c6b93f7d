// Moveable objects: blocks of the process heap behind handles that stay the same when the block moves or goes.
//
// Lock:      an entry that is being changed is its changer's (handles.h); the heap's lock comes inside.
// Surprise:  an object of size 0 has no block: it is discarded (G12).
#pragma once

#include "../base/status.h"
#include "handles.h"
#include "heap.h"

namespace winmem::heap::moveable {

// `attributes`: kDiscardable, kShared. nullptr without memory, or when 65,536 handles are in use.
void* create(Bytes size, bool zeroed, std::uint64_t attributes);

// A handle for a live block that has none. nullptr when all are in use, or without memory.
void* adopt(void* block, std::uint64_t attributes);

// Frees block and handle, locked or not (G51). False when it is no handle, or its block was freed behind its back.
bool destroy(Entry& entry);

// Gives the object `size` bytes, more than 0; a discarded one gets a new block. A locked one moves only where
// `moves_locked` (G41).
Status resize(Entry& entry, Bytes size, bool zeroed, bool moves_locked);

// Frees the block and keeps the handle. invalid_parameter while it is locked (G42).
Status discard(Entry& entry);

} // namespace winmem::heap::moveable
