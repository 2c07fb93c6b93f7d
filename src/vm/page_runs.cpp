#include "page_runs.h"

#include "run_node.h"

namespace winmem::vm {

namespace detail {

namespace {
constexpr Bytes kBlock = 256 * 1024;
} // namespace

constinit host::Lock nodes_lock;
constinit Pool node_pools[kLeafClasses + 1] = {{leaf_bytes(0), kBlock},
                                               {leaf_bytes(1), kBlock},
                                               {leaf_bytes(2), kBlock},
                                               {leaf_bytes(3), kBlock},
                                               {sizeof(RunInner), kBlock}};

namespace {

void retire_subtree(RunNode* node) {
  if (!is_leaf(node)) {
    auto* inner = static_cast<RunInner*>(node);
    for (unsigned i = 0; i < inner->count; ++i) {
      retire_subtree(child_of(inner, i));
    }
  }
  node_pools[node->size_class].retire(node);
}

} // namespace
} // namespace detail

using namespace detail;

PageRun find_run(RunRoot root, PageIndex page, PageIndex pages) {
  if (root.is_uniform()) {
    return {0, pages, root.state()};
  }
  PageIndex end = pages;
  const RunNode* node = root.node();
  while (!is_leaf(node)) {
    auto* inner = static_cast<const RunInner*>(node);
    unsigned i = child_holding(inner, page);
    if (i + 1 < inner->count) {
      end = inner->first[i + 1];
    }
    node = child_of(inner, i);
  }
  auto* leaf = static_cast<const RunLeaf*>(node);
  unsigned i = key_holding(leaf, page);
  if (i + 1 < leaf->count) {
    end = page_of(leaf->keys[i + 1]);
  }
  return {page_of(leaf->keys[i]), end, state_of(leaf->keys[i])};
}

namespace {

PageIndex committed_below(const RunNode* node, PageIndex node_end, PageIndex begin, PageIndex end) {
  PageIndex sum = 0;
  if (!is_leaf(node)) {
    auto* inner = static_cast<const RunInner*>(node);
    for (unsigned i = child_holding(inner, begin); i < inner->count && inner->first[i] < end; ++i) {
      PageIndex child_end = i + 1 < inner->count ? inner->first[i + 1] : node_end;
      sum += committed_below(child_of(inner, i), child_end, begin, end);
    }
    return sum;
  }
  auto* leaf = static_cast<const RunLeaf*>(node);
  for (unsigned i = key_holding(leaf, begin); i < leaf->count && page_of(leaf->keys[i]) < end; ++i) {
    if (is_committed(state_of(leaf->keys[i]))) {
      PageIndex from = page_of(leaf->keys[i]);
      PageIndex to = i + 1 < leaf->count ? page_of(leaf->keys[i + 1]) : node_end;
      sum += (to < end ? to : end) - (from > begin ? from : begin);
    }
  }
  return sum;
}

} // namespace

PageIndex committed_pages(RunRoot root, PageIndex pages, PageIndex begin, PageIndex end) {
  if (root.is_uniform()) {
    return is_committed(root.state()) ? end - begin : 0;
  }
  return committed_below(root.node(), pages, begin, end);
}

void retire_runs(RunRoot root) {
  if (!root.is_nothing() && !root.is_uniform()) {
    host::LockHold hold(nodes_lock);
    retire_subtree(root.node());
  }
}

Bytes run_footprint() {
  host::LockHold hold(nodes_lock);
  Bytes sum = 0;
  for (const Pool& pool : node_pools) {
    sum += pool.footprint();
  }
  return sum;
}

void lock_runs_for_fork() { nodes_lock.lock(); }
void unlock_runs_after_fork() { nodes_lock.unlock(); }

} // namespace winmem::vm
