// The nodes of a run tree, and where they come from. Only page_runs.cpp and run_edit.cpp look inside.
#pragma once

#include "../host/lock.h"
#include "page_runs.h"

namespace winmem::vm::detail {

// A key is the first page of a run and the state of the run.
using RunKey = std::uint64_t;
constexpr RunKey make_key(PageIndex page, PageState state) { return page << 8 | static_cast<RunKey>(state); }
constexpr PageIndex page_of(RunKey key) { return key >> 8; }
constexpr PageState state_of(RunKey key) { return static_cast<PageState>(key & 0xff); }

struct RunNode : Pooled {
  std::uint16_t count;
  std::uint8_t size_class; // kInnerClass for inner nodes
};

inline constexpr unsigned kLeafClasses = 4; // 64, 128, 256 and 512 bytes
inline constexpr std::uint8_t kInnerClass = kLeafClasses;
inline constexpr Bytes kNodeHeader = 16;
inline constexpr Bytes kLargestNode = 512;

constexpr Bytes leaf_bytes(unsigned size_class) { return Bytes{64} << size_class; }
constexpr unsigned leaf_capacity(unsigned size_class) {
  return static_cast<unsigned>((leaf_bytes(size_class) - kNodeHeader) / sizeof(RunKey));
}
inline constexpr unsigned kLeafCapacity = leaf_capacity(kLeafClasses - 1);                           // 62
inline constexpr unsigned kInnerCapacity = static_cast<unsigned>((kLargestNode - kNodeHeader) / 16); // 31

struct RunLeaf : RunNode {
  RunKey keys[kLeafCapacity]; // as many as the size class has room for
};

struct RunInner : RunNode {
  PageIndex first[kInnerCapacity]; // the first page of each child; immutable
  std::atomic<std::uintptr_t> child[kInnerCapacity];
};

static_assert(sizeof(RunNode) == kNodeHeader);
static_assert(sizeof(RunLeaf) == kLargestNode && sizeof(RunInner) == kLargestNode);

inline bool is_leaf(const RunNode* node) { return node->size_class != kInnerClass; }
inline RunNode* child_of(const RunInner* inner, unsigned i) {
  return reinterpret_cast<RunNode*>(inner->child[i].load(std::memory_order_acquire)); // pairs with publish()
}

// The last i with key_page(i) <= page. The first key is never greater.
template <typename KeyPage> unsigned last_not_above(unsigned count, PageIndex page, KeyPage key_page) {
  unsigned low = 0;
  for (unsigned half = count; half > 1;) {
    unsigned step = half / 2;
    low = key_page(low + step) <= page ? low + step : low;
    half -= step;
  }
  return low;
}

inline unsigned child_holding(const RunInner* inner, PageIndex page) {
  return last_not_above(inner->count, page, [inner](unsigned i) { return inner->first[i]; });
}
inline unsigned key_holding(const RunLeaf* leaf, PageIndex page) {
  return last_not_above(leaf->count, page, [leaf](unsigned i) { return page_of(leaf->keys[i]); });
}

extern host::Lock nodes_lock;
extern Pool node_pools[kLeafClasses + 1]; // guarded by nodes_lock

} // namespace winmem::vm::detail
