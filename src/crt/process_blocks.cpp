#include "process_blocks.h"

#include "../heap/fast.h"
#include "../heap/misuse.h"
#include "../host/c_errno.h"
#include "debug_heap.h"
#include "malloc_names.h"

namespace winmem::crt {

using heap::Heap;

namespace {

// What the heap does not know may be of the debug heap, or is a mistake.
void* reallocate_debug_block(const char* function, void* block, Bytes size, bool zeroed) {
  if (debug::find(block) == nullptr) {
    refuse(function, block);
  }
  return zeroed ? _recalloc_dbg(block, 1, size, _NORMAL_BLOCK, nullptr, 0)
                : _realloc_dbg(block, size, _NORMAL_BLOCK, nullptr, 0);
}

} // namespace

void* no_memory() {
  host::set_errno(host::CError::no_memory);
  return nullptr;
}

bool multiply(Bytes count, Bytes size, Bytes& product) {
  if (__builtin_mul_overflow(count, size, &product) || product > kMostRequested) {
    no_memory();
    return false;
  }
  return true;
}

void* reallocate(const char* function, void* block, Bytes size, bool zeroed) {
  if (block == nullptr) {
    return zeroed ? winmem_calloc(1, size) : winmem_malloc(size);
  }
  if (size != 0) {
    if (void* resized = heap::resize_fast(block, size, zeroed)) {
      return resized;
    }
  }
  Heap* heap = heap::process_heap();
  if (heap == nullptr) {
    refuse(function, block); // there never was a block
  }
  if (size == 0) {
    if (!heap->free(block, true)) {
      reallocate_debug_block(function, block, 0, zeroed);
    }
    return nullptr;
  }
  if (size > kMostRequested) {
    return no_memory();
  }
  do {
    Heap::Reallocated result = heap->reallocate(block, size, zeroed, Heap::Moving::allowed, true);
    if (result.status == Status::ok) {
      return result.block;
    }
    if (result.status != Status::no_memory) {
      return reallocate_debug_block(function, block, size, zeroed);
    }
  } while (try_again(size));
  return nullptr;
}

void refuse(const char* function, const void* pointer) {
  if (is_aligned_block(pointer)) {
    heap::stop_for_misuse(function, pointer, "a live block of _aligned_malloc",
                          "give it to _aligned_free, _aligned_realloc and their like");
  }
  if (const Heap* heap = heap::process_heap()) {
    heap::stop_for_misuse(function, pointer, *heap);
  }
  heap::stop_for_misuse(function, pointer, "no block: the process heap could not be made", "look where it is from");
}

void refuse_aligned(const char* function, const void* pointer) {
  Heap* heap = heap::process_heap();
  if (heap != nullptr && heap->size_of(pointer, true) != Heap::kNoSize) {
    heap::stop_for_misuse(function, pointer, "a live block, not from _aligned_malloc", "give it to free or realloc");
  }
  refuse(function, pointer);
}

} // namespace winmem::crt
