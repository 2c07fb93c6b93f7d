// The exported calls about heaps: one heap for all threads, and one of each call's own.
#pragma once

#include "check.h"

namespace stress {

void process_heap_blocks(Random& random);
void own_heap(Random& random);
void heap_information(Random& random);
void global_objects(Random& random);
void local_objects(Random& random);
void obsolete_calls(Random& random);
void com_memory(Random& random);
void native_heap(Random& random);

} // namespace stress
