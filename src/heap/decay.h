// When idle memory of a heap goes back to the system: once it was idle at two ticks in a row, half a second apart.
//
// Programs free and allocate the same amounts over and over; to give memory back and to fault it in again costs more
// than all else. There is no thread that ticks: the heap's own calls do, those that take its lock.
#pragma once

#include "../host/clock.h"

namespace winmem::heap {

class Decay {
public:
  bool is_due() {
    std::uint64_t now = host::milliseconds();
    if (now - last_ < kPeriod) [[likely]] {
      return false;
    }
    last_ = now;
    return true;
  }

private:
  static constexpr std::uint64_t kPeriod = 500;
  std::uint64_t last_ = 0;
};

} // namespace winmem::heap
