// Sizes of small blocks: each request is served by the smallest class that holds it.
//
// Sixteen bytes apart up to 128, then four classes to each doubling, so at most a fifth of a block is slack. All are
// multiples of 16, and slabs begin at granules, so every block is 16-aligned (H30) and not all are 32-aligned (C41).
#pragma once

#include "../base/address.h"

#include <array>
#include <bit>
#include <cstdint>

namespace winmem::heap {

inline constexpr Bytes kAlignment = 16;
inline constexpr unsigned kClasses = 39;

// Most sizes are small, and a load is faster than the computation.
inline constexpr Bytes kTabulated = 1024;

namespace detail {

inline constexpr unsigned kLinear = 8; // classes of 16 to 128 bytes

constexpr Bytes size_of(unsigned size_class) {
  if (size_class < kLinear) {
    return (Bytes{size_class} + 1) * kAlignment;
  }
  unsigned step = size_class - kLinear;
  Bytes base = Bytes{128} << (step / 4);
  return base + base / 4 * (step % 4 + 1);
}

} // namespace detail

constexpr Bytes block_size(unsigned size_class) { return detail::size_of(size_class); }

inline constexpr Bytes kLargestSmall = detail::size_of(kClasses - 1);

namespace detail {

constexpr unsigned computed_class(Bytes size) {
  if (size <= 128) {
    return static_cast<unsigned>((size + (size == 0) - 1) / kAlignment);
  }
  auto doubling = static_cast<unsigned>(std::bit_width(size - 1)) - 8; // 129 to 256: 0
  auto quarter = static_cast<unsigned>((size - 1) >> (doubling + 5)) & 3U;
  return kLinear + doubling * 4 + quarter;
}

// By sixteenths.
inline constexpr auto kTable = [] {
  std::array<std::uint8_t, kTabulated / kAlignment + 1> table{};
  for (unsigned i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::uint8_t>(computed_class(i * kAlignment));
  }
  return table;
}();

} // namespace detail

constexpr unsigned tabulated_class(Bytes size) { return detail::kTable[(size + kAlignment - 1) / kAlignment]; }

// `size` is at most kLargestSmall; zero needs a block too (H32).
constexpr unsigned size_class(Bytes size) {
  if (size <= kTabulated) [[likely]] {
    return tabulated_class(size);
  }
  return detail::computed_class(size);
}

// Larger blocks have whole granules for themselves, and a class for each number of them. Blocks above the last one have
// a region of their own (H40).
inline constexpr unsigned kMostGranules = 16;
inline constexpr unsigned kCachedClasses = kClasses + kMostGranules;
inline constexpr Bytes kLargestSingle = kMostGranules * kGranule;

// `size` is above kLargestSmall, and at most kLargestSingle.
constexpr unsigned single_class(Bytes size) { return kClasses + static_cast<unsigned>((size - 1) / kGranule); }

// Of every class, bytes.
constexpr Bytes cached_size(unsigned cached_class) {
  return cached_class < kClasses ? block_size(cached_class) : (Bytes{cached_class} - kClasses + 1) * kGranule;
}

// The smallest class that holds `size` bytes and whose blocks all begin at multiples of `alignment`, a power of two:
// they do where its blocks are a multiple long, as slabs begin at granules. kClasses when there is none.
constexpr unsigned aligned_size_class(Bytes size, Bytes alignment) {
  Bytes least = size < alignment ? alignment : size;
  unsigned each = least <= kLargestSmall ? size_class(least) : kClasses;
  while (each < kClasses && block_size(each) % alignment != 0) {
    ++each;
  }
  return each;
}

static_assert(kLargestSmall == 28672, "slack, which may be all of it, must fit into a cell's 15 bits");
static_assert(size_class(0) == 0 && size_class(16) == 0 && size_class(17) == 1 && size_class(128) == 7);
static_assert(size_class(129) == 8 && size_class(160) == 8 && size_class(161) == 9 && size_class(256) == 11);
static_assert(block_size(aligned_size_class(129, 64)) == 192 && block_size(aligned_size_class(0, 4096)) == 4096);
static_assert(aligned_size_class(20000, 8192) != kClasses && aligned_size_class(16385, 16384) == kClasses);
static_assert(size_class(kLargestSmall) == kClasses - 1 && block_size(size_class(24577)) == kLargestSmall);

} // namespace winmem::heap
