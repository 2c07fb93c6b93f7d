// PAGEMAP_SCAN (Linux 6.7): the first stretch of pages of some kinds, found without a look at each.
//
// Used:      with a descriptor of /proc/self/pagemap, by who would else read its entries one by one.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

// Kinds of pages, as bits.
inline constexpr std::uint64_t kPageOfFile = 1 << 2;
inline constexpr std::uint64_t kPagePresent = 1 << 3;
inline constexpr std::uint64_t kPageSwapped = 1 << 4;

struct PageKinds {
  std::uint64_t any_of = 0;  // at least one of these
  std::uint64_t none_of = 0; // and none of these
};

// `first` is the first stretch of such pages in `range`, or the empty range at its end where there is none. False where
// this kernel does not tell, or WINMEM_DISABLE has wpasync.
[[nodiscard]] bool scan_pages(int pagemap, AddressRange range, const PageKinds& kinds, AddressRange& first);

} // namespace winmem::host
