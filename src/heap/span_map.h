// Address -> span, for every granule that a heap uses.
//
// Owns:      a table in two levels: 4 GiB to an entry of the first, a granule to one of the second.
// Lock:      table_lock, for new second levels. Entries are written under their heap's lock and read without any.
// Cost:      two dependent loads. Never faults, whatever the address.
#pragma once

#include "span.h"

#include <atomic>
#include <bit>

namespace winmem::heap::span_map {

namespace detail {

inline constexpr unsigned kLeafBits = 16; // granules to a leaf
inline constexpr Address kLeafReach = Address{kGranule} << kLeafBits;
inline constexpr Address kLeaves = (kUserEnd + kLeafReach - 1) / kLeafReach;

using Leaf = std::atomic<Span*>;
extern std::atomic<Leaf*> leaves[kLeaves];

} // namespace detail

// For addresses in user space: the span that has the granule of `at`; nullptr when no heap has it. Of any other address
// it gives some span, in which the address does not lie.
inline Span* find_in_user_space(Address at) {
  static_assert(std::has_single_bit(detail::kLeaves));
  detail::Leaf* leaf = detail::leaves[at / detail::kLeafReach % detail::kLeaves].load(std::memory_order_acquire);
  if (leaf == nullptr) {
    return nullptr;
  }
  return leaf[at % detail::kLeafReach / kGranule].load(std::memory_order_acquire);
}

// The same for any address; nullptr outside of user space.
inline Span* find(Address at) { return at < kUserEnd ? find_in_user_space(at) : nullptr; }

// Makes room in the table for the granules of `range`. False without memory.
[[nodiscard]] bool prepare(AddressRange range);

// All granules of `range`, which was prepared, belong to `span` (nullptr: to none).
void set(AddressRange range, Span* span);

void lock_for_fork();
void unlock_after_fork();

} // namespace winmem::heap::span_map
