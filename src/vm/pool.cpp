#include "pool.h"

#include "../host/memory.h"

namespace winmem::vm {

void Pool::free_batch(Batch& batch) {
  if (batch.first != nullptr) {
    batch.last->next_pooled = free_;
    free_ = batch.first;
  }
  batch = Batch{};
}

void Pool::age() {
  if (old_.count != 0 && epochs::passed(old_.stamp)) {
    free_batch(old_);
  }
  if (old_.count == 0) {
    old_ = young_;
    // Since each unlinking store a lock was taken or dropped, and its locked instruction keeps this load behind them.
    old_.stamp = epochs::now();
    young_ = Batch{};
  }
  // Otherwise a reader is slow: young_ goes on growing and is tried again at its next retirement.
}

void* Pool::take_slowly() {
  if (old_.count != 0 && epochs::passed(old_.stamp)) {
    free_batch(old_);
    return take();
  }
  if (fresh_ == fresh_end_) {
    void* block = host::map_tables(block_size_);
    if (block == nullptr) {
      return nullptr;
    }
    fresh_ = reinterpret_cast<Address>(block);
    fresh_end_ = fresh_ + block_size_ / object_size_ * object_size_;
    footprint_ += block_size_;
  }
  void* object = reinterpret_cast<void*>(fresh_);
  fresh_ += object_size_;
  return object;
}

} // namespace winmem::vm
