// Blocks that one thread allocates and another frees: everybody puts blocks into the same slots and takes out others'.
#pragma once

#include "check.h"

namespace stress {

// Puts a block into a slot, or none, and takes what was there: looks at all of it, and frees or resizes it. At times
// holds the heap and sees that nothing moves meanwhile, and that a walk finds what lies in the slots.
void exchange_blocks(Random& random);

} // namespace stress
