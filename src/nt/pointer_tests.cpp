#include "pointer_tests.h"

#include "../host/safe_copy.h"

#include <algorithm>
#include <cstring>

namespace winmem::nt {

namespace {

using host::Access;
using vm::AccessKind;

Address next_page(Address at) { return round_down(at, kPage) + kPage; }

bool can_touch(Address at, AccessKind kind) {
  return kind == AccessKind::write ? host::can_write_byte(at) : host::readable_bytes(at, 1) == 1;
}

// The page that holds `at`, which the kernel does not let us touch: what would a touch have come to?
bool is_bad_page(Address at, AccessKind kind) {
  while (vm::take_fault(at, kind) == vm::FaultAnswer::retry) {
    if (can_touch(at, kind)) {
      return false; // it was changed meanwhile
    }
  }
  return true; // a guard page too, which has lost its guard now
}

bool is_known_good(Address at, Bytes size, AccessKind kind) {
  Access least = kind == AccessKind::write ? Access::read_write : Access::read;
  return vm::is_accessible(AddressRange{at, at + size}.round_out(kPage), least) || host::on_own_stack(at, size);
}

[[gnu::noinline]] bool is_bad_by_page(Address at, Bytes size, AccessKind kind) {
  for (Address end = at + size; at < end;) {
    if (kind == AccessKind::read) {
      at += host::readable_bytes(at, end - at);
    } else {
      while (at < end && (is_known_good(at, 1, kind) || can_touch(at, kind))) {
        at = next_page(at);
      }
    }
    if (at < end) {
      if (is_bad_page(at, kind)) {
        return true;
      }
      at = next_page(at);
    }
  }
  return false;
}

bool is_bad(Address at, Bytes size, AccessKind kind) {
  if (size == 0) {
    return false;
  }
  if (at >= kUserEnd || size > kUserEnd - at) {
    return true;
  }
  return !is_known_good(at, size, kind) && is_bad_by_page(at, size, kind);
}

} // namespace

bool is_bad_to_read(Address at, Bytes size) { return is_bad(at, size, AccessKind::read); }

bool is_bad_to_write(Address at, Bytes size) { return is_bad(at, size, AccessKind::write); }

bool is_bad_string(Address at, Bytes most, unsigned width) {
  if (most > kUserEnd) {
    most = kUserEnd; // no string is longer
  }
  unsigned zeros = 0; // of the present character
  for (Bytes done = 0; done < most * width;) {
    char piece[256];
    Bytes step = std::min({most * width - done, next_page(at) - at, Bytes{sizeof piece}});
    if (is_known_good(at, step, AccessKind::read)) {
      std::memcpy(piece, reinterpret_cast<const void*>(at), step);
    } else if (!host::copy_from(piece, at, step) && (is_bad_to_read(at, step) || !host::copy_from(piece, at, step))) {
      return true;
    }
    for (Bytes i = 0; i < step; ++i, ++done) {
      zeros = (done % width == 0 ? 0 : zeros) + (piece[i] == 0 ? 1 : 0);
      if (done % width == width - 1 && zeros == width) {
        return false;
      }
    }
    at += step;
  }
  return false;
}

} // namespace winmem::nt
