#include "heap_calls.h"

#include "winapi.h"

#include <cstring>

namespace stress {

namespace {

bool is_filled(const char* block, SIZE_T size, char fill) {
  for (SIZE_T i = 0; i < size; ++i) {
    if (block[i] != fill) {
      return false;
    }
  }
  return true;
}

// A block's life, with its contents and size looked at in between. The heap is everybody's.
void use_block(HANDLE heap, Random& random) {
  SIZE_T size = random.below(random.one_in(16) ? 100'000 : 600);
  auto fill = static_cast<char>(random.next());
  auto* block = static_cast<char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, size));
  MUST(block != nullptr && is_filled(block, size, 0));
  std::memset(block, fill, size);
  SIZE_T larger = size + random.below(2000);
  auto* moved = static_cast<char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, larger));
  MUST(moved != nullptr && is_filled(moved, size, fill) && is_filled(moved + size, larger - size, 0));
  MUST(HeapSize(heap, 0, moved) == larger && HeapValidate(heap, 0, moved));
  MUST(HeapFree(heap, 0, moved));
}

} // namespace

void process_heap_blocks(Random& random) {
  HANDLE heap = GetProcessHeap();
  MUST(heap != nullptr);
  use_block(heap, random);
  if (random.one_in(64)) {
    MUST(HeapLock(heap));
    use_block(heap, random);
    MUST(HeapValidate(heap, 0, nullptr));
    PROCESS_HEAP_ENTRY entry{};
    while (HeapWalk(heap, &entry)) {
    }
    MUST(GetLastError() == ERROR_NO_MORE_ITEMS);
    MUST(HeapUnlock(heap));
  }
  if (random.one_in(256)) {
    HeapCompact(heap, 0);
  }
}

void own_heap(Random& random) {
  HANDLE heap = HeapCreate(0, 0, random.one_in(2) ? 0x200000 : 0);
  MUST(heap != nullptr && GetProcessHeaps(0, nullptr) >= 2);
  use_block(heap, random);
  MUST(HeapAlloc(heap, 0, 100) != nullptr); // goes with the heap
  MUST(HeapDestroy(heap));
}

void heap_information(Random&) {
  HANDLE heap = GetProcessHeap();
  ULONG front_end = 7;
  MUST(HeapQueryInformation(heap, HeapCompatibilityInformation, &front_end, sizeof front_end, nullptr));
  MUST(front_end == 0 || front_end == 2);
  HEAP_SUMMARY summary{};
  summary.cb = sizeof summary;
  MUST(HeapSummary(heap, 0, &summary) && summary.cbAllocated <= summary.cbCommitted);
  HEAP_OPTIMIZE_RESOURCES_INFORMATION wanted{HEAP_OPTIMIZE_RESOURCES_CURRENT_VERSION, 0};
  MUST(HeapSetInformation(heap, HeapOptimizeResources, &wanted, sizeof wanted));
}

void native_heap(Random& random) {
  HANDLE heap = random.one_in(2) ? GetProcessHeap() : RtlCreateHeap(HEAP_GROWABLE, nullptr, 0, 0, nullptr, nullptr);
  MUST(heap != nullptr && RtlGetProcessHeaps(0, nullptr) >= 1);
  SIZE_T size = random.below(3000);
  PVOID block = RtlAllocateHeap(heap, HEAP_SETTABLE_USER_VALUE, size);
  MUST(block != nullptr && RtlSizeHeap(heap, 0, block) == size);
  MUST(RtlSetUserValueHeap(heap, 0, block, &size) && RtlSetUserFlagsHeap(heap, 0, block, 0, HEAP_SETTABLE_USER_FLAG2));
  block = RtlReAllocateHeap(heap, HEAP_SETTABLE_USER_FLAG1, block, size + 70'000);
  PVOID value = nullptr;
  ULONG flags = 0;
  MUST(block != nullptr && RtlGetUserInfoHeap(heap, 0, block, &value, &flags));
  MUST(value == &size && flags == HEAP_SETTABLE_USER_FLAG1);
  if (random.one_in(64)) {
    MUST(RtlLockHeap(heap));
    RTL_HEAP_WALK_ENTRY entry{};
    while (RtlWalkHeap(heap, &entry) == 0) {
    }
    MUST(RtlUnlockHeap(heap));
    RtlCompactHeap(heap, 0);
  }
  MUST(RtlValidateHeap(heap, 0, block) && RtlFreeHeap(heap, 0, block));
  MUST(heap == GetProcessHeap() || RtlDestroyHeap(heap) == nullptr);
}

} // namespace stress
