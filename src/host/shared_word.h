// Words in memory that other processes may change: sleeping until one is changed, and waking who sleeps.
//
// Used:      by sync. lock.h has the same for words of this process alone, which is cheaper.
// Holds:     a sleep begins only while the word has the value that the caller saw, so who changes the word and then
//            wakes is never missed. A sleep may end for no reason: callers look again.
// Deadlines: nanoseconds of CLOCK_MONOTONIC, as monotonic() tells them.
// Surprise:  sleeping on several words takes a kernel from Linux 5.16 on; sleep_on_any() says false on others.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace winmem::host {

inline constexpr std::uint64_t kNever = ~std::uint64_t{0};

std::uint64_t monotonic();

// The system's clock: nanoseconds since 1970.
std::uint64_t time_of_day();

// From now to a time of the system's clock, which is told since 1970; 0 if that has passed.
std::uint64_t nanoseconds_until(std::int64_t since_1970);

void sleep_until(std::uint64_t deadline);

struct WatchedWord {
  const std::uint32_t* word;
  std::uint32_t value;
};

void sleep_on(const WatchedWord& watched, std::uint64_t deadline);

inline constexpr std::size_t kMostWatched = 64;
// False when the kernel cannot: then nothing was done.
bool sleep_on_any(const WatchedWord* watched, std::size_t count, std::uint64_t deadline);

// At most `count` sleepers, those who sleep on several words included.
void wake(const std::uint32_t* word, std::uint32_t count);
inline constexpr std::uint32_t kAllSleepers = 0x7FFFFFFF;

} // namespace winmem::host
