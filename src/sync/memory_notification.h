// Objects that are signalled while memory is scarce, or plentiful.
//
// Owns:      what scarce means: of what this process can have (the machine's memory, or its control group's), 1/128 or
//            less is left, 64 MiB at most; plentiful is more than three times that, as Windows has it (Y61).
// Cost:      a look is a read of /proc/meminfo. Who sleeps on such an object looks ten times a second: the kernel tells
//            of pressure only by descriptors (PSI), which no futex waits for, and only where pressure is already felt.
// Lock:      none.
#pragma once

#include "../base/address.h"
#include "../object/object.h"

namespace winmem::sync {

enum class MemoryLevel : std::uint8_t { low, high };

struct MemoryNotification : object::Object {
  explicit MemoryNotification(MemoryLevel its_level);
  const MemoryLevel level;
};
extern const object::Type kMemoryNotificationType;

inline constexpr object::AccessMask kQueryNotification = 0x1;

// Null when there is no memory for it.
object::Ref<MemoryNotification> make_memory_notification(MemoryLevel level);

bool is_signalled(const MemoryNotification& notification);

// Whether `available` bytes of `physical` ones are at that level.
constexpr bool is_at(MemoryLevel level, Bytes physical, Bytes available) {
  constexpr Bytes kMost = Bytes{64} << 20;
  Bytes share = physical / 128; // 32 MiB of each 4 GiB
  Bytes low = share < kMost ? share : kMost;
  return level == MemoryLevel::low ? available <= low : available > 3 * low;
}

} // namespace winmem::sync
