// What one thread does with an allocator, written once for every allocator: malloc's names or HeapAlloc's.
//
// Also run by several threads at once, each with its own object: then no block crosses over. Workloads in which blocks
// do are in thread_workloads.h.
#pragma once

#include "sizes.h"

#include <cstring>
#include <utility>
#include <vector>

namespace bench {

template <class Allocator, std::size_t kSize> struct Pair {
  void operator()() {
    void* block = obtain<Allocator>(kSize);
    touch(block);
    Allocator::release(block);
  }
};

template <class Allocator, std::size_t kSize> struct ZeroedPair {
  void operator()() {
    void* block = Allocator::allocate_zeroed(kSize);
    touch(block);
    Allocator::release(block);
  }
};

// `kSlots` blocks live; a step frees any one of them and allocates another in its place.
template <class Allocator, std::size_t kSlots, std::size_t kSmallest, std::size_t kLargest> struct Churn {
  Churn() : order(kSlots) {
    for (void*& slot : slots)
      slot = obtain_and_write<Allocator>(sizes.next());
  }
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;
  ~Churn() {
    for (void* slot : slots)
      Allocator::release(slot);
  }

  void operator()() {
    void*& slot = slots[order.next()];
    Allocator::release(slot);
    slot = obtain_and_write<Allocator>(sizes.next());
  }

  AnyOrder order;
  LogUniform<kSmallest, kLargest> sizes;
  void* slots[kSlots];
};

enum class FreeOrder { last_first, first_first, any };

// Ten thousand blocks are allocated, then all are freed, in the given order. A step is one block.
template <class Allocator, FreeOrder kOrder, std::size_t kSmallest, std::size_t kLargest> struct Batch {
  static constexpr std::size_t kSteps = 10000;

  Batch() : turns(kSteps), blocks(kSteps) {
    for (std::size_t i = 0; i < kSteps; ++i)
      turns[i] = kOrder == FreeOrder::last_first ? kSteps - 1 - i : i;
    AnyOrder order(kSteps);
    for (std::size_t i = 0; kOrder == FreeOrder::any && i < kSteps; ++i)
      std::swap(turns[i], turns[order.next()]);
  }

  void operator()() {
    for (void*& block : blocks)
      block = obtain_and_write<Allocator>(sizes.next());
    for (std::size_t turn : turns)
      Allocator::release(blocks[turn]);
  }

  LogUniform<kSmallest, kLargest> sizes;
  std::vector<std::size_t> turns;
  std::vector<void*> blocks;
};

// kBuffers buffers grow by half, in turns, until each has kLargest bytes; what is added is written. Alone, a buffer may
// find room behind it. A step is one growth.
template <class Allocator, std::size_t kBuffers, std::size_t kLargest> struct Grow {
  static constexpr std::size_t kFirst = 16;
  static constexpr std::size_t larger(std::size_t size) { return size + size / 2; }
  static constexpr std::size_t growths() {
    std::size_t count = 0;
    for (std::size_t size = kFirst; size < kLargest; size = larger(size))
      ++count;
    return count;
  }
  static constexpr std::size_t kSteps = kBuffers * growths();

  void operator()() {
    unsigned char* buffers[kBuffers] = {};
    std::size_t old = 0;
    for (std::size_t size = kFirst; size < kLargest; old = size, size = larger(size))
      for (unsigned char*& buffer : buffers) {
        buffer = static_cast<unsigned char*>(Allocator::reallocate(buffer, size));
        std::memset(buffer + old, 'x', size - old);
      }
    for (unsigned char* buffer : buffers)
      Allocator::release(buffer);
  }
};

// A hundred strings grow in turns, 48 bytes at a time, to 4,800 bytes each: no one has room behind it for long.
template <class Allocator> struct GrowMany {
  static constexpr std::size_t kStrings = 100;
  static constexpr std::size_t kPiece = 48;
  static constexpr std::size_t kSteps = kStrings * 100;

  void operator()() {
    unsigned char* strings[kStrings] = {};
    for (std::size_t size = kPiece; size <= kPiece * 100; size += kPiece)
      for (unsigned char*& text : strings) {
        text = static_cast<unsigned char*>(Allocator::reallocate(text, size));
        std::memset(text + size - kPiece, 'x', kPiece);
      }
    for (unsigned char* text : strings)
      Allocator::release(text);
  }
};

// A tree of random keys with texts of many lengths is built, walked twice and torn down: how well the allocator lays
// out what is used together. A step is one node.
template <class Allocator> struct Tree {
  static constexpr std::size_t kSteps = 20000;

  struct Node {
    Node* less;
    Node* more;
    std::size_t key;
    unsigned char* text;
  };

  void operator()() {
    Node* root = nullptr;
    AnyOrder keys(std::size_t{1} << 31);
    for (std::size_t i = 0; i < kSteps; ++i)
      insert(root, keys.next());
    last = sum(root) + sum(root);
    tear_down(root);
  }

  void insert(Node*& root, std::size_t key) {
    Node** place = &root;
    while (*place != nullptr)
      place = key < (*place)->key ? &(*place)->less : &(*place)->more;
    *place = static_cast<Node*>(obtain<Allocator>(sizeof(Node)));
    **place = {nullptr, nullptr, key, static_cast<unsigned char*>(obtain_and_write<Allocator>(sizes.next()))};
  }

  static std::size_t sum(const Node* node) {
    return node == nullptr ? 0 : sum(node->less) + *node->text + sum(node->more);
  }

  static void tear_down(Node* node) {
    if (node == nullptr)
      return;
    tear_down(node->less);
    tear_down(node->more);
    Allocator::release(node->text);
    Allocator::release(node);
  }

  LogUniform<8, 256> sizes;
  volatile std::size_t last = 0;
};

template <class Allocator> using SmallChurn = Churn<Allocator, 4000, 8, 1024>;
template <class Allocator> using MixedChurn = Churn<Allocator, 1000, 8, 64 << 10>;
template <class Allocator> using LargeChurn = Churn<Allocator, 32, 8, 64 << 20>;

// Names every row for each driver: visitor.row<Workload>(name, threads).
template <class Allocator, class Visitor> void visit_workloads(Visitor& visitor) {
  visitor.template row<Pair<Allocator, 8>>("pair_8", 1);
  for (int threads : {1, 2, 4, 16})
    visitor.template row<Pair<Allocator, 64>>("pair_64", threads);
  visitor.template row<Pair<Allocator, 512>>("pair_512", 1);
  visitor.template row<Pair<Allocator, 4 << 10>>("pair_4k", 1);
  visitor.template row<Pair<Allocator, 32 << 10>>("pair_32k", 1);
  visitor.template row<Pair<Allocator, 256 << 10>>("pair_256k", 1);
  visitor.template row<Pair<Allocator, 1 << 20>>("pair_1m", 1);
  visitor.template row<Pair<Allocator, 64 << 20>>("pair_64m", 1);
  visitor.template row<ZeroedPair<Allocator, 256>>("zeroed_256", 1);
  visitor.template row<ZeroedPair<Allocator, 64 << 10>>("zeroed_64k", 1);
  for (int threads : {1, 2, 4, 8, 16})
    visitor.template row<SmallChurn<Allocator>>("churn_small", threads);
  for (int threads : {1, 2, 16})
    visitor.template row<MixedChurn<Allocator>>("churn_mixed", threads);
  visitor.template row<LargeChurn<Allocator>>("churn_large", 1);
  visitor.template row<Batch<Allocator, FreeOrder::last_first, 32, 33>>("batch_last_first", 1);
  visitor.template row<Batch<Allocator, FreeOrder::first_first, 96, 97>>("batch_first_first", 1);
  visitor.template row<Batch<Allocator, FreeOrder::any, 8, 2048>>("batch_any_order", 1);
  visitor.template row<Grow<Allocator, 1, 64 << 10>>("grow_to_64k", 1);
  visitor.template row<Grow<Allocator, 1, 16 << 20>>("grow_to_16m", 1);
  visitor.template row<Grow<Allocator, 2, 16 << 20>>("grow_two_to_16m", 1);
  visitor.template row<GrowMany<Allocator>>("grow_many", 1);
  visitor.template row<Tree<Allocator>>("tree", 1);
  visitor.template row<Tree<Allocator>>("tree", 2);
}

} // namespace bench
