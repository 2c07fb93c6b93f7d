#include "page_residence.h"

#include "page_scan.h"
#include "syscall.h"

namespace winmem::host {

namespace {

// Bits of an entry of pagemap.
constexpr std::uint64_t kSole = std::uint64_t{1} << 56;
constexpr std::uint64_t kGuard = std::uint64_t{1} << 58;
constexpr std::uint64_t kFileOrShared = std::uint64_t{1} << 61;
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;

constexpr long kNodeOfAddress = 1 | 2; // MPOL_F_NODE | MPOL_F_ADDR

} // namespace

namespace {

PageResidence ask_without_proc(Address page) {
  unsigned char is_in_core = 0;
  bool mapped = system_call(SYS_mincore, static_cast<long>(page), kPage, as_argument(&is_in_core)) == 0;
  return {.is_present = mapped && (is_in_core & 1) != 0};
}

} // namespace

PageResidenceReader::PageResidenceReader() : file_(open_pagemap()) {}

PageResidenceReader::~PageResidenceReader() {
  if (file_ >= 0) {
    system_call(SYS_close, file_);
  }
}

PageResidence PageResidenceReader::at(Address page) {
  if (file_ < 0) {
    return ask_without_proc(page);
  }
  if (page < first_ || page - first_ >= pages_to_bytes(count_)) {
    // A page alone is the commonest question: entries ahead are read once pages are asked about in order.
    bool follows = count_ != 0 && page == first_ + pages_to_bytes(count_);
    unsigned wanted = follows ? kAhead : 1;
    long bytes = system_call(SYS_pread64, file_, as_argument(entries_), static_cast<long>(wanted * sizeof entries_[0]),
                             static_cast<long>(bytes_to_pages(page) * sizeof entries_[0]));
    first_ = page;
    count_ = bytes > 0 ? static_cast<unsigned>(static_cast<std::size_t>(bytes) / sizeof entries_[0]) : 0;
    if (count_ == 0) {
      return ask_without_proc(page);
    }
  }
  std::uint64_t entry = entries_[bytes_to_pages(page - first_)];
  return {.is_present = (entry & kPresent) != 0 && (entry & kGuard) == 0,
          .is_shared = (entry & kFileOrShared) != 0,
          .is_sole = (entry & kSole) != 0};
}

AddressRange PageResidenceReader::perhaps_present(AddressRange range) const {
  AddressRange first;
  return file_ >= 0 && scan_pages(file_, range, {.any_of = kPagePresent}, first) ? first : range;
}

unsigned node_of(Address page) {
  int node = 0;
  long result = system_call(SYS_get_mempolicy, as_argument(&node), 0, 0, static_cast<long>(page), kNodeOfAddress);
  return result == 0 && node >= 0 ? static_cast<unsigned>(node) : 0;
}

} // namespace winmem::host
