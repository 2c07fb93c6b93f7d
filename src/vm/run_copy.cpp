// A run tree for part of another's pages: what is left of a region that is released in part.
#include "run_builder.h"

namespace winmem::vm {

using namespace detail;

bool RunEdit::prepare_copy(RunRoot from, PageIndex pages, PageIndex begin, PageIndex end) {
  EditBuilder build{*this};
  PageRun first = find_run(from, begin, pages);
  if (first.end >= end) {
    build.finish(nullptr, RunRoot::uniform(first.state));
    return true;
  }
  // Leaves are filled in order, then wrapped level by level. Wide trees are wrapped in pieces of kMost children, each
  // of which becomes one subtree; so the copy is built as a chain of appends to the rightmost path.
  RunKey keys[kLeafCapacity];
  unsigned count = 0;
  constexpr unsigned kLevels = 12; // 31^11 leaves are more than an address space has pages
  Children levels[kLevels];
  auto push = [&](auto& self, unsigned level, PageIndex page, RunNode* node) -> bool {
    Children& here = levels[level];
    if (here.count == kInnerCapacity) {
      RunInner* inner = build.make_inner(here.items, here.count);
      if (inner == nullptr || !self(self, level + 1, here.items[0].first, inner)) {
        return false;
      }
      here.count = 0;
    }
    here.add(page, node, true);
    return true;
  };
  auto flush = [&]() -> bool {
    RunLeaf* leaf = build.make_leaf(keys, count);
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
      build.finish(nullptr, RunRoot::of(here.items[0].node));
      return true;
    }
    if (here.count != 0) {
      RunInner* inner = build.make_inner(here.items, here.count);
      if (inner == nullptr || !push(push, level + 1, here.items[0].first, inner)) {
        return false;
      }
    }
  }
}

} // namespace winmem::vm
