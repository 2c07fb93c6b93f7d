// Heap calls that malloc has no counterpart of, for winmem and, the same source, under Wine.
#pragma once

#include "heap_side.h"
#include "sizes.h"

#include <vector>

namespace bench {

// A heap of one's own for as long as the object lives.
class PrivateHeap {
public:
  PrivateHeap() : handle_(HeapCreate(0, 0, 0)) { must(handle_ != nullptr, "HeapCreate"); }
  PrivateHeap(const PrivateHeap&) = delete;
  PrivateHeap& operator=(const PrivateHeap&) = delete;
  ~PrivateHeap() { must(HeapDestroy(handle_) != 0, "HeapDestroy"); }

  HANDLE handle() const { return handle_; }

private:
  HANDLE handle_;
};

// The size of any of 64 blocks of different sizes, all in the processor's nearest cache.
struct SizeOfBlock {
  SizeOfBlock() {
    for (std::size_t i = 0; i < kBlocks; ++i)
      blocks[i] = obtain<ProcessHeap>(16 + i * 16);
  }
  SizeOfBlock(const SizeOfBlock&) = delete;
  SizeOfBlock& operator=(const SizeOfBlock&) = delete;
  ~SizeOfBlock() {
    for (void* block : blocks)
      ProcessHeap::release(block);
  }

  void operator()() {
    std::size_t at = next++ % kBlocks;
    must(HeapSize(heap, 0, blocks[at]) == 16 + at * 16, "HeapSize");
  }

  static constexpr std::size_t kBlocks = 64;
  HANDLE heap = GetProcessHeap();
  void* blocks[kBlocks];
  std::size_t next = 0;
};

// The pair of the workloads, without the two calls of GetProcessHeap.
struct PairOfKeptHandle {
  void operator()() {
    void* block = HeapAlloc(heap, 0, 64);
    must(block != nullptr, "HeapAlloc");
    touch(block);
    must(HeapFree(heap, 0, block) != 0, "HeapFree");
  }

  HANDLE heap = GetProcessHeap();
};

struct CreateDestroy {
  void operator()() { PrivateHeap(); }
};

struct CreateUseDestroy {
  void operator()() {
    PrivateHeap heap;
    void* block = HeapAlloc(heap.handle(), 0, 64);
    must(block != nullptr, "HeapAlloc");
    touch(block);
  }
};

// The same while 100,000 heaps live.
struct CreateDestroyBesideMany : CreateDestroy {
  std::vector<PrivateHeap> others{100000};
};

struct MoveableBlock {
  void operator()() {
    HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 64);
    void* block = GlobalLock(handle);
    must(block != nullptr, "GlobalAlloc, GlobalLock");
    touch(block);
    GlobalUnlock(handle);
    must(GlobalFree(handle) == nullptr, "GlobalFree");
  }
};

// A heap of a million blocks of 32 bytes, walked. A step is a block.
struct WalkHeap {
  static constexpr std::size_t kSteps = 1000000;

  WalkHeap() {
    for (std::size_t i = 0; i < kSteps; ++i)
      must(HeapAlloc(heap.handle(), 0, 32) != nullptr, "HeapAlloc");
  }

  void operator()() {
    PROCESS_HEAP_ENTRY entry = {};
    std::size_t live = 0;
    while (HeapWalk(heap.handle(), &entry) != 0)
      live += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0;
    must(live == kSteps, "HeapWalk of a million blocks");
  }

  PrivateHeap heap;
};

template <class Visitor> void visit_heap_operations(Visitor& visitor) {
  visitor.template row<PairOfKeptHandle>("pair_64_kept_handle", 1);
  visitor.template row<SizeOfBlock>("heap_size", 1);
  visitor.template row<CreateDestroy>("create_destroy", 1);
  visitor.template row<CreateUseDestroy>("create_use_destroy", 1);
  visitor.template row<MoveableBlock>("global_moveable", 1);
}

// What takes a second and more of preparation under Wine.
template <class Visitor> void visit_large_heap_operations(Visitor& visitor) {
  visitor.template row<CreateDestroyBesideMany>("create_destroy_beside_100000", 1);
  visitor.template row<WalkHeap>("walk_1000000", 1);
}

} // namespace bench
