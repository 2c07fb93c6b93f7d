#include "page_scan.h"

#include "features.h"
#include "syscall.h"

#include <atomic>
#include <fcntl.h>
#include <sys/ioctl.h>

namespace winmem::host {

namespace {

// linux/fs.h; Debian 12's headers are older than the call.
struct ScanArguments {
  std::uint64_t size;
  std::uint64_t flags;
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t walk_end;
  std::uint64_t regions;
  std::uint64_t region_count;
  std::uint64_t most_pages;
  std::uint64_t category_inverted;
  std::uint64_t category_mask;
  std::uint64_t category_anyof_mask;
  std::uint64_t return_mask;
};
static_assert(sizeof(ScanArguments) == 96);

constexpr std::uint64_t kArm = 1 << 0;         // PM_SCAN_WP_MATCHING
constexpr std::uint64_t kOnlyWatched = 1 << 1; // PM_SCAN_CHECK_WPASYNC
constexpr std::uint64_t kPageWritten = 1 << 1;

constexpr unsigned long kScan = _IOWR('f', 16, ScanArguments);

constinit std::atomic<bool> no_scan{false}; // this kernel has no PAGEMAP_SCAN

// How many stretches were found, or minus an errno.
long scan(int pagemap, AddressRange range, std::span<ScannedRun> runs, ScanArguments& arguments) {
  arguments.size = sizeof arguments;
  arguments.begin = range.begin;
  arguments.end = range.end;
  arguments.regions = reinterpret_cast<std::uint64_t>(runs.data());
  arguments.region_count = runs.size();
  return system_call(SYS_ioctl, pagemap, static_cast<long>(kScan), as_argument(&arguments));
}

} // namespace

int open_pagemap() {
  return disabled(Feature::proc) ? -1
                                 : static_cast<int>(system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/pagemap"),
                                                                O_RDONLY | O_CLOEXEC));
}

bool scan_pages(int pagemap, AddressRange range, const PageKinds& kinds, AddressRange& first) {
  if (no_scan.load(std::memory_order_relaxed) || disabled(Feature::wpasync)) {
    return false;
  }
  ScannedRun found{};
  ScanArguments arguments{};
  arguments.category_inverted = kinds.none_of;
  arguments.category_mask = kinds.none_of;
  arguments.category_anyof_mask = kinds.any_of;
  arguments.return_mask = kPagePresent;
  long result = scan(pagemap, range, {&found, 1}, arguments);
  if (result < 0) {
    no_scan.store(true, std::memory_order_relaxed);
    return false;
  }
  first = result == 0 ? AddressRange{range.end, range.end} : AddressRange{found.begin, found.end};
  return true;
}

std::int64_t scan_written(int pagemap, AddressRange range, std::uint64_t most_pages, bool arms,
                          std::span<ScannedRun> runs, Address& looked_to) {
  ScanArguments arguments{};
  arguments.flags = arms ? kArm | kOnlyWatched : 0;
  arguments.most_pages = most_pages;
  arguments.category_mask = kPageWritten;
  arguments.return_mask = kPageWritten;
  long result = pagemap < 0 ? -1 : scan(pagemap, range, runs, arguments);
  looked_to = arguments.walk_end;
  return result < 0 ? -1 : result;
}

} // namespace winmem::host
