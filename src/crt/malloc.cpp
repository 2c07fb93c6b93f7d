// malloc, calloc, realloc, free, over the process heap (H130 to H133).
//
// Surprise:  they may be called by the dynamic linker before anything is initialised, and by libc while a thread ends
//            or the process does. Nothing here or below needs initialisation or is torn down.
#include "../heap/caller.h"
#include "../heap/fast.h"
#include "debug_heap.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <cstring>

using namespace winmem;
using heap::Heap;

namespace {

// Where the thread has none at hand.
[[gnu::noinline]] void* allocate(Bytes size, bool zeroed, const void* returns_to) {
  heap::Caller caller(returns_to);
  if (size > crt::kMostRequested) {
    return crt::no_memory();
  }
  do {
    Heap* heap = heap::process_heap();
    void* block = heap != nullptr ? heap->allocate(size, zeroed, true) : nullptr;
    if (block != nullptr) {
      return block;
    }
  } while (crt::try_again(size));
  return nullptr;
}

// Apart from the short way, so that it needs no frame.
[[gnu::noinline]] void* allocate_larger(Bytes size, const void* returns_to) {
  void* block = heap::take_fast(size);
  return block != nullptr ? block : allocate(size, false, returns_to);
}

[[gnu::noinline]] void* reallocate(void* block, Bytes size, const void* returns_to) {
  heap::Caller caller(returns_to);
  return crt::reallocate("realloc", block, size, false);
}

[[gnu::noinline]] void give(void* block, const void* returns_to) {
  heap::Caller caller(returns_to);
  if (block == nullptr) {
    return;
  }
  Heap* heap = heap::process_heap();
  if (heap != nullptr && heap->free(block, true)) {
    return;
  }
  if (crt::debug::find(block) == nullptr) {
    crt::refuse("free", block);
  }
  crt::debug::release(block);
}

} // namespace

void* winmem_malloc(std::size_t size) {
  if (size > heap::kTabulated) [[unlikely]] {
    return allocate_larger(size, __builtin_return_address(0));
  }
  void* block = heap::take_fast_tabulated(size);
  return block != nullptr ? block : allocate(size, false, __builtin_return_address(0));
}

void winmem_free(void* block) {
  if (!heap::give_fast(block)) {
    give(block, __builtin_return_address(0));
  }
}

void* winmem_calloc(std::size_t count, std::size_t size) {
  Bytes all = 0;
  if (!crt::multiply(count, size, all)) {
    return nullptr;
  }
  void* block = heap::take_fast(all);
  return block != nullptr ? std::memset(block, 0, all) : allocate(all, true, __builtin_return_address(0));
}

void* winmem_realloc(void* block, std::size_t size) {
  if (block != nullptr && size != 0) [[likely]] {
    if (void* resized = heap::resize_fast(block, size, false)) [[likely]] {
      return resized;
    }
  }
  return reallocate(block, size, __builtin_return_address(0));
}
