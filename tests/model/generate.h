// RapidCheck generators of operations and sequences.
//
// Owns:      what is tried how often. Places and sizes crowd around the borders where an implementation changes its
// way:
//            pages, granules of 64 KiB, chunks of 2 MiB, and the ends of allocations.
// Shrinks:   a sequence by leaving out operations, then by making the numbers of each smaller.
#pragma once

#include "operation.h"

#include <rapidcheck.h>

namespace model {

rc::Gen<Operation> any_operation();

// A sequence of exactly `length` operations for each of `threads` threads.
rc::Gen<Sequences> any_sequences(std::size_t threads, std::size_t length);

} // namespace model
