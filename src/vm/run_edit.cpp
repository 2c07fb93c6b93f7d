// How a run tree changes: see page_runs.h for the form and what holds.
#include "run_builder.h"

#include <cstring>

namespace winmem::vm {

using namespace detail;

namespace {

// A change in terms of keys: those in [lo, hi] go, up to two come.
struct KeyChange {
  PageIndex lo;
  PageIndex hi; // inclusive: the key at the end of the range is made anew where it is still a border
  RunKey added[2];
  unsigned added_count = 0;

  void add(PageIndex page, PageState state) { added[added_count++] = make_key(page, state); }
};

KeyChange key_change(RunRoot root, PageIndex pages, PageIndex begin, PageIndex end, PageState state) {
  KeyChange change{.lo = begin, .hi = end, .added = {}};
  if (begin == 0 || find_run(root, begin - 1, pages).state != state) {
    change.add(begin, state);
  }
  if (end < pages) {
    PageRun after = find_run(root, end, pages);
    if (after.state != state && after.begin == end) {
      change.hi = end - 1; // the border is there already; so the leaf that starts with it needs no look
    } else if (after.state != state) {
      change.add(end, after.state);
    }
  }
  return change;
}

constexpr unsigned kSmallLeaf = 8; // below this an edit looks for a neighbour to merge with

// One change applied to a tree of nodes.
struct TreeEdit {
  EditBuilder& build;

  // The keys of `leaf` after the change, of which only added keys in [leaf's first page, end) are its own.
  static unsigned changed_keys(const RunLeaf* leaf, PageIndex end, const KeyChange& change, RunKey* keys) {
    PageIndex begin = page_of(leaf->keys[0]);
    unsigned count = 0;
    unsigned i = 0;
    for (; i < leaf->count && page_of(leaf->keys[i]) < change.lo; ++i) {
      keys[count++] = leaf->keys[i];
    }
    for (unsigned k = 0; k < change.added_count; ++k) {
      if (page_of(change.added[k]) >= begin && page_of(change.added[k]) < end) {
        keys[count++] = change.added[k];
      }
    }
    while (i < leaf->count && page_of(leaf->keys[i]) <= change.hi) {
      ++i;
    }
    for (; i < leaf->count; ++i) {
      keys[count++] = leaf->keys[i];
    }
    return count;
  }

  [[nodiscard]] bool rebuild_leaf(RunLeaf* leaf, PageIndex end, const KeyChange& change, Children& out) {
    RunKey keys[kLeafCapacity + 2];
    unsigned count = changed_keys(leaf, end, change, keys);
    build.replace(leaf);
    if (count == 0) {
      return true;
    }
    unsigned in_first = count <= kLeafCapacity ? count : count / 2;
    RunLeaf* first = build.make_leaf(keys, in_first);
    if (first == nullptr) {
      return false;
    }
    out.add(page_of(keys[0]), first, true);
    if (in_first < count) {
      RunLeaf* second = build.make_leaf(keys + in_first, count - in_first);
      if (second == nullptr) {
        return false;
      }
      out.add(page_of(keys[in_first]), second, true);
    }
    return true;
  }

  // Merges neighbours of which one is new and small; keeps the tree dense where much was decommitted.
  [[nodiscard]] bool merge_small(Children& children) {
    for (unsigned i = 0; i + 1 < children.count;) {
      Child& left = children.items[i];
      Child& right = children.items[i + 1];
      bool leaves = is_leaf(left.node);
      unsigned most = leaves ? kLeafCapacity * 2 / 3 : kInnerCapacity * 2 / 3;
      unsigned sum = unsigned{left.node->count} + right.node->count;
      if (!(left.is_new || right.is_new) || sum > most) {
        ++i;
        continue;
      }
      RunNode* merged = leaves ? merge_leaves(left.node, right.node) : merge_inner(left.node, right.node);
      if (merged == nullptr) {
        return false;
      }
      build.drop(left.node);
      build.drop(right.node);
      left = {left.first, merged, true};
      for (unsigned k = i + 1; k + 1 < children.count; ++k) {
        children.items[k] = children.items[k + 1];
      }
      --children.count;
    }
    return true;
  }

  RunNode* merge_leaves(RunNode* left, RunNode* right) {
    RunKey keys[kLeafCapacity];
    auto* a = static_cast<RunLeaf*>(left);
    auto* b = static_cast<RunLeaf*>(right);
    std::memcpy(keys, a->keys, a->count * sizeof(RunKey));
    std::memcpy(keys + a->count, b->keys, b->count * sizeof(RunKey));
    return build.make_leaf(keys, unsigned{a->count} + b->count);
  }

  RunNode* merge_inner(RunNode* left, RunNode* right) {
    Child children[kInnerCapacity];
    unsigned count = 0;
    for (RunNode* node : {left, right}) {
      auto* inner = static_cast<RunInner*>(node);
      for (unsigned i = 0; i < inner->count; ++i) {
        children[count++] = {inner->first[i], child_of(inner, i), false};
      }
    }
    return build.make_inner(children, count);
  }

  [[nodiscard]] bool rebuild(RunNode* node, PageIndex end, const KeyChange& change, Children& out) {
    if (is_leaf(node)) {
      return rebuild_leaf(static_cast<RunLeaf*>(node), end, change, out);
    }
    auto* inner = static_cast<RunInner*>(node);
    Children children;
    for (unsigned i = 0; i < inner->count; ++i) {
      PageIndex child_begin = inner->first[i];
      PageIndex child_end = i + 1 < inner->count ? inner->first[i + 1] : end;
      RunNode* child = child_of(inner, i);
      if (child_end <= change.lo || child_begin > change.hi) {
        children.add(child_begin, child, false);
      } else if (child_begin > change.lo && child_end <= change.hi) {
        build.replace_subtree(child);
      } else if (!rebuild(child, child_end, change, children)) {
        return false;
      }
    }
    build.replace(inner);
    if (!merge_small(children)) {
      return false;
    }
    return build.wrap(children, out);
  }

  // The root over what is left; a tree of one run becomes a word.
  [[nodiscard]] bool make_root(Children& top, RunRoot& root) {
    while (top.count > 1) {
      Children above;
      if (!build.wrap(top, above)) {
        return false;
      }
      top = above;
    }
    RunNode* node = top.items[0].node;
    while (!is_leaf(node) && node->count == 1) {
      RunNode* child = child_of(static_cast<RunInner*>(node), 0);
      build.drop(node);
      node = child;
    }
    if (is_leaf(node) && node->count == 1) {
      root = RunRoot::uniform(state_of(static_cast<RunLeaf*>(node)->keys[0]));
      build.drop(node);
    } else {
      root = RunRoot::of(node);
    }
    return true;
  }

  // An edit that stays inside one leaf and keeps its first page: only the leaf is copied.
  enum class InLeaf { done, not_possible, no_memory };
  InLeaf change_in_leaf(std::atomic<std::uintptr_t>& root, PageIndex pages, const KeyChange& change) {
    std::atomic<std::uintptr_t>* slot = &root;
    PageIndex end = pages;
    RunNode* node = RunRoot::from_word(root.load(std::memory_order_relaxed)).node();
    while (!is_leaf(node)) {
      auto* inner = static_cast<RunInner*>(node);
      unsigned i = child_holding(inner, change.lo);
      if (i + 1 < inner->count) {
        end = inner->first[i + 1];
      }
      slot = &inner->child[i];
      node = child_of(inner, i);
    }
    bool ends_inside = change.hi < end || end == pages;
    auto* leaf = static_cast<RunLeaf*>(node);
    PageIndex first = page_of(leaf->keys[0]);
    bool keeps_first = first < change.lo || (change.added_count != 0 && page_of(change.added[0]) == first);
    if (!ends_inside || !keeps_first) {
      return InLeaf::not_possible;
    }
    RunKey keys[kLeafCapacity + 2];
    unsigned count = changed_keys(leaf, end, change, keys);
    bool is_root = slot == &root;
    if (count > kLeafCapacity || (!is_root && count < kSmallLeaf)) {
      return InLeaf::not_possible;
    }
    build.replace(leaf);
    if (is_root && count == 1) {
      build.finish(slot, RunRoot::uniform(state_of(keys[0])));
      return InLeaf::done;
    }
    RunLeaf* fresh = build.make_leaf(keys, count);
    if (fresh == nullptr) {
      return InLeaf::no_memory;
    }
    build.finish(slot, RunRoot::of(fresh));
    return InLeaf::done;
  }
};

} // namespace

bool RunEdit::prepare(std::atomic<std::uintptr_t>& root, PageIndex pages, PageIndex begin, PageIndex end,
                      PageState state) {
  RunRoot current = RunRoot::from_word(root.load(std::memory_order_relaxed)); // written under the caller's lock only
  PageRun here = find_run(current, begin, pages);
  if (here.state == state && here.end >= end) {
    return true;
  }
  EditBuilder build{*this};
  if (begin == 0 && end == pages) {
    if (!current.is_uniform()) {
      build.replace_subtree(current.node());
    }
    build.finish(&root, RunRoot::uniform(state));
    return true;
  }
  KeyChange change = key_change(current, pages, begin, end, state);
  if (current.is_uniform()) {
    RunKey keys[3] = {make_key(0, current.state())};
    unsigned count = begin > 0 ? 1 : 0;
    for (unsigned i = 0; i < change.added_count; ++i) {
      keys[count++] = change.added[i];
    }
    RunLeaf* leaf = build.make_leaf(keys, count);
    build.finish(&root, RunRoot::of(leaf));
    return leaf != nullptr;
  }
  TreeEdit edit{build};
  switch (edit.change_in_leaf(root, pages, change)) {
  case TreeEdit::InLeaf::done:
    return true;
  case TreeEdit::InLeaf::no_memory:
    return false;
  case TreeEdit::InLeaf::not_possible:
    break;
  }
  Children top;
  RunRoot changed;
  if (!edit.rebuild(current.node(), pages, change, top) || !edit.make_root(top, changed)) {
    return false;
  }
  build.finish(&root, changed);
  return true;
}

void RunEdit::publish() {
  if (slot_ != nullptr) {
    slot_->store(new_root_.word(), std::memory_order_release); // pairs with the acquire loads of readers
  }
  taken_ = nullptr;
  if (replaced_ != nullptr) {
    host::LockHold hold(nodes_lock);
    while (replaced_ != nullptr) {
      auto* node = static_cast<RunNode*>(replaced_);
      replaced_ = node->next_pooled;
      node_pools[node->size_class].retire(node);
    }
  }
}

RunEdit::~RunEdit() {
  if (taken_ != nullptr) {
    host::LockHold hold(nodes_lock);
    while (taken_ != nullptr) {
      auto* node = static_cast<RunNode*>(taken_);
      taken_ = node->next_pooled;
      node_pools[node->size_class].give(node);
    }
  }
}

} // namespace winmem::vm
