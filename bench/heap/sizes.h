// Which sizes the workloads ask for, and blocks that were really obtained.
#pragma once

#include "../steps.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace bench {

// A failing allocator would look wonderfully quick, so the first failure ends the program.
template <class Allocator> [[gnu::always_inline]] inline void* obtain(std::size_t size) {
  void* block = Allocator::allocate(size);
  if (__builtin_expect(block == nullptr, 0)) {
    std::fprintf(stderr, "bench: no block of %zu bytes\n", size);
    std::abort();
  }
  return block;
}

// Both ends of the block are written, as a program would.
template <class Allocator> [[gnu::always_inline]] inline void* obtain_and_write(std::size_t size) {
  auto* block = static_cast<unsigned char*>(obtain<Allocator>(size));
  touch(block);
  touch(block + size - 1);
  return block;
}

// Sizes whose logarithms are evenly spread from kSmallest to kLargest bytes: small ones are common, all kinds occur.
// They are drawn ahead, and take 4 KiB, so that a step only reads a number that is near.
template <std::size_t kSmallest, std::size_t kLargest> class LogUniform {
public:
  LogUniform() {
    AnyOrder order(1U << 30);
    double low = std::log2(static_cast<double>(kSmallest));
    double high = std::log2(static_cast<double>(kLargest));
    for (std::uint32_t& size : sizes_) {
      double part = static_cast<double>(order.next()) / static_cast<double>(order.count());
      size = static_cast<std::uint32_t>(std::exp2(low + part * (high - low)));
    }
  }

  std::size_t next() { return sizes_[at_++ % kDrawn]; }

private:
  static constexpr std::size_t kDrawn = 1024;
  std::uint32_t sizes_[kDrawn];
  std::size_t at_ = 0;
};

} // namespace bench
