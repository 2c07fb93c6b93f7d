// Which pages of a mapping that copies on write have become copies.
//
// Owns:      a descriptor of /proc/self/pagemap while it lives, opened when first asked: for each question or batch of
//            them, so there is none that a fork's child could inherit (K62).
// Cost:      two microseconds to begin with, half a one for a stretch (K31).
// Without:   /proc, or in a process that may not read it (K63), nobody knows.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

enum class Copied : std::uint8_t { no, yes, unknown };

class PageCopies {
public:
  PageCopies() = default;
  ~PageCopies();
  PageCopies(const PageCopies&) = delete;
  PageCopies& operator=(const PageCopies&) = delete;

  struct Stretch {
    Copied copied;
    Address end;
  };
  // What the first page of `range` is, and where that ends, at the end of `range` at the latest.
  Stretch stretch(AddressRange range);

private:
  bool open();
  Stretch read_entries(AddressRange range) const;

  int file_ = -1;
  bool is_open_ = false;
};

} // namespace winmem::host
