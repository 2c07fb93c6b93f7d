// Whether a page lies in physical memory now, and whether others may have it too.
//
// Owns:      a descriptor of /proc/self/pagemap while it lives: opened for each question or batch of them, so there is
//            none that a fork's child could inherit (K62).
// Cost:      two microseconds to begin with, half a one for each page that does not follow the one before.
// Without:   /proc, or in a process that may not read it (K63): mincore, which knows residence only, and takes other
//            code's guard markers for pages (K11).
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

struct PageResidence {
  bool is_present = false; // not where it was never touched, is swapped out, or holds a guard marker
  bool is_shared = false;  // a page of a file or of shared memory, not a private copy
  bool is_sole = true;     // mapped by nobody else
};

class PageResidenceReader {
public:
  PageResidenceReader();
  ~PageResidenceReader();
  PageResidenceReader(const PageResidenceReader&) = delete;
  PageResidenceReader& operator=(const PageResidenceReader&) = delete;

  // What is unmapped is not present.
  PageResidence at(Address page);

  // The first stretch of `range` in which pages may be present, or nothing at its end: where the kernel can tell, all
  // before it are not.
  AddressRange perhaps_present(AddressRange range) const;

private:
  static constexpr unsigned kAhead = 64; // entries read at once

  int file_;
  Address first_ = 0; // the page of entries_[0]
  unsigned count_ = 0;
  std::uint64_t entries_[kAhead];
};

// The NUMA node of a page that is present; 0 where the kernel does not tell.
unsigned node_of(Address page);

} // namespace winmem::host
