// The slack of a live block, from its end as requested to the end of its room: the first bytes have a pattern, so that
// a write past the end is seen (H67).
//
// Cost:      one store of 16 bytes, one load and a comparison; no branch. At most kGuarded bytes have the pattern, so
//            that large slack costs no more.
// Surprise:  the 16 bytes may begin before the end. fill_slack() overwrites them, which only a block may have done to
//            it whose contents are anything; keep_slack() does not. slack_is_intact() reads them, so only who owns the
//            block may call it; slack_seems_intact() reads the slack alone, for those who look at others' blocks.
#pragma once

#include "../base/address.h"
#include "../host/memory_tools.h"

#include <cstdint>
#include <cstring>

namespace winmem::heap {

inline constexpr Bytes kGuarded = 16; // bytes
inline constexpr char kSlackPattern = static_cast<char>(0xAB);

namespace detail {

using Guard = char __attribute__((vector_size(kGuarded)));
inline constexpr Guard kGuard = {kSlackPattern, kSlackPattern, kSlackPattern, kSlackPattern,
                                 kSlackPattern, kSlackPattern, kSlackPattern, kSlackPattern,
                                 kSlackPattern, kSlackPattern, kSlackPattern, kSlackPattern,
                                 kSlackPattern, kSlackPattern, kSlackPattern, kSlackPattern};

// Where the 16 bytes begin. `room` is at least 16, as every block's is.
inline Bytes guard_offset(Bytes size, Bytes room) { return size < room - kGuarded ? size : room - kGuarded; }

} // namespace detail

inline void fill_slack(void* block, Bytes size, Bytes room) {
  std::memcpy(static_cast<char*>(block) + detail::guard_offset(size, room), &detail::kGuard, kGuarded);
}

// The same for a block whose size changed where it is.
inline void keep_slack(void* block, Bytes size, Bytes room) {
  Bytes guarded = room - size < kGuarded ? room - size : kGuarded;
  std::memset(static_cast<char*>(block) + size, kSlackPattern, guarded);
}

inline bool slack_is_intact(const void* block, Bytes size, Bytes room) {
  Bytes offset = detail::guard_offset(size, room);
  detail::Guard found;
  std::memcpy(&found, static_cast<const char*>(block) + offset, kGuarded);
  auto equal = reinterpret_cast<detail::Guard>(found == detail::kGuard);
  auto same = static_cast<unsigned>(__builtin_ia32_pmovmskb128(equal));
  return (same | ((1U << (size - offset)) - 1)) == 0xFFFF; // what lies before the end may be anything
}

WINMEM_UNWATCHED inline bool slack_seems_intact(const void* block, Bytes size, Bytes room) {
  const auto* at = static_cast<const char*>(block) + size;
  for (const char* end = at + (room - size < kGuarded ? room - size : kGuarded); at < end; ++at) {
    if (*at != kSlackPattern) {
      return false;
    }
  }
  return true;
}

} // namespace winmem::heap
