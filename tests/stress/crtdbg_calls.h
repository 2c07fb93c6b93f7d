// The exported calls of the debug heap.
#pragma once

#include "check.h"

namespace stress {

void debug_blocks(Random& random);
void debug_aligned_blocks(Random& random);
void debug_states(Random& random);
void debug_settings(Random& random);
void debug_reports(Random& random);

} // namespace stress
