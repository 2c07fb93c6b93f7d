#include "page_copies.h"

#include "page_scan.h"
#include "syscall.h"

namespace winmem::host {

namespace {

// Bits of an entry of pagemap.
constexpr std::uint64_t kEntryFile = std::uint64_t{1} << 61;
constexpr std::uint64_t kEntrySwapped = std::uint64_t{1} << 62;
constexpr std::uint64_t kEntryPresent = std::uint64_t{1} << 63;

// A page that was never touched has no entry, and is no copy.
bool is_copy(std::uint64_t entry) {
  return (entry & (kEntryPresent | kEntrySwapped)) != 0 && (entry & kEntryFile) == 0;
}

} // namespace

PageCopies::~PageCopies() {
  if (file_ >= 0) {
    system_call(SYS_close, file_);
  }
}

bool PageCopies::open() {
  if (!is_open_) {
    file_ = open_pagemap();
  }
  is_open_ = true;
  return file_ >= 0;
}

PageCopies::Stretch PageCopies::read_entries(AddressRange range) const {
  constexpr std::size_t kMost = 256;
  std::uint64_t entries[kMost];
  Stretch stretch{Copied::unknown, range.begin};
  while (stretch.end < range.end) {
    std::uint64_t left = bytes_to_pages(range.end - stretch.end);
    long wanted = static_cast<long>((left < kMost ? left : kMost) * sizeof entries[0]);
    long bytes = system_call(SYS_pread64, file_, as_argument(entries), wanted,
                             static_cast<long>(bytes_to_pages(stretch.end) * sizeof entries[0]));
    long count = bytes > 0 ? bytes / static_cast<long>(sizeof entries[0]) : 0;
    if (count == 0) { // a stretch may end early, but not before it has begun
      return stretch.end == range.begin ? Stretch{Copied::unknown, range.end} : stretch;
    }
    for (long i = 0; i < count; ++i) {
      Copied here = is_copy(entries[i]) ? Copied::yes : Copied::no;
      if (stretch.copied != Copied::unknown && stretch.copied != here) {
        return stretch;
      }
      stretch = {here, stretch.end + kPage};
    }
  }
  return stretch;
}

PageCopies::Stretch PageCopies::stretch(AddressRange range) {
  if (!open()) {
    return {Copied::unknown, range.end};
  }
  AddressRange first;
  if (!scan_pages(file_, range, {.any_of = kPagePresent | kPageSwapped, .none_of = kPageOfFile}, first)) {
    return read_entries(range);
  }
  return first.begin > range.begin ? Stretch{Copied::no, first.begin} : Stretch{Copied::yes, first.end};
}

} // namespace winmem::host
