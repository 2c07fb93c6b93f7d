#include "traces.h"

#include "../host/lock.h"
#include "../host/own_process.h"
#include "caller.h"
#include "records.h"

namespace winmem::heap {

namespace detail {
thread_local constinit const void* caller = nullptr;
} // namespace detail

namespace traces {

struct Slot {
  Trace trace;
  std::uint64_t turn; // when it was written; 0: never
};

namespace detail {

constexpr unsigned kSlots = 8; // in a bucket
struct Bucket {
  Slot slots[kSlots];
};
constinit Bucket* table = nullptr;

} // namespace detail

namespace {

using detail::Bucket;
using detail::table;

constexpr unsigned kBucketBits = 15;

constinit host::Lock traces_lock; // guards the table and `turns`
constinit std::uint64_t turns = 0;

Bucket& bucket_of(Address block) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
  return table[(block >> 4) * kGolden >> (64 - kBucketBits)];
}

Slot* find_slot(Address block) {
  for (Slot& slot : bucket_of(block).slots) {
    if (slot.trace.block == block) {
      return &slot;
    }
  }
  return nullptr;
}

bool goes_before(const Slot& left, const Slot& right) {
  bool left_is_freed = left.trace.freeing_thread != 0;
  bool right_is_freed = right.trace.freeing_thread != 0;
  if (left.turn == 0 || right.turn == 0 || left_is_freed == right_is_freed) {
    return left.turn < right.turn;
  }
  return left_is_freed;
}

// The block's own, or the one that is worth least.
Slot& slot_for(Address block) {
  if (Slot* own = find_slot(block)) {
    return *own;
  }
  Bucket& bucket = bucket_of(block);
  Slot* least = &bucket.slots[0];
  for (Slot& slot : bucket.slots) {
    if (goes_before(slot, *least)) {
      least = &slot;
    }
  }
  *least = {.trace = {.block = block}, .turn = 0};
  return *least;
}

} // namespace

void open() {
  // A page more than a multiple of a huge page's size: of a small program's table most is never touched.
  table = static_cast<Bucket*>(take_table((sizeof(Bucket) << kBucketBits) + kPage));
}

void note_allocated(const void* block) {
  host::LockHold hold(traces_lock);
  Slot& slot = slot_for(reinterpret_cast<Address>(block));
  slot.trace.allocated_by = reinterpret_cast<Address>(Caller::current());
  slot.trace.allocating_thread = host::thread_id();
  slot.trace.freed_by = 0;
  slot.trace.freeing_thread = 0;
  slot.turn = ++turns;
}

void note_freed(const void* block) {
  host::LockHold hold(traces_lock);
  Slot& slot = slot_for(reinterpret_cast<Address>(block));
  slot.trace.freed_by = reinterpret_cast<Address>(Caller::current());
  slot.trace.freeing_thread = host::thread_id();
  slot.turn = ++turns;
}

bool find(Address block, Trace& out) {
  if (!are_on()) {
    return false;
  }
  host::LockHold hold(traces_lock);
  const Slot* slot = find_slot(block);
  if (slot == nullptr) {
    return false;
  }
  out = slot->trace;
  return true;
}

void lock_for_fork() { traces_lock.lock(); }
void unlock_after_fork() { traces_lock.unlock(); }

} // namespace traces

} // namespace winmem::heap
