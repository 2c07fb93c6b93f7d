#include "object.h"

namespace winmem::object {

void Object::drop_handle() {
  constexpr std::uint64_t kLast = kHandle + kReference;
  std::uint64_t now = counts().load(std::memory_order_relaxed);
  // Another handle stands for the object, or nobody at all has it once this one is gone: then one step does both.
  while (now >= 2 * kHandle || now == kLast) {
    bool ends = now == kLast;
    if (counts().compare_exchange_weak(now, now - kLast, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      if (ends) {
        if (type->last_handle_closed != nullptr) {
          type->last_handle_closed(*this);
        }
        if (type->end != nullptr) {
          type->end(*this);
        }
      }
      return;
    }
  }
  // The last handle, while others have references: the handle's own keeps the object alive through the call.
  if (counts().fetch_sub(kHandle, std::memory_order_acq_rel) < 2 * kHandle && type->last_handle_closed != nullptr) {
    type->last_handle_closed(*this);
  }
  drop_reference();
}

} // namespace winmem::object
