#include "working_set.h"

#include "../host/memory.h"
#include "page_bits.h"
#include "vm.h"

#include <atomic>

namespace winmem::vm {

namespace {

constexpr unsigned kBits = 31; // of each limit, in pages
constexpr std::uint64_t kLeastIsHard = std::uint64_t{1} << (2 * kBits);
constexpr std::uint64_t kMostIsHard = kLeastIsHard << 1;

constexpr std::uint64_t to_word(const WorkingSetLimits& limits) {
  return limits.least | limits.most << kBits | (limits.least_is_hard ? kLeastIsHard : 0) |
         (limits.most_is_hard ? kMostIsHard : 0);
}
static_assert(kMostWorkingSetPages == (std::uint64_t{1} << kBits) - 1);

constinit std::atomic<std::uint64_t> word{to_word({})};

void page_out_unlocked(AddressRange range) {
  page_bits::for_each(PageBit::locked, false, range, [](AddressRange unlocked) { host::page_out(unlocked); });
}

} // namespace

WorkingSetLimits working_set_limits() {
  std::uint64_t now = word.load(std::memory_order_relaxed);
  return {.least = now & kMostWorkingSetPages,
          .most = (now >> kBits) & kMostWorkingSetPages,
          .least_is_hard = (now & kLeastIsHard) != 0,
          .most_is_hard = (now & kMostIsHard) != 0};
}

void set_working_set_limits(const WorkingSetLimits& limits) { word.store(to_word(limits), std::memory_order_relaxed); }

void empty_working_set() {
  for (Address at = kLowestUser; at < kUserEnd;) {
    Description there = describe(at);
    bool is_there = there.owner == Owner::winmem
                        ? is_committed(there.state)
                        : there.owner == Owner::foreign && there.foreign.state == ForeignState::committed;
    if (is_there) {
      page_out_unlocked(there.range);
    }
    at = there.range.end;
  }
}

} // namespace winmem::vm
