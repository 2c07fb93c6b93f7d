// What measured operations of every suite use, and nothing of Windows'.
//
// An operation is a class: its constructor makes what it works on, operator() is measured, its destructor gives
// everything back. One call is one step, unless it says otherwise by a constant kSteps.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

// No compiler can drop this access.
inline void touch(void* address) { *static_cast<volatile unsigned char*>(address) = 1; }

// Numbers below `count` in an order without locality (a xorshift generator), the same for every side of a comparison.
class AnyOrder {
public:
  explicit AnyOrder(std::size_t count) : count_(count) {}

  std::size_t count() const { return count_; }

  std::size_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>((state_ >> 32) * count_ >> 32);
  }

private:
  std::uint64_t count_;
  std::uint64_t state_ = 0x9E3779B97F4A7C15;
};

template <class Operation> constexpr std::size_t steps_of() {
  if constexpr (requires { Operation::kSteps; })
    return Operation::kSteps;
  else
    return 1;
}

} // namespace bench
