// The value and the flags that RtlAllocateHeap keeps beside a block (H114).
//
// Such a block has a span of its own, however small it is, and what is kept lies in the span's record: a call without
// user flags has no work with them, and a plain block that comes where such a one was has none. Programs have few of
// them.
#include "../host/memory_tools.h"
#include "../host/probes.h"
#include "heap.h"
#include "span_map.h"

#include <cstring>

namespace winmem::heap {

namespace {

// Among the flags of a block that has any, so that it keeps its value when the last one is reset.
constexpr std::uint16_t kUser = 1;

Address to_address(const void* block) { return reinterpret_cast<Address>(block); }

} // namespace

void* Heap::take_with_user(Bytes size, const UserInfo& info, bool& is_zero) {
  void* block = growable_.take_alone(*this, size, is_zero);
  if (block != nullptr) {
    Span& span = *span_map::find(to_address(block));
    span.user_value = info.value;
    span.user_flags = info.flags | kUser;
    span.cached_class = kNotCached; // as what is kept beside it goes with it
    if (hardening_.is_on()) {
      is_zero |= Hardening::make_ready(find(to_address(block)), size);
    }
  }
  return block;
}

void* Heap::allocate_with_user(Bytes size, bool zeroed, std::uint16_t flags, bool serialized) {
  if (is_fixed()) {
    return allocate(size, zeroed, serialized);
  }
  bool is_zero = false;
  void* block = nullptr;
  {
    HeapHold hold(mutex_, locks(serialized));
    block = take_with_user(size, {nullptr, flags}, is_zero);
    guard(block);
  }
  if (zeroed && block != nullptr && (!is_zero || host::memory_tools::are_there())) {
    std::memset(block, 0, size);
  }
  if (block != nullptr) {
    WINMEM_PROBE_SIZE(alloc, block, size);
  }
  return block;
}

bool Heap::user_of(const void* block, UserInfo& info, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  if (!found) {
    return false;
  }
  info = {found.span->user_value, found.span->user_flags};
  return true;
}

bool Heap::set_user_value(const void* block, void* value, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  if (!found || found.span->user_flags == 0) {
    return false;
  }
  found.span->user_value = value;
  return true;
}

bool Heap::set_user_flags(const void* block, std::uint16_t reset, std::uint16_t set, bool serialized) {
  HeapHold hold(mutex_, locks(serialized));
  Found found = find(to_address(block));
  if (!found || found.span->user_flags == 0) {
    return false;
  }
  auto kept = static_cast<std::uint16_t>(found.span->user_flags & ~reset);
  found.span->user_flags = static_cast<std::uint16_t>(kept | set);
  return true;
}

} // namespace winmem::heap
