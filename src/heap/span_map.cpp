#include "span_map.h"

#include "../host/lock.h"
#include "records.h"

namespace winmem::heap::span_map {

namespace detail {
constinit std::atomic<Leaf*> leaves[kLeaves];
} // namespace detail

namespace {
constinit host::Lock table_lock;
} // namespace

bool prepare(AddressRange range) {
  for (Address at = round_down(range.begin, detail::kLeafReach); at < range.end; at += detail::kLeafReach) {
    std::atomic<detail::Leaf*>& leaf = detail::leaves[at / detail::kLeafReach];
    if (leaf.load(std::memory_order_acquire) != nullptr) {
      continue;
    }
    host::LockHold hold(table_lock);
    if (leaf.load(std::memory_order_relaxed) == nullptr) {
      void* fresh = take_table(sizeof(detail::Leaf) << detail::kLeafBits);
      if (fresh == nullptr) {
        return false;
      }
      leaf.store(static_cast<detail::Leaf*>(fresh), std::memory_order_release);
    }
  }
  return true;
}

void set(AddressRange range, Span* span) {
  for (Address at = range.begin; at < range.end; at += kGranule) {
    detail::Leaf* leaf = detail::leaves[at / detail::kLeafReach].load(std::memory_order_relaxed);
    leaf[at % detail::kLeafReach / kGranule].store(span, std::memory_order_release);
  }
}

void lock_for_fork() { table_lock.lock(); }
void unlock_after_fork() { table_lock.unlock(); }

} // namespace winmem::heap::span_map
