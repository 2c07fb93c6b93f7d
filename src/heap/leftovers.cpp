#include "leftovers.h"

#include "../host/lock.h"
#include "../host/memory_tools.h"
#include "../vm/vm.h"

#include <atomic>

namespace winmem::heap {

namespace {

constexpr unsigned kMost = 256;

constinit host::Lock leftovers_lock;
constinit Address regions[kMost] = {}; // guarded by leftovers_lock
constinit std::atomic<unsigned> count{0};

} // namespace

void release_region(Address region) {
  if (host::memory_tools::are_there()) {
    host::memory_tools::open_all(vm::describe(region).region);
  }
  if (vm::release_region(region).status == Status::ok) {
    return;
  }
  host::LockHold hold(leftovers_lock);
  unsigned number = count.load(std::memory_order_relaxed);
  if (number < kMost) {
    regions[number] = region;
    count.store(number + 1, std::memory_order_relaxed);
  }
}

void release_leftovers() {
  if (count.load(std::memory_order_relaxed) == 0) {
    return;
  }
  host::LockHold hold(leftovers_lock);
  unsigned kept = 0;
  for (unsigned i = 0; i < count.load(std::memory_order_relaxed); ++i) {
    if (vm::release_region(regions[i]).status != Status::ok) {
      regions[kept++] = regions[i];
    }
  }
  count.store(kept, std::memory_order_relaxed);
}

void lock_leftovers_for_fork() { leftovers_lock.lock(); }
void unlock_leftovers_after_fork() { leftovers_lock.unlock(); }

} // namespace winmem::heap
