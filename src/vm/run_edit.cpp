// How a run tree changes: see page_runs.h for the form and what holds.
#include "page_runs.h"
#include "run_node.h"

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

struct Child {
  PageIndex first;
  RunNode* node;
  bool is_new;
};

// The children that take the place of one node: a full leaf that gains two keys becomes two.
struct Children {
  static constexpr unsigned kMost = kInnerCapacity + 4;
  Child items[kMost];
  unsigned count = 0;

  void add(PageIndex first, RunNode* node, bool is_new) { items[count++] = {first, node, is_new}; }
};

constexpr unsigned kSmallLeaf = 8; // below this an edit looks for a neighbour to merge with

unsigned leaf_class_for(unsigned keys) {
  unsigned size_class = 0;
  while (leaf_capacity(size_class) < keys) {
    ++size_class;
  }
  return size_class;
}

} // namespace

struct EditBuilder {
  RunEdit& edit;

  RunNode* take(unsigned size_class) {
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

  RunLeaf* make_leaf(const RunKey* keys, unsigned count) {
    auto* leaf = static_cast<RunLeaf*>(take(leaf_class_for(count)));
    if (leaf != nullptr) {
      leaf->count = static_cast<std::uint16_t>(count);
      std::memcpy(leaf->keys, keys, count * sizeof(RunKey));
    }
    return leaf;
  }

  RunInner* make_inner(const Child* children, unsigned count) {
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

  // Of a node that the finished tree will not contain: a new one goes back to its pool, an old one is replaced.
  void drop(RunNode* node) {
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

  // An old node waits in replaced_. Its link may be written although it is still published: readers ignore it.
  void replace(RunNode* node) {
    node->next_pooled = edit.replaced_;
    edit.replaced_ = node;
  }

  void replace_subtree(RunNode* node) {
    if (!is_leaf(node)) {
      auto* inner = static_cast<RunInner*>(node);
      for (unsigned i = 0; i < inner->count; ++i) {
        replace_subtree(child_of(inner, i));
      }
    }
    replace(node);
  }

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
    replace(leaf);
    if (count == 0) {
      return true;
    }
    unsigned in_first = count <= kLeafCapacity ? count : count / 2;
    RunLeaf* first = make_leaf(keys, in_first);
    if (first == nullptr) {
      return false;
    }
    out.add(page_of(keys[0]), first, true);
    if (in_first < count) {
      RunLeaf* second = make_leaf(keys + in_first, count - in_first);
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
      drop(left.node);
      drop(right.node);
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
    return make_leaf(keys, unsigned{a->count} + b->count);
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
    return make_inner(children, count);
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
        replace_subtree(child);
      } else if (!rebuild(child, child_end, change, children)) {
        return false;
      }
    }
    replace(inner);
    if (!merge_small(children)) {
      return false;
    }
    return wrap(children, out);
  }

  // Inner nodes over `children`: none, one, or two when one is too small for them.
  [[nodiscard]] bool wrap(const Children& children, Children& out) {
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

  // The root over what is left; a tree of one run becomes a word.
  [[nodiscard]] bool make_root(Children& top, RunRoot& root) {
    while (top.count > 1) {
      Children above;
      if (!wrap(top, above)) {
        return false;
      }
      top = above;
    }
    RunNode* node = top.items[0].node;
    while (!is_leaf(node) && node->count == 1) {
      RunNode* child = child_of(static_cast<RunInner*>(node), 0);
      drop(node);
      node = child;
    }
    if (is_leaf(node) && node->count == 1) {
      root = RunRoot::uniform(state_of(static_cast<RunLeaf*>(node)->keys[0]));
      drop(node);
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
    edit.slot_ = slot;
    replace(leaf);
    if (is_root && count == 1) {
      edit.new_root_ = RunRoot::uniform(state_of(keys[0]));
      return InLeaf::done;
    }
    RunLeaf* fresh = make_leaf(keys, count);
    if (fresh == nullptr) {
      return InLeaf::no_memory;
    }
    edit.new_root_ = RunRoot::of(fresh);
    return InLeaf::done;
  }
};

bool RunEdit::prepare(std::atomic<std::uintptr_t>& root, PageIndex pages, PageIndex begin, PageIndex end,
                      PageState state) {
  RunRoot current = RunRoot::from_word(root.load(std::memory_order_relaxed)); // written under the caller's lock only
  PageRun here = find_run(current, begin, pages);
  if (here.state == state && here.end >= end) {
    return true;
  }
  EditBuilder builder{*this};
  slot_ = &root;
  if (begin == 0 && end == pages) {
    new_root_ = RunRoot::uniform(state);
    if (!current.is_uniform()) {
      builder.replace_subtree(current.node());
    }
    return true;
  }
  KeyChange change = key_change(current, pages, begin, end, state);
  if (current.is_uniform()) {
    RunKey keys[3] = {make_key(0, current.state())};
    unsigned count = begin > 0 ? 1 : 0;
    for (unsigned i = 0; i < change.added_count; ++i) {
      keys[count++] = change.added[i];
    }
    RunLeaf* leaf = builder.make_leaf(keys, count);
    new_root_ = RunRoot::of(leaf);
    return leaf != nullptr;
  }
  switch (builder.change_in_leaf(root, pages, change)) {
  case EditBuilder::InLeaf::done:
    return true;
  case EditBuilder::InLeaf::no_memory:
    return false;
  case EditBuilder::InLeaf::not_possible:
    break;
  }
  Children top;
  return builder.rebuild(current.node(), pages, change, top) && builder.make_root(top, new_root_);
}

bool RunEdit::prepare_copy(RunRoot from, PageIndex pages, PageIndex begin, PageIndex end) {
  PageRun first = find_run(from, begin, pages);
  if (first.end >= end) {
    new_root_ = RunRoot::uniform(first.state);
    return true;
  }
  // Leaves are filled in order, then wrapped level by level. Wide trees are wrapped in pieces of kMost children, each
  // of which becomes one subtree; so the copy is built as a chain of appends to the rightmost path.
  EditBuilder builder{*this};
  RunKey keys[kLeafCapacity];
  unsigned count = 0;
  constexpr unsigned kLevels = 12; // 31^11 leaves are more than an address space has pages
  Children levels[kLevels];
  auto push = [&](auto& self, unsigned level, PageIndex page, RunNode* node) -> bool {
    Children& here = levels[level];
    if (here.count == kInnerCapacity) {
      RunInner* inner = builder.make_inner(here.items, here.count);
      if (inner == nullptr || !self(self, level + 1, here.items[0].first, inner)) {
        return false;
      }
      here.count = 0;
    }
    here.add(page, node, true);
    return true;
  };
  auto flush = [&]() -> bool {
    RunLeaf* leaf = builder.make_leaf(keys, count);
    bool done = leaf != nullptr && push(push, 0, page_of(keys[0]), leaf);
    count = 0;
    return done;
  };
  bool whole = true;
  for_each_run(from, pages, begin, end, [&](PageRun run) {
    if (whole && count == kLeafCapacity) {
      whole = flush();
    }
    if (whole) {
      keys[count++] = make_key(run.begin - begin, run.state);
    }
  });
  if (!whole || !flush()) {
    return false;
  }
  // Close the levels from below; the topmost with one child only is the root.
  for (unsigned level = 0;; ++level) {
    bool topmost = true;
    for (unsigned above = level + 1; above < kLevels; ++above) {
      topmost = topmost && levels[above].count == 0;
    }
    Children& here = levels[level];
    if (topmost && here.count == 1) {
      new_root_ = RunRoot::of(here.items[0].node);
      return true;
    }
    if (here.count != 0) {
      RunInner* inner = builder.make_inner(here.items, here.count);
      if (inner == nullptr || !push(push, level + 1, here.items[0].first, inner)) {
        return false;
      }
    }
  }
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
