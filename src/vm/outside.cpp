#include "outside.h"

namespace winmem::vm::outside {

namespace {

constinit std::atomic<std::uint64_t> count{0};
constinit std::atomic<Address> begin{0};
constinit std::atomic<Address> end{0}; // 0: nothing is announced

// Every store is a release and every load an acquire. Who has met the kernel's mapping has also seen the announcement,
// since the mmap came after it; who sees `end` cleared sees the region in the map.
void move_on() { count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

} // namespace

void announce(AddressRange range) {
  end.store(0, std::memory_order_release);
  move_on();
  begin.store(range.begin, std::memory_order_release);
  end.store(range.end, std::memory_order_release);
}

void settle() {
  if (end.load(std::memory_order_relaxed) != 0) {
    end.store(0, std::memory_order_release);
  }
}

void leaving() { move_on(); }

std::uint64_t changes() { return count.load(std::memory_order_acquire); }

AddressRange announced_at(Address at) {
  Address last = end.load(std::memory_order_acquire);
  AddressRange range{begin.load(std::memory_order_acquire), last};
  // Of two announcements mixed up, changes() tells.
  return last != 0 && range.begin < range.end && range.contains(at) ? range : AddressRange{};
}

} // namespace winmem::vm::outside
