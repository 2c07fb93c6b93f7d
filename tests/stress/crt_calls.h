// The exported calls of Microsoft's C library, on the process heap.
#pragma once

#include "check.h"

namespace stress {

void crt_blocks(Random& random);
void crt_aligned_blocks(Random& random);
void crt_whole_heap(Random& random);
void crt_handlers(Random& random);
void crt_bytes(Random& random);
void crt_numbers(Random& random);
void crt_base_blocks(Random& random);
void crt_descriptors(Random& random);
void crt_texts(Random& random);

} // namespace stress
