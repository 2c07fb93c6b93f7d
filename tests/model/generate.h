// RapidCheck generators of operations and sequences.
//
// Owns:      what is tried how often. Places and sizes crowd around the borders where an implementation changes its
// way:
//            pages, granules of 64 KiB, chunks of 2 MiB, and the ends of allocations.
// Shrinks:   each operation's numbers towards the simplest of their range. Leaving out operations is model_test's part.
#pragma once

#include "operation.h"

#include <rapidcheck.h>

namespace model {

using ShrinkableOperation = rc::Shrinkable<Operation>;

// One operation, with what it could be made simpler to.
ShrinkableOperation any_operation(const rc::Random& random);

} // namespace model
