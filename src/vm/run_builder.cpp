#include "run_builder.h"

#include <cstring>

namespace winmem::vm {

using namespace detail;

namespace {

unsigned leaf_class_for(unsigned keys) {
  unsigned size_class = 0;
  while (leaf_capacity(size_class) < keys) {
    ++size_class;
  }
  return size_class;
}

} // namespace

RunNode* EditBuilder::take(unsigned size_class) {
  host::LockHold hold(nodes_lock);
  void* memory = node_pools[size_class].take();
  if (memory == nullptr) {
    return nullptr;
  }
  auto* node = static_cast<RunNode*>(memory);
  node->size_class = static_cast<std::uint8_t>(size_class);
  node->next_pooled = edit.taken_;
  edit.taken_ = node;
  return node;
}

RunLeaf* EditBuilder::make_leaf(const RunKey* keys, unsigned count) {
  auto* leaf = static_cast<RunLeaf*>(take(leaf_class_for(count)));
  if (leaf != nullptr) {
    leaf->count = static_cast<std::uint16_t>(count);
    std::memcpy(leaf->keys, keys, count * sizeof(RunKey));
  }
  return leaf;
}

RunInner* EditBuilder::make_inner(const Child* children, unsigned count) {
  auto* inner = static_cast<RunInner*>(take(kInnerClass));
  if (inner != nullptr) {
    inner->count = static_cast<std::uint16_t>(count);
    for (unsigned i = 0; i < count; ++i) {
      inner->first[i] = children[i].first;
      // Relaxed: the store that publishes the tree releases these.
      inner->child[i].store(reinterpret_cast<std::uintptr_t>(children[i].node), std::memory_order_relaxed);
    }
  }
  return inner;
}

void EditBuilder::drop(RunNode* node) {
  for (Pooled** link = &edit.taken_; *link != nullptr; link = &(*link)->next_pooled) {
    if (*link == node) {
      *link = node->next_pooled;
      host::LockHold hold(nodes_lock);
      node_pools[node->size_class].give(node);
      return;
    }
  }
  replace(node);
}

void EditBuilder::replace(RunNode* node) {
  node->next_pooled = edit.replaced_;
  edit.replaced_ = node;
}

void EditBuilder::replace_subtree(RunNode* node) {
  if (!is_leaf(node)) {
    auto* inner = static_cast<RunInner*>(node);
    for (unsigned i = 0; i < inner->count; ++i) {
      replace_subtree(child_of(inner, i));
    }
  }
  replace(node);
}

bool EditBuilder::wrap(const Children& children, Children& out) {
  for (unsigned done = 0; done < children.count;) {
    unsigned left = children.count - done;
    unsigned take_now = left <= kInnerCapacity ? left : left / 2;
    RunInner* inner = make_inner(children.items + done, take_now);
    if (inner == nullptr) {
      return false;
    }
    out.add(children.items[done].first, inner, true);
    done += take_now;
  }
  return true;
}

void EditBuilder::finish(std::atomic<std::uintptr_t>* slot, RunRoot root) {
  edit.slot_ = slot;
  edit.new_root_ = root;
}

} // namespace winmem::vm
