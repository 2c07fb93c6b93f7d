// The slack of a live block, from its end as requested to the end of its room: the first bytes have a pattern, so that
// a write past the end is seen (H67).
//
// Cost:      at most kGuarded bytes have the pattern, so that large slack costs no more. Nothing of the block itself is
//            read or written, so others than its owner may look as well.
#pragma once

#include "../base/address.h"
#include "../host/memory_tools.h"

#include <cstring>

namespace winmem::heap {

inline constexpr Bytes kGuarded = 16; // bytes
inline constexpr char kSlackPattern = static_cast<char>(0xAB);

namespace detail {

constexpr Bytes guarded(Bytes size, Bytes room) { return room - size < kGuarded ? room - size : kGuarded; }

} // namespace detail

inline void fill_slack(void* block, Bytes size, Bytes room) {
  std::memset(static_cast<char*>(block) + size, kSlackPattern, detail::guarded(size, room));
}

WINMEM_UNWATCHED inline bool slack_is_intact(const void* block, Bytes size, Bytes room) {
  const auto* at = static_cast<const char*>(block) + size;
  for (const char* end = at + detail::guarded(size, room); at < end; ++at) {
    if (*at != kSlackPattern) {
      return false;
    }
  }
  return true;
}

} // namespace winmem::heap
