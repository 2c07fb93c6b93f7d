// PAGEMAP_SCAN (Linux 6.7): the first stretches of pages of some kinds, found without a look at each.
//
// Used:      with a descriptor of /proc/self/pagemap, by who would else read its entries one by one.
#pragma once

#include "../base/address.h"

#include <cstdint>
#include <span>

namespace winmem::host {

// A descriptor of /proc/self/pagemap; -1 where there is none.
int open_pagemap();

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

// As the kernel writes them.
struct ScannedRun {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t kinds;
};

// How many stretches of written pages (written_pages.h) were found in `range`, `most_pages` pages at most; -1 where
// this cannot be asked. With `arms` the pages found are armed again as they are looked at, and all pages need to be
// watched. `looked_to`: up to where pages were looked at.
std::int64_t scan_written(int pagemap, AddressRange range, std::uint64_t most_pages, bool arms,
                          std::span<ScannedRun> runs, Address& looked_to);

} // namespace winmem::host
