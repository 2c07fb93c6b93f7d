#include "heap_exchange.h"

#include "winapi.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace stress {

namespace {

constexpr std::size_t kSlots = 64;
constexpr SIZE_T kMaximum = 16 << 20;

// What a block begins with; the rest of it has the byte `fill`. It is whole when it lies in a slot, and nobody writes
// to it before he has taken it out and resized it.
struct Head {
  SIZE_T size;
  std::uint64_t fill;
};

struct Market {
  std::atomic<HANDLE> heap{nullptr};
  std::array<std::atomic<char*>, kSlots> slots{};
};

Market markets[3]; // the process heap, a growable one and a fixed one

// Not by a static local: fork may come while its guard is held.
HANDLE heap_of(Market& market) {
  HANDLE heap = market.heap.load(std::memory_order_acquire);
  if (heap == nullptr) {
    bool is_first = &market == &markets[0];
    HANDLE made = is_first ? GetProcessHeap() : HeapCreate(0, 0, &market == &markets[2] ? kMaximum : 0);
    MUST(made != nullptr);
    if (market.heap.compare_exchange_strong(heap, made, std::memory_order_acq_rel)) {
      heap = made;
    } else if (!is_first) {
      MUST(HeapDestroy(made));
    }
  }
  return heap;
}

SIZE_T any_size(Random& random) {
  SIZE_T most = random.one_in(512) ? 3'000'000 : random.one_in(16) ? 60'000 : 600;
  return sizeof(Head) + random.below(most);
}

void fill(char* block, SIZE_T size, Random& random) {
  Head head{size, random.next() & 0xFF};
  std::memcpy(block, &head, sizeof head);
  std::memset(block + sizeof head, static_cast<int>(head.fill), size - sizeof head);
}

Head head_of(const char* block) {
  Head head;
  std::memcpy(&head, block, sizeof head);
  return head;
}

bool is_filled(const char* begin, const char* end, std::uint64_t value) {
  return std::all_of(begin, end, [&](char each) { return each == static_cast<char>(value); });
}

// Every byte of the first `size`, at most.
bool is_whole(const char* block, const Head& head, SIZE_T size) {
  return is_filled(block + sizeof head, block + std::min(size, head.size), head.fill);
}

char* new_block(HANDLE heap, Random& random) {
  SIZE_T size = any_size(random);
  bool zeroed = random.one_in(4);
  auto* block = static_cast<char*>(HeapAlloc(heap, zeroed ? HEAP_ZERO_MEMORY : 0, size));
  if (block != nullptr) { // the fixed heap may be full
    MUST(!zeroed || is_filled(block, block + size, 0));
    fill(block, size, random);
  }
  return block;
}

char* resized(HANDLE heap, char* block, Random& random) {
  Head head = head_of(block);
  SIZE_T size = any_size(random);
  auto* moved = static_cast<char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, size));
  if (moved == nullptr) {
    return block;
  }
  MUST(is_whole(moved, head, size) && (size <= head.size || is_filled(moved + head.size, moved + size, 0)));
  fill(moved, size, random);
  return moved;
}

// While the heap is held, nobody can take the block that was freed.
void free_twice(HANDLE heap, char* block) {
  MUST(HeapLock(heap));
  MUST(HeapFree(heap, 0, block));
  SetLastError(0);
  MUST(!HeapFree(heap, 0, block) && GetLastError() == ERROR_INVALID_PARAMETER);
  MUST(!HeapValidate(heap, 0, block));
  MUST(HeapUnlock(heap));
}

SIZE_T live_bytes(HANDLE heap) {
  HEAP_SUMMARY summary{};
  summary.cb = sizeof summary;
  MUST(HeapSummary(heap, 0, &summary));
  return summary.cbAllocated;
}

void walk_while_held(Market& market, HANDLE heap) {
  MUST(HeapLock(heap));
  SIZE_T live = live_bytes(heap);
  std::array<char*, kSlots> blocks;
  std::transform(market.slots.begin(), market.slots.end(), blocks.begin(),
                 [](const std::atomic<char*>& slot) { return slot.load(std::memory_order_acquire); });
  std::sort(blocks.begin(), blocks.end());
  auto expected = std::count_if(blocks.begin(), blocks.end(), [](const char* block) { return block != nullptr; });
  PROCESS_HEAP_ENTRY entry{};
  while (HeapWalk(heap, &entry)) {
    auto* block = static_cast<char*>(entry.lpData);
    if ((entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0 && std::binary_search(blocks.begin(), blocks.end(), block)) {
      MUST(head_of(block).size == entry.cbData);
      --expected;
    }
  }
  MUST(GetLastError() == ERROR_NO_MORE_ITEMS && expected == 0);
  MUST(HeapValidate(heap, 0, nullptr));
  MUST(live_bytes(heap) == live);
  MUST(HeapUnlock(heap));
}

} // namespace

void exchange_blocks(Random& random) {
  Market& market = markets[random.below(std::size(markets))];
  HANDLE heap = heap_of(market);
  for (int i = 0; i < 16; ++i) {
    char* mine = random.one_in(3) ? nullptr : new_block(heap, random);
    char* theirs = market.slots[random.below(kSlots)].exchange(mine, std::memory_order_acq_rel);
    if (theirs != nullptr && random.one_in(4)) {
      theirs = resized(heap, theirs, random);
      theirs = market.slots[random.below(kSlots)].exchange(theirs, std::memory_order_acq_rel);
    }
    if (theirs == nullptr) {
      continue;
    }
    Head head = head_of(theirs);
    MUST(HeapSize(heap, 0, theirs) == head.size && is_whole(theirs, head, head.size));
    if (random.one_in(64)) {
      free_twice(heap, theirs);
    } else {
      MUST(HeapFree(heap, 0, theirs));
    }
  }
  if (random.one_in(32)) {
    walk_while_held(market, heap);
  }
}

} // namespace stress
