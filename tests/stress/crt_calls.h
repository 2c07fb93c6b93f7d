// The exported calls of Microsoft's C library, on the process heap.
#pragma once

#include "check.h"

namespace stress {

void crt_blocks(Random& random);
void crt_aligned_blocks(Random& random);
void crt_whole_heap(Random& random);
void crt_handlers(Random& random);

} // namespace stress
