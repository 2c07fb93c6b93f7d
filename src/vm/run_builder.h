// Makes and replaces nodes on behalf of a RunEdit: the parts that an edit and a copy of a run tree share.
//
// What it makes goes on the edit's list of new nodes, what it replaces on the list to be retired; so dropping the edit
// undoes all of it.
#pragma once

#include "page_runs.h"
#include "run_node.h"

namespace winmem::vm {

namespace detail {

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

} // namespace detail

struct EditBuilder {
  RunEdit& edit;

  // nullptr when there is no memory.
  detail::RunLeaf* make_leaf(const detail::RunKey* keys, unsigned count);
  detail::RunInner* make_inner(const detail::Child* children, unsigned count);

  // Of a node that the finished tree will not contain: a new one goes back to its pool, an old one is replaced.
  void drop(detail::RunNode* node);

  // An old node waits to be retired. Its link may be written although it is still published: readers ignore it.
  void replace(detail::RunNode* node);
  void replace_subtree(detail::RunNode* node);

  // Inner nodes over `children`: none, one, or two when one is too small for them. False when there is no memory.
  [[nodiscard]] bool wrap(const detail::Children& children, detail::Children& out);

  // Where the result goes: `slot` is nullptr when the caller stores the root itself.
  void finish(std::atomic<std::uintptr_t>* slot, RunRoot root);

private:
  detail::RunNode* take(unsigned size_class);
};

} // namespace winmem::vm
