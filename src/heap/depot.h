// Free blocks of the process heap on their way from one thread's cache to the next, by classes.
//
// A thread that frees more than it keeps leaves them here, and one that runs out finds them: whole batches, without a
// look at any block's slab; its own sooner than those of others. What nobody took for a while goes back to the slabs.
//
// Lock:      that of the process heap.
#pragma once

#include "thread_cache.h"

namespace winmem::heap::depot {

// How many blocks came, up to `most`.
unsigned take(unsigned size_class, CachedBlock* out, unsigned most);

// How many of the blocks there was room for; the last ones.
unsigned give(unsigned size_class, const CachedBlock* blocks, unsigned count);

// What has lain here since the last tick goes back (Decay).
void tick(GrowableStore& store);

void flush(GrowableStore& store);

} // namespace winmem::heap::depot
