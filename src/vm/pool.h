// Fixed-size objects for winmem's own tables.
//
// Owns:      memory from the kernel, taken in blocks and never given back: an object's memory always stays an object of
//            the same kind, zero-filled the first time only.
// Lock:      none of its own; each Pool says at its declaration which lock guards it.
// Readers:   objects that readers can reach are retired, not freed: they come back after a grace period (epoch.h).
//            A reader never looks at the `Pooled` link, so it may be set while the object is still being read.
// Surprise:  after a large peak the tables keep their size; they are small beside what they describe
// (src/vm/README.md).
#pragma once

#include "../base/address.h"
#include "epoch.h"

namespace winmem::vm {

struct Pooled {
  Pooled* next_pooled;
};

class Pool {
public:
  constexpr Pool(Bytes object_size, Bytes block_size) : object_size_(object_size), block_size_(block_size) {}

  // nullptr when the kernel has no memory. Contents are what the last user left, or zero.
  void* take() {
    if (Pooled* object = free_) [[likely]] {
      free_ = object->next_pooled;
      return object;
    }
    return take_slowly();
  }

  // For objects that no reader can have seen.
  void give(Pooled* object) {
    object->next_pooled = free_;
    free_ = object;
  }

  // For objects that were just unlinked.
  void retire(Pooled* object) {
    object->next_pooled = nullptr;
    if (young_.last != nullptr) {
      young_.last->next_pooled = object;
    } else {
      young_.first = object;
    }
    young_.last = object;
    if (++young_.count >= kBatch) [[unlikely]] {
      age();
    }
  }

  // Bytes of memory taken from the kernel.
  Bytes footprint() const { return footprint_; }

private:
  static constexpr unsigned kBatch = 64;

  struct Batch {
    Pooled* first = nullptr;
    Pooled* last = nullptr;
    unsigned count = 0;
    epochs::Stamp stamp = 0; // taken after its last object was unlinked
  };

  void* take_slowly();
  void age();
  void free_batch(Batch& batch);

  const Bytes object_size_;
  const Bytes block_size_;
  Pooled* free_ = nullptr;
  Address fresh_ = 0;
  Address fresh_end_ = 0;
  Batch young_; // still being filled
  Batch old_;   // waiting for its grace period
  Bytes footprint_ = 0;
};

} // namespace winmem::vm
