// What POSIX and glibc have beside malloc. Blocks of any alignment are blocks like any other: free and realloc take
// them.
#include "../heap/caller.h"
#include "../heap/process_block.h"
#include "../host/c_errno.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <bit>

using namespace winmem;
using heap::Heap;

namespace {

void* allocate(Bytes size, Bytes alignment) {
  do {
    if (void* block = heap::process_block::take_aligned(size, alignment, false)) {
      return block;
    }
  } while (crt::try_again(size));
  return nullptr;
}

} // namespace

void* winmem_reallocarray(void* block, std::size_t count, std::size_t size) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(count, size, all) ? crt::reallocate("reallocarray", block, all, false) : nullptr;
}

// Returns its error and leaves errno alone.
int winmem_posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  heap::Caller caller(__builtin_return_address(0));
  if (!std::has_single_bit(alignment) || alignment % sizeof(void*) != 0) {
    return host::number_of(host::CError::invalid_argument);
  }
  void* got = heap::process_block::take_aligned(size, alignment, false);
  if (got == nullptr) {
    return host::number_of(host::CError::no_memory);
  }
  *block = got;
  return 0;
}

// An alignment that is no power of two becomes the next one, as in glibc.
void* winmem_memalign(std::size_t alignment, std::size_t size) {
  heap::Caller caller(__builtin_return_address(0));
  if (alignment > std::size_t{1} << 63) {
    host::set_errno(host::CError::invalid_argument);
    return nullptr;
  }
  return allocate(size, std::bit_ceil(alignment));
}

void* winmem_valloc(std::size_t size) {
  heap::Caller caller(__builtin_return_address(0));
  return allocate(size, kPage);
}

void* winmem_pvalloc(std::size_t size) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes whole = 0;
  return __builtin_add_overflow(size, kPage - 1, &whole) ? crt::no_memory() : allocate(whole & ~(kPage - 1), kPage);
}

// What was asked for: more is nobody's to use, and HeapValidate looks there for overruns.
std::size_t winmem_malloc_usable_size(void* block) {
  if (block == nullptr) {
    return 0;
  }
  Bytes size = heap::process_block::size_of(block);
  if (size == Heap::kNoSize) {
    crt::refuse("malloc_usable_size", block);
  }
  return size;
}

// Whether memory went back to the system.
int winmem_malloc_trim(std::size_t /*pad*/) {
  Heap* heap = heap::process_heap();
  if (heap == nullptr) {
    return 0;
  }
  Bytes before = heap->totals().committed;
  static_cast<void>(heap->compact(true));
  return heap->totals().committed < before ? 1 : 0;
}
