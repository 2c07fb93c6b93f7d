#include "written_pages.h"

#include "features.h"
#include "file.h"
#include "own_process.h"
#include "page_scan.h"
#include "syscall.h"
#include "userfault_file.h"

#include <atomic>
#include <cerrno>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

namespace winmem::host {

namespace {

// linux/userfaultfd.h; Debian 12's headers are older.
constexpr std::uint64_t kUnpopulated = std::uint64_t{1} << 13;
constexpr std::uint64_t kAsynchronous = std::uint64_t{1} << 15;

// The descriptor that this process opened last, or inherited; only for closing it.
constinit std::atomic<int> last_watcher{-1};

int known_watcher() { return detail::own_process.write_watcher.load(std::memory_order_acquire) - 1; }

// The descriptor, opened by the first who needs it.
int get_watcher() {
  int file = known_watcher();
  if (file >= 0) {
    return file;
  }
  if (!own_process_page_ready()) {
    return -1;
  }
  int opened = open_userfault(kAsynchronous | kUnpopulated);
  if (opened < 0) {
    return -1;
  }
  std::int32_t expected = 0;
  if (!detail::own_process.write_watcher.compare_exchange_strong(expected, opened + 1, std::memory_order_acq_rel)) {
    close_file(opened); // another thread was faster
    return expected - 1;
  }
  last_watcher.store(opened, std::memory_order_relaxed);
  return opened;
}

bool register_with(int file, AddressRange range) {
  uffdio_register wanted{};
  wanted.range = {range.begin, range.size()};
  wanted.mode = UFFDIO_REGISTER_MODE_WP;
  return file >= 0 && ask_userfault(file, UFFDIO_REGISTER, &wanted) == 0;
}

long write_protect(AddressRange range, std::uint64_t mode) {
  uffdio_writeprotect wanted{};
  wanted.range = {range.begin, range.size()};
  wanted.mode = mode;
  int file = known_watcher();
  if (file < 0) {
    return -EBADF;
  }
  long result = 0;
  do {
    result = ask_userfault(file, UFFDIO_WRITEPROTECT, &wanted);
  } while (result == -EAGAIN); // mappings change at this moment
  return result;
}

} // namespace

bool watch_writes(AddressRange range) {
  if (disabled(Feature::uffd) || disabled(Feature::wpasync)) {
    return false;
  }
  int file = get_watcher();
  if (file < 0) {
    return false;
  }
  if (!register_with(file, range)) {
    if (is_userfault(file)) {
      return false;
    }
    std::int32_t gone = file + 1;
    detail::own_process.write_watcher.compare_exchange_strong(gone, 0, std::memory_order_acq_rel);
    if (!register_with(get_watcher(), range)) {
      return false;
    }
  }
  WrittenPages::Found found;
  if (WrittenPages().scan({range.begin, range.begin + kPage}, 1, false, found)) {
    return true;
  }
  unwatch_writes(range);
  return false;
}

void unwatch_writes(AddressRange range) {
  uffdio_range wanted{range.begin, range.size()};
  if (int file = known_watcher(); file >= 0) {
    ask_userfault(file, UFFDIO_UNREGISTER, &wanted);
  }
}

bool arm_writes(AddressRange range) { return write_protect(range, UFFDIO_WRITEPROTECT_MODE_WP) == 0; }

void count_as_written(AddressRange range) { write_protect(range, UFFDIO_WRITEPROTECT_MODE_DONTWAKE); }

void forget_write_watches_in_child() {
  int file = last_watcher.exchange(-1, std::memory_order_relaxed);
  if (file >= 0 && is_userfault(file)) {
    close_file(file);
  }
}

WrittenPages::WrittenPages() : file_(open_pagemap()) {}

WrittenPages::~WrittenPages() {
  if (file_ >= 0) {
    system_call(SYS_close, file_);
  }
}

bool WrittenPages::scan(AddressRange range, std::uint64_t most_pages, bool arms, Found& found) const {
  ScannedRun runs[kMostRuns];
  std::int64_t count = scan_written(file_, range, most_pages, arms, {runs, kMostRuns}, found.end);
  found.count = count > 0 ? static_cast<unsigned>(count) : 0;
  for (unsigned i = 0; i < found.count; ++i) {
    found.runs[i] = {runs[i].begin, runs[i].end};
  }
  return count >= 0;
}

AddressRange WrittenPages::first_absent(AddressRange range) const {
  AddressRange present;
  AddressRange absent{range.begin, range.begin};
  while (absent.begin < range.end) {
    AddressRange rest{absent.begin, range.end};
    if (file_ < 0 || !scan_pages(file_, rest, {.any_of = kPagePresent | kPageSwapped}, present)) {
      return {range.end, range.end};
    }
    absent.end = present.begin;
    if (!absent.empty()) {
      return absent;
    }
    absent = {present.end, present.end};
  }
  return {range.end, range.end};
}

} // namespace winmem::host
