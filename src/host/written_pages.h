// Which pages were written since they were armed, without a fault that anybody notices: userfaultfd's asynchronous
// write protection and PAGEMAP_SCAN (Linux 6.7). Writes of system calls count as well (K51).
//
// A page of a watched range is written until it is armed. From then on it is clean until something writes to it;
// reading, and changing its protection, leaves it as it is. Dropping its contents makes it written again (K53).
//
// Owns:      this process's userfaultfd for this, high and closed on exec. It stands in the page that fork empties, so
//            that no child ever arms pages of its parent (K57).
// Fork:      in a child nothing is watched; all its pages read as written until they are watched and armed anew.
// Surprise:  a program that closes all descriptors ends all watches. Then arm_writes() and WrittenPages::scan() fail
//            until watch_writes() was called again, and every page reads as written.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

// Watches whole pages of private memory, accessible or not. False where the kernel or a sandbox has not got it, and
// when WINMEM_DISABLE has wpasync or uffd: nothing is watched then. May be said again of what is watched.
[[nodiscard]] bool watch_writes(AddressRange range);

// Where the kernel lacks a mapping for it, the pages stay watched, which nobody notices.
void unwatch_writes(AddressRange range);

// The pages are clean from now on. False when a part is not watched, or the kernel has no memory: some of them may be.
[[nodiscard]] bool arm_writes(AddressRange range);

// The pages are written from now on, also where this fails: what is not watched reads as written.
void count_as_written(AddressRange range);

// The child's copy of its parent's descriptor is closed.
void forget_write_watches_in_child();

// Finds pages that were written. Made for one look, as it holds a descriptor of /proc/self/pagemap.
class WrittenPages {
public:
  WrittenPages();
  ~WrittenPages();
  WrittenPages(const WrittenPages&) = delete;
  WrittenPages& operator=(const WrittenPages&) = delete;

  static constexpr unsigned kMostRuns = 64;
  struct Found {
    AddressRange runs[kMostRuns]; // in order
    unsigned count = 0;
    Address end = 0; // up to where pages were looked at
  };

  // The first written pages of `range`, `most_pages` at most; with `arms` those that were found, and no others, are
  // clean from the moment on at which they were looked at. False when a part is not watched, or nothing could be asked:
  // with `arms` it is then not known which pages were written.
  [[nodiscard]] bool scan(AddressRange range, std::uint64_t most_pages, bool arms, Found& found) const;

  // The first stretch of `range` in which no page has memory; empty at its end where there is none, or that is not
  // known.
  AddressRange first_absent(AddressRange range) const;

private:
  int file_;
};

} // namespace winmem::host
