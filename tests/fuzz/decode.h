// Any bytes as a sequence of operations of the model.
//
// Owns:      decode(). Every byte is a choice from a small table, taken modulo its length: all inputs mean something,
// and
//            one changed byte changes one thing. A seed can therefore be written with letters (corpus/).
#pragma once

#include "operation.h"

#include <cstddef>
#include <cstdint>

namespace fuzz {

// At most so many operations, so that an input takes milliseconds.
inline constexpr std::size_t kMostOperations = 120;

model::Sequence decode(const std::uint8_t* data, std::size_t size);

} // namespace fuzz
