// Addresses, page arithmetic and half-open address ranges.
//
// Owns:  the units of the Windows address space and every rounding that winmem does. All overflow arithmetic on
//        addresses is here: an AddressRange cannot wrap, since its makers refuse what would.
// Used:  by every room. Nothing here knows the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace winmem {

using Address = std::uintptr_t;
using Bytes = std::size_t;

inline constexpr Bytes kPage = 0x1000;
inline constexpr Bytes kGranule = 0x10000; // Windows' allocation granularity
inline constexpr Bytes kChunk = 0x200000;  // the unit in which the arena is opened; one x86-64 page table's reach

inline constexpr Address kLowestUser = 0x10000;
inline constexpr Address kUserEnd = 0x7FFFFFFF0000; // one past lpMaximumApplicationAddress

constexpr Address round_down(Address value, Bytes unit) { return value & ~(Address{unit} - 1); }

// The caller knows that value + unit - 1 does not wrap: values here are at most kUserEnd.
constexpr Address round_up(Address value, Bytes unit) { return round_down(value + unit - 1, unit); }

constexpr bool is_multiple(Address value, Bytes unit) { return (value & (unit - 1)) == 0; }

constexpr Bytes pages_to_bytes(std::uint64_t pages) { return pages * kPage; }
constexpr std::uint64_t bytes_to_pages(Bytes bytes) { return bytes / kPage; }

struct AddressRange {
  Address begin = 0;
  Address end = 0; // exclusive

  constexpr Bytes size() const { return end - begin; }
  constexpr bool empty() const { return begin >= end; }
  constexpr bool contains(Address at) const { return at >= begin && at < end; }
  constexpr bool contains(AddressRange other) const { return other.begin >= begin && other.end <= end; }
  constexpr bool overlaps(AddressRange other) const { return begin < other.end && other.begin < end; }
  constexpr AddressRange intersect(AddressRange other) const {
    AddressRange both{begin > other.begin ? begin : other.begin, end < other.end ? end : other.end};
    return both.empty() ? AddressRange{both.begin, both.begin} : both;
  }
  constexpr AddressRange round_out(Bytes unit) const { return {round_down(begin, unit), round_up(end, unit)}; }
  // The whole units inside; empty when there is none.
  constexpr AddressRange round_in(Bytes unit) const {
    AddressRange inner{round_up(begin, unit), round_down(end, unit)};
    return inner.empty() ? AddressRange{inner.begin, inner.begin} : inner;
  }
  constexpr bool operator==(const AddressRange&) const = default;
};

inline constexpr AddressRange kUserSpace{0, kUserEnd};

} // namespace winmem
