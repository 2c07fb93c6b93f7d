// Heaps and their blocks: the first ones and later ones, small, single and large, growable and fixed.
//
// The blocks made before a call are part of the comparison: their pages are, with all contents.
#include "fail.h"
#include "scenario.h"

#include <cstring>
#include <initializer_list>

namespace faults {
namespace {

constexpr std::size_t kSmall = 100;
constexpr std::size_t kSingle = 300'000; // granules of its own
constexpr std::size_t kLarge = 5 << 20;  // a region of its own

// The process heap comes first, always; it stays, once it is made. It commits something, so that the commit limit is
// known, which takes fifty calls.
HANDLE heap(std::size_t maximum = 0, DWORD options = 0) {
  FAULTS_REQUIRE(HeapAlloc(GetProcessHeap(), 0, kSmall) != nullptr);
  HANDLE made = HeapCreate(options, 0, maximum);
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

// A block with something in it.
char* block_of(HANDLE heap, std::size_t size) {
  auto* block = static_cast<char*>(HeapAlloc(heap, 0, size));
  FAULTS_REQUIRE(block != nullptr);
  std::memset(block, 0x5A, size);
  return block;
}

// All heaps give back what they keep for a while, and what the system did not take back before. What a scenario does
// must not hang on the time that has passed.
void trim() {
  HEAP_OPTIMIZE_RESOURCES_INFORMATION wanted{HEAP_OPTIMIZE_RESOURCES_CURRENT_VERSION, 0};
  FAULTS_REQUIRE(HeapSetInformation(nullptr, HeapOptimizeResources, &wanted, sizeof wanted));
}

// A heap that has blocks of each kind, and has freed some.
HANDLE heap_with_idle_memory() {
  HANDLE made = heap();
  for (std::size_t size : {kSmall, kSmall, kSingle, kLarge}) {
    char* block = block_of(made, size);
    block_of(made, size);
    FAULTS_REQUIRE(HeapFree(made, 0, block));
  }
  return made;
}

HANDLE used_heap() {
  HANDLE made = heap_with_idle_memory();
  trim();
  return made;
}

bool is_filled(const char* block, std::size_t size, char value) {
  return size == 0 || (block[0] == value && std::memcmp(block, block + 1, size - 1) == 0);
}

// A block whose size and contents are right.
bool allocates(HANDLE heap, std::size_t size) {
  auto* block = static_cast<char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, size));
  return block != nullptr && HeapSize(heap, 0, block) == size && is_filled(block, size, 0);
}

// `block`, filled by block_of(), grown or shrunk. Where it fails it must be as it was.
bool reallocates(HANDLE heap, DWORD flags, char* block, std::size_t old_size, std::size_t size) {
  auto* moved = static_cast<char*>(HeapReAlloc(heap, flags, block, size));
  if (moved == nullptr) {
    DWORD error = GetLastError();
    FAULTS_REQUIRE(HeapSize(heap, 0, block) == old_size && is_filled(block, old_size, 0x5A));
    SetLastError(error);
    return false;
  }
  return HeapSize(heap, 0, moved) == size && is_filled(moved, old_size < size ? old_size : size, 0x5A);
}

// ---- heaps ----------------------------------------------------------------------------------------------------------

SCENARIO(process_heap_is_made, kOutOfMemory) {
  trial.call([] { return GetProcessHeap() != nullptr; });
}

SCENARIO(heap_is_created, kOutOfMemory) {
  heap();
  trial.afterwards(trim);
  trial.call([] { return HeapCreate(0, 0, 0) != nullptr; });
}

SCENARIO(heap_with_a_maximum_is_created, kOutOfMemory) {
  heap();
  trial.afterwards(trim);
  trial.call([] { return HeapCreate(0, 0x10000, 0x100000) != nullptr; });
}

SCENARIO(heap_with_a_maximum_is_created_beside_another, kOutOfMemory) {
  block_of(heap(0x200000), kSmall);
  trial.afterwards(trim);
  trial.call([] { return HeapCreate(HEAP_CREATE_ENABLE_EXECUTE, 0x40000, 0x100000) != nullptr; });
}

SCENARIO(heap_is_destroyed, kOutOfMemory) {
  HANDLE own = used_heap();
  trial.afterwards(trim);
  trial.call([=] { return HeapDestroy(own) != 0; });
}

SCENARIO(heap_with_a_maximum_is_destroyed, kOutOfMemory) {
  HANDLE own = heap(0x200000);
  block_of(own, kSingle);
  trial.afterwards(trim);
  trial.call([=] { return HeapDestroy(own) != 0; });
}

// ---- blocks ---------------------------------------------------------------------------------------------------------

SCENARIO(heap_alloc_of_a_first_block, kOutOfMemory) {
  HANDLE own = heap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, kSmall); });
}

SCENARIO(heap_alloc_of_a_block_of_a_size_used_before, kOutOfMemory) {
  HANDLE own = used_heap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, kSmall); });
}

SCENARIO(heap_alloc_of_a_first_block_of_a_size, kOutOfMemory) {
  HANDLE own = used_heap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, 20'000); });
}

SCENARIO(heap_alloc_of_a_first_single_block, kOutOfMemory) {
  HANDLE own = heap();
  block_of(own, kSmall);
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, kSingle); });
}

SCENARIO(heap_alloc_of_a_block_that_needs_a_new_segment, kOutOfMemory) {
  HANDLE own = heap();
  for (int i = 0; i < 12; ++i) {
    block_of(own, kSingle);
  }
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, 900'000); });
}

SCENARIO(heap_alloc_of_a_first_large_block, kOutOfMemory) {
  HANDLE own = heap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, kLarge); });
}

SCENARIO(heap_alloc_of_a_large_block, kOutOfMemory) {
  HANDLE own = used_heap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, 3 * kLarge); });
}

SCENARIO(heap_alloc_in_an_executable_heap, kOutOfMemory) {
  HANDLE own = heap(0, HEAP_CREATE_ENABLE_EXECUTE);
  block_of(own, kSmall);
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, 2000); });
}

SCENARIO(heap_alloc_in_a_heap_with_a_maximum, kOutOfMemory) {
  HANDLE own = heap(0x200000);
  block_of(own, kSmall);
  trial.afterwards(trim);
  trial.call([=] { return allocates(own, kSingle); });
}

SCENARIO(heap_alloc_in_the_process_heap, kOutOfMemory) {
  HANDLE process = GetProcessHeap();
  trial.afterwards(trim);
  trial.call([=] { return allocates(process, kSmall); });
}

SCENARIO(heap_realloc_to_another_class, kOutOfMemory) {
  HANDLE own = heap();
  char* block = block_of(own, 3000);
  trial.afterwards(trim);
  trial.call([=] { return reallocates(own, 0, block, 3000, 7000); });
}

SCENARIO(heap_realloc_to_a_large_block, kOutOfMemory) {
  HANDLE own = heap();
  char* block = block_of(own, 3000);
  trial.afterwards(trim);
  trial.call([=] { return reallocates(own, 0, block, 3000, kLarge); });
}

SCENARIO(heap_realloc_of_a_large_block_to_a_larger_one, kOutOfMemory) {
  HANDLE own = heap();
  char* block = block_of(own, kLarge);
  trial.afterwards(trim);
  trial.call([=] { return reallocates(own, 0, block, kLarge, 2 * kLarge); });
}

// Shrinking always works; what is behind the end goes back then, or the next time.
SCENARIO(heap_realloc_of_a_large_block_to_a_smaller_one, kNever) {
  static HANDLE own = heap();
  static char* block = block_of(own, kLarge);
  trial.afterwards([] {
    FAULTS_REQUIRE(HeapReAlloc(own, HEAP_REALLOC_IN_PLACE_ONLY, block, kLarge / 3) == block);
    trim();
  });
  trial.call([] { return reallocates(own, HEAP_REALLOC_IN_PLACE_ONLY, block, kLarge, kLarge / 3); });
}

SCENARIO(heap_realloc_in_place_in_a_heap_with_a_maximum, kOutOfMemory) {
  HANDLE own = heap(0x200000);
  char* block = block_of(own, 1000);
  trial.afterwards(trim);
  trial.call([=] { return reallocates(own, HEAP_REALLOC_IN_PLACE_ONLY, block, 1000, kSingle); });
}

SCENARIO(heap_free_of_the_last_block_of_several_slabs, kNever) {
  HANDLE own = heap();
  static char* blocks[200];
  for (char*& block : blocks) {
    block = block_of(own, 20'000);
  }
  trial.afterwards(trim);
  trial.call([=] {
    bool all = true;
    for (char* block : blocks) {
      all = HeapFree(own, 0, block) != 0 && all;
    }
    return all;
  });
}

SCENARIO(heap_free_of_single_blocks, kNever) {
  HANDLE own = heap();
  static char* blocks[16];
  for (char*& block : blocks) {
    block = block_of(own, kSingle);
  }
  trial.afterwards(trim);
  trial.call([=] {
    bool all = true;
    for (char* block : blocks) {
      all = HeapFree(own, 0, block) != 0 && all;
    }
    return all;
  });
}

SCENARIO(heap_free_of_a_large_block, kOutOfMemory) {
  HANDLE own = heap();
  char* block = block_of(own, kLarge);
  block_of(own, kLarge);
  trial.afterwards(trim);
  trial.call([=] { return HeapFree(own, 0, block) != 0; });
}

SCENARIO(heap_free_in_a_heap_with_a_maximum, kNever) {
  HANDLE own = heap(0x200000);
  char* block = block_of(own, kSingle);
  trial.afterwards(trim);
  trial.call([=] { return HeapFree(own, 0, block) != 0; });
}

// ---- questions ------------------------------------------------------------------------------------------------------

SCENARIO(heap_compact, kNever) {
  HANDLE own = heap_with_idle_memory();
  trial.afterwards(trim);
  trial.call([=] { return HeapCompact(own, 0) != 0; });
}

SCENARIO(heap_optimize_resources_of_all, kNever) {
  heap_with_idle_memory();
  heap_with_idle_memory();
  trial.afterwards(trim);
  trial.call([] {
    trim();
    return true;
  });
}

SCENARIO(heap_questions, kNever) {
  HANDLE own = used_heap();
  char* block = block_of(own, kSmall);
  trial.afterwards(trim);
  trial.call([=] {
    HANDLE handles[4];
    HEAP_SUMMARY summary{};
    summary.cb = sizeof summary;
    ULONG front_end = 0;
    bool right = HeapSize(own, 0, block) == kSmall && HeapValidate(own, 0, block) && HeapValidate(own, 0, nullptr) &&
                 GetProcessHeaps(4, handles) == 2 && handles[1] == own && HeapSummary(own, 0, &summary) &&
                 HeapQueryInformation(own, HeapCompatibilityInformation, &front_end, sizeof front_end, nullptr);
    return right && HeapLock(own) && HeapUnlock(own);
  });
}

SCENARIO(heap_walk, kNever) {
  HANDLE own = used_heap();
  trial.afterwards(trim);
  trial.call([=] {
    DWORD error = GetLastError();
    PROCESS_HEAP_ENTRY entry{};
    unsigned live = 0;
    while (HeapWalk(own, &entry)) {
      live += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0 ? 1 : 0;
    }
    bool right = live == 4 && GetLastError() == ERROR_NO_MORE_ITEMS;
    SetLastError(error);
    return right;
  });
}

// ---- exceptions instead of NULL -------------------------------------------------------------------------------------

NTSTATUS raised = 0;

LONG WINAPI note_and_continue(EXCEPTION_POINTERS* info) {
  raised = static_cast<NTSTATUS>(info->ExceptionRecord->ExceptionCode);
  return EXCEPTION_CONTINUE_EXECUTION;
}

NTSTATUS status_of(const void* block) {
  FAULTS_REQUIRE((block == nullptr) == (raised != 0));
  NTSTATUS status = raised;
  raised = 0;
  return status;
}

SCENARIO(heap_alloc_raises_that_there_is_no_memory, kNativeOutOfMemory) {
  HANDLE own = heap(0, HEAP_GENERATE_EXCEPTIONS);
  AddVectoredExceptionHandler(1, note_and_continue);
  trial.afterwards(trim);
  trial.call([=] { return status_of(HeapAlloc(own, 0, kSmall)); });
}

SCENARIO(heap_realloc_raises_that_there_is_no_memory, kNativeOutOfMemory) {
  HANDLE own = heap();
  char* block = block_of(own, 3000);
  AddVectoredExceptionHandler(1, note_and_continue);
  trial.afterwards(trim);
  trial.call([=] { return status_of(HeapReAlloc(own, HEAP_GENERATE_EXCEPTIONS, block, kLarge)); });
}

} // namespace
} // namespace faults
