// malloc and its family, the debug heap, and large blocks of the process heap, whose regions serve the next ones.
#include "made_block.h"

#include "../../src/crt/debug_functions.h"
#include "../../src/crt/malloc_names.h"

#include <malloc.h>

namespace faults {
namespace {

// ---- malloc and its family -----------------------------------------------------------------------------------------

SCENARIO(malloc_of_a_first_block, kOutOfMemory) {
  make_process_heap();
  trial.afterwards(settle<free_by_heap>);
  trial.call([] {
    return of_c_library([] {
      made = winmem_malloc(kSmall);
      return made != nullptr && _msize(made) == kSmall;
    });
  });
}

SCENARIO(calloc_of_a_large_block, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<free_by_heap>);
  trial.call([] {
    return of_c_library([] {
      made = winmem_calloc(2, kLarge / 2);
      return made != nullptr && is_filled(made, kLarge, 0);
    });
  });
}

SCENARIO(realloc_to_a_large_block, kOutOfMemory) {
  made = block_of(kSingle);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] {
    return of_c_library([] { return has_moved(winmem_realloc(made, kLarge), kSingle) && _msize(made) == kLarge; });
  });
}

SCENARIO(recalloc_of_a_large_block, kOutOfMemory) {
  made = block_of(kLarge);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] {
    return of_c_library([] {
      return has_moved(_recalloc(made, 2, kLarge), kLarge) && is_filled(static_cast<char*>(made) + kLarge, kLarge, 0);
    });
  });
}

SCENARIO(expand_of_a_single_block, kOutOfMemory) {
  made = block_of(kSingle);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return of_c_library([] { return _expand(made, kSingle + 1000) == made; }); });
}

SCENARIO(aligned_malloc_of_a_large_block, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<_aligned_free>);
  trial.call([] {
    return of_c_library([] {
      made = _aligned_malloc(kLarge, 0x100000);
      return made != nullptr && _aligned_msize(made, 0x100000, 0) == kLarge;
    });
  });
}

SCENARIO(aligned_realloc_of_a_single_block, kOutOfMemory) {
  warm_up();
  made = _aligned_malloc(kSingle, 256);
  FAULTS_REQUIRE(made != nullptr);
  std::memset(made, 0x5A, kSingle);
  trial.afterwards(settle<_aligned_free>);
  trial.call([] {
    return of_c_library([] {
      return has_moved(_aligned_realloc(made, kLarge, 256), kSingle) && _aligned_msize(made, 256, 0) == kLarge;
    });
  });
}

// ---- the debug heap ------------------------------------------------------------------------------------------------

void free_by_debug(void* block) { _free_dbg(block, _NORMAL_BLOCK); }

void* debug_block_of(std::size_t size) {
  void* block = _malloc_dbg(size, _NORMAL_BLOCK, "scenario", 1);
  FAULTS_REQUIRE(block != nullptr);
  return std::memset(block, 0x5A, size);
}

// Of the block that was made, and of all of them, whose gaps are looked at.
bool has_size(std::size_t size) {
  FAULTS_REQUIRE(_CrtCheckMemory() != 0);
  return made != nullptr && _msize_dbg(made, _NORMAL_BLOCK) == size;
}

SCENARIO(malloc_dbg_of_a_first_block, kOutOfMemory) {
  make_process_heap();
  trial.afterwards(settle<free_by_debug>);
  trial.call([] {
    return of_c_library([] {
      made = _malloc_dbg(kSmall, _NORMAL_BLOCK, "scenario", 2);
      return has_size(kSmall);
    });
  });
}

SCENARIO(realloc_dbg_to_a_large_block, kOutOfMemory) {
  made = debug_block_of(kSingle);
  trial.afterwards(settle<free_by_debug>);
  trial.call([] {
    return of_c_library([] {
      bool is_done = has_moved(_realloc_dbg(made, kLarge, _NORMAL_BLOCK, "scenario", 3), kSingle);
      FAULTS_REQUIRE(has_size(is_done ? kLarge : kSingle));
      return is_done;
    });
  });
}

SCENARIO(recalloc_dbg_of_a_large_block, kOutOfMemory) {
  made = debug_block_of(kLarge);
  trial.afterwards(settle<free_by_debug>);
  trial.call([] {
    return of_c_library([] {
      bool is_done = has_moved(_recalloc_dbg(made, 2, kLarge, _NORMAL_BLOCK, "scenario", 4), kLarge);
      FAULTS_REQUIRE(has_size(is_done ? 2 * kLarge : kLarge));
      return is_done && is_filled(static_cast<char*>(made) + kLarge, kLarge, 0);
    });
  });
}

SCENARIO(expand_dbg_of_a_large_block, kOutOfMemory) {
  made = debug_block_of(kLarge);
  trial.afterwards(settle<free_by_debug>);
  trial.call([] {
    return of_c_library([] {
      bool is_done = _expand_dbg(made, kLarge + kMore, _NORMAL_BLOCK, "scenario", 5) == made;
      FAULTS_REQUIRE(is_filled(made, kLarge, 0x5A) && has_size(is_done ? kLarge + kMore : kLarge));
      return is_done;
    });
  });
}

SCENARIO(aligned_realloc_dbg_to_a_large_block, kOutOfMemory) {
  warm_up();
  made = _aligned_malloc_dbg(kSingle, 64, "scenario", 6);
  FAULTS_REQUIRE(made != nullptr);
  std::memset(made, 0x5A, kSingle);
  trial.afterwards(settle<_aligned_free_dbg>);
  trial.call([] {
    return of_c_library([] {
      bool is_done = has_moved(_aligned_realloc_dbg(made, kLarge, 64, "scenario", 7), kSingle);
      FAULTS_REQUIRE(_CrtCheckMemory() != 0);
      return is_done && _aligned_msize_dbg(made, 64, 0) == kLarge;
    });
  });
}

SCENARIO(free_dbg_of_a_large_block, kNever) {
  made = debug_block_of(kLarge);
  trial.afterwards(trim);
  trial.call([] {
    _free_dbg(std::exchange(made, nullptr), _NORMAL_BLOCK);
    return _CrtCheckMemory() != 0;
  });
}

// ---- large blocks of the process heap, whose regions are kept ------------------------------------------------------

bool allocates(std::size_t size) {
  made = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
  return made != nullptr && HeapSize(GetProcessHeap(), 0, made) == size && is_filled(made, size, 0);
}

bool reallocates(DWORD flags, std::size_t old_size, std::size_t size) {
  void* moved = HeapReAlloc(GetProcessHeap(), flags, made, size);
  DWORD error = GetLastError();
  bool is_done = has_moved(moved, old_size < size ? old_size : size);
  FAULTS_REQUIRE(HeapSize(GetProcessHeap(), 0, made) == (is_done ? size : old_size));
  SetLastError(error);
  return is_done;
}

SCENARIO(process_heap_makes_a_large_block, kOutOfMemory) {
  warm_up();
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return allocates(kLarge); });
}

// The region is too little to be given up for want of memory.
SCENARIO(process_heap_takes_an_idle_region_for_a_larger_block, kOutOfMemory) {
  FAULTS_REQUIRE(HeapFree(GetProcessHeap(), 0, block_of(1'200'000)));
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return allocates(2'000'000); });
}

SCENARIO(process_heap_grows_a_large_block_in_place, kOutOfMemory) {
  made = block_of(kLarge);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return reallocates(HEAP_REALLOC_IN_PLACE_ONLY, kLarge, kLarge + kMore); });
}

SCENARIO(process_heap_moves_a_large_block_that_grows, kOutOfMemory) {
  made = block_of(kLarge);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return reallocates(0, kLarge, 2 * kLarge); });
}

SCENARIO(process_heap_shrinks_a_large_block_in_place, kNever) {
  made = block_of(kLarge);
  trial.afterwards(settle<free_by_heap>);
  trial.call([] { return reallocates(HEAP_REALLOC_IN_PLACE_ONLY, kLarge, kLarge / 3); });
}

SCENARIO(process_heap_frees_large_blocks, kNever) {
  static void* blocks[3];
  for (void*& block : blocks) {
    block = block_of(kLarge);
  }
  trial.afterwards(trim);
  trial.call([] {
    bool all = true;
    for (void* block : blocks) {
      all = HeapFree(GetProcessHeap(), 0, block) != 0 && all;
    }
    trim();
    return all;
  });
}

} // namespace
} // namespace faults
