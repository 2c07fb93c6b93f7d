#include "bell.h"

#include "../host/shared_word.h"
#include "pool.h"

namespace winmem::sync {

const std::uint32_t* bell_word() {
  Slot* slot = bell_slot();
  return slot != nullptr ? kernel_word(*slot) : nullptr;
}

std::uint32_t read_bell() {
  Slot* slot = bell_slot();
  return slot != nullptr ? read(*slot).value() : 0;
}

void ring_bell() {
  if (Slot* slot = bell_slot()) {
    slot->state.fetch_add(1, std::memory_order_seq_cst); // into the other half after 2^32 rings: nobody reads that
    host::wake(kernel_word(*slot), host::kAllSleepers);
  }
}

} // namespace winmem::sync
