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

// The span that has the granule of `at`, any address; nullptr when no heap has it.
inline Span* find(Address at) {
  Address leaf_at = at / detail::kLeafReach;
  if (leaf_at >= detail::kLeaves) [[unlikely]] {
    return nullptr;
  }
  detail::Leaf* leaf = detail::leaves[leaf_at].load(std::memory_order_acquire);
  if (leaf == nullptr) [[unlikely]] {
    return nullptr;
  }
  return leaf[at % detail::kLeafReach / kGranule].load(std::memory_order_acquire);
}

// Makes room in the table for the granules of `range`. False without memory.
[[nodiscard]] bool prepare(AddressRange range);

// All granules of `range`, which was prepared, belong to `span` (nullptr: to none).
void set(AddressRange range, Span* span);

void lock_for_fork();
void unlock_after_fork();

} // namespace winmem::heap::span_map
