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
    // Small while there is little; a program with many regions gets blocks that huge pages can back.
    Bytes size = footprint_ < host::kLargePage ? block_size_ : host::kLargePage;
    void* block = host::map_tables(size);
    if (block == nullptr) {
      return nullptr;
    }
    fresh_ = reinterpret_cast<Address>(block);
    fresh_end_ = fresh_ + size / object_size_ * object_size_;
    footprint_ += size;
  }
  void* object = reinterpret_cast<void*>(fresh_);
  fresh_ += object_size_;
  return object;
}

} // namespace winmem::vm
