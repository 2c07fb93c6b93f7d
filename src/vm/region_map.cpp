#include "region_map.h"

#include <bit>

namespace winmem::vm::region_map {

namespace {

using Entry = std::uintptr_t; // a Region*, a MapNode* with bit 0 set, or 0
using AtomicEntry = std::atomic<Entry>;
using Word = std::atomic<std::uint64_t>;

constexpr unsigned kLevels = 4;
constexpr unsigned kShift[kLevels] = {36, 26, 16, 12}; // log2 of the bytes an entry spans
constexpr unsigned kBits[kLevels] = {11, 10, 10, 4};   // log2 of the entries in a node
constexpr Entry kIsNode = 1;

constexpr unsigned entries_at(unsigned level) { return 1u << kBits[level]; }
constexpr Bytes span_at(unsigned level) { return Bytes{1} << kShift[level]; }
constexpr unsigned index_at(unsigned level, Address at) {
  return static_cast<unsigned>(at >> kShift[level]) & (entries_at(level) - 1);
}

// A node's entries and bits lie behind its header; how many there are depends on the level.
struct MapNode : Pooled {
  std::uint64_t used; // bits that are set; the writer's alone
};

struct NodeView {
  AtomicEntry* entries;
  Word* bits;
  std::uint64_t* used;
};

template <unsigned kEntries> struct NodeOf : MapNode {
  AtomicEntry entries[kEntries];
  Word bits[(kEntries + 63) / 64];
};

constinit AtomicEntry root_entries[1u << kBits[0]];
constinit Word root_bits[(1u << kBits[0]) / 64];
constinit std::uint64_t root_used = 0;
constinit std::atomic<std::uint64_t> removed{0};

using WideNode = NodeOf<1024>;
using PageNode = NodeOf<16>;

constinit Pool wide_nodes{(sizeof(WideNode) + 63) / 64 * 64, 512 * 1024}; // guarded by space_lock
constinit Pool page_nodes{(sizeof(PageNode) + 63) / 64 * 64, 64 * 1024};  // guarded by space_lock

NodeView view_of(Entry entry, unsigned level) {
  auto* node = reinterpret_cast<MapNode*>(entry & ~kIsNode);
  if (level == kLevels - 1) {
    auto* page_node = static_cast<PageNode*>(node);
    return {page_node->entries, page_node->bits, &page_node->used};
  }
  auto* wide = static_cast<WideNode*>(node);
  return {wide->entries, wide->bits, &wide->used};
}

NodeView root() { return {root_entries, root_bits, &root_used}; }

bool is_node(Entry entry) { return (entry & kIsNode) != 0; }
Region* region_of(Entry entry) { return reinterpret_cast<Region*>(entry); }

Entry load(const AtomicEntry& entry) { return entry.load(std::memory_order_acquire); } // pairs with store()
void store(AtomicEntry& entry, Entry value) { entry.store(value, std::memory_order_release); }

// The writer is alone, so plain read-modify-write of a word is enough.
void set_bit(NodeView node, unsigned i, bool on) {
  Word& word = node.bits[i / 64];
  std::uint64_t old = word.load(std::memory_order_relaxed);
  std::uint64_t mask = std::uint64_t{1} << (i % 64);
  if (((old & mask) != 0) != on) {
    word.store(old ^ mask, std::memory_order_release);
    *node.used += on ? 1 : ~std::uint64_t{0};
  }
}

// The first set bit at or above `from`, or the number of entries.
unsigned next_bit(NodeView node, unsigned level, unsigned from) {
  unsigned words = (entries_at(level) + 63) / 64;
  std::uint64_t mask = ~std::uint64_t{0} << (from % 64);
  for (unsigned w = from / 64; w < words; ++w, mask = ~std::uint64_t{0}) {
    if (std::uint64_t word = node.bits[w].load(std::memory_order_acquire) & mask) {
      return w * 64 + static_cast<unsigned>(std::countr_zero(word));
    }
  }
  return entries_at(level);
}

// A node of `level` in which every entry says what the entry above it said.
Entry make_node(unsigned level, Entry all) {
  void* memory = level == kLevels - 1 ? page_nodes.take() : wide_nodes.take();
  if (memory == nullptr) {
    return 0;
  }
  Entry entry = reinterpret_cast<Entry>(memory) | kIsNode;
  NodeView node = view_of(entry, level);
  unsigned count = entries_at(level);
  for (unsigned i = 0; i < count; ++i) {
    node.entries[i].store(all, std::memory_order_relaxed);
  }
  std::uint64_t full = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  for (unsigned w = 0; w < (count + 63) / 64; ++w) {
    node.bits[w].store(all != 0 ? full : 0, std::memory_order_relaxed);
  }
  *node.used = all != 0 ? count : 0;
  return entry;
}

template <unsigned kLevel> bool prepare_border(NodeView node, Address at) {
  if (is_multiple(at, span_at(kLevel))) {
    return true;
  }
  if constexpr (kLevel + 1 < kLevels) {
    AtomicEntry& slot = node.entries[index_at(kLevel, at)];
    Entry entry = slot.load(std::memory_order_relaxed);
    if (!is_node(entry)) {
      entry = make_node(kLevel + 1, entry);
      if (entry == 0) {
        return false;
      }
      store(slot, entry);
    }
    return prepare_border<kLevel + 1>(view_of(entry, kLevel + 1), at);
  }
  return true; // not reached: ranges are page aligned
}

void retire_node(Entry entry, unsigned level) {
  if (level < kLevels - 1) {
    NodeView node = view_of(entry, level);
    for (unsigned i = 0; i < entries_at(level); ++i) {
      Entry child = node.entries[i].load(std::memory_order_relaxed);
      if (is_node(child)) {
        retire_node(child, level + 1);
      }
    }
  }
  auto* memory = reinterpret_cast<MapNode*>(entry & ~kIsNode);
  (level == kLevels - 1 ? page_nodes : wide_nodes).retire(memory);
}

template <unsigned kLevel> void set_in(NodeView node, AddressRange range, Region* region) {
  constexpr Bytes kSpan = span_at(kLevel);
  for (Address at = range.begin; at < range.end;) {
    unsigned i = index_at(kLevel, at);
    AddressRange whole{round_down(at, kSpan), round_down(at, kSpan) + kSpan};
    AtomicEntry& slot = node.entries[i];
    Entry old = slot.load(std::memory_order_relaxed);
    bool has_some = region != nullptr;
    if (range.contains(whole)) {
      store(slot, reinterpret_cast<Entry>(region));
      if (is_node(old)) {
        retire_node(old, kLevel + 1);
      }
    } else if constexpr (kLevel + 1 < kLevels) {
      NodeView below = view_of(old, kLevel + 1); // there since prepare()
      set_in<kLevel + 1>(below, range.intersect(whole), region);
      has_some = *below.used != 0;
    }
    set_bit(node, i, has_some);
    at = whole.end;
  }
}

Region* next_in(NodeView node, unsigned level, Address from, Address limit) {
  Bytes span = span_at(level);
  Address base = from & ~((span << kBits[level]) - 1);
  for (unsigned i = next_bit(node, level, index_at(level, from)); i < entries_at(level);
       i = next_bit(node, level, i + 1)) {
    Address begin = base + i * span;
    if (begin >= limit) {
      return nullptr;
    }
    Entry entry = load(node.entries[i]);
    if (is_node(entry)) {
      if (Region* found = next_in(view_of(entry, level + 1), level + 1, begin > from ? begin : from, limit)) {
        return found;
      }
    } else if (entry != 0) {
      return region_of(entry);
    }
    if (i + 1 == entries_at(level)) {
      break;
    }
  }
  return nullptr;
}

} // namespace

Region* find(Address at) {
  Entry entry = load(root_entries[index_at(0, at)]);
  for (unsigned level = 1; is_node(entry); ++level) {
    entry = load(view_of(entry, level).entries[index_at(level, at)]);
  }
  return region_of(entry);
}

Region* find_or_next(Address at, Address limit) {
  if (Region* covering = find(at)) {
    return covering;
  }
  return next_in(root(), 0, at, limit);
}

bool prepare(AddressRange range) {
  return prepare_border<0>(root(), range.begin) && prepare_border<0>(root(), range.end);
}

void set(AddressRange range, Region* region) {
  if (region == nullptr) {
    removed.store(removed.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  set_in<0>(root(), range, region);
}

std::uint64_t removals() { return removed.load(std::memory_order_acquire); }

Bytes footprint() { return wide_nodes.footprint() + page_nodes.footprint(); }

} // namespace winmem::vm::region_map
