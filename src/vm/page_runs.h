// The pages of one region, as an ordered map of runs with equal state.
//
// Owns:      the run tree of a region, and nothing of the kernel's. Callers change the mapping first, then the runs.
// Lock:      Region::lock for edits; readers hold a Reader (epoch.h) and never wait.
// Holds:     R1  runs cover the region exactly, in order, without overlap
//            R2  no two neighbours are equal (they would be one run)
// Form:      a B+tree keyed by the first page of each run. Nodes never change once published, except that an edit which
//            stays inside one leaf replaces the leaf in its parent's slot. Everything else builds new nodes from the
//            leaf up to the root. Either way one release store makes the whole edit visible.
// Cost:      O(log runs); a region with one run has no node at all: the root word holds the state.
// Surprise:  a leaf's neighbours need no look: where a leaf ends is told by its parents' keys, which are immutable.
#pragma once

#include "page_state.h"
#include "pool.h"

#include <atomic>
#include <cstdint>

namespace winmem::vm {

using PageIndex = std::uint64_t; // counted from the region's first page

struct PageRun {
  PageIndex begin;
  PageIndex end;
  PageState state;
};

namespace detail {
struct RunNode;
} // namespace detail

// The root of a run tree: nothing, one state for all pages, or a node.
class RunRoot {
public:
  constexpr RunRoot() = default;
  static constexpr RunRoot uniform(PageState state) {
    return RunRoot{static_cast<std::uintptr_t>(state) << kStateShift | kUniform};
  }
  // Of a region whose pages are being made: not live yet, and free memory to readers.
  static constexpr RunRoot coming() { return RunRoot{kComing}; }
  static RunRoot of(detail::RunNode* node) { return RunRoot{reinterpret_cast<std::uintptr_t>(node)}; }
  static constexpr RunRoot from_word(std::uintptr_t word) { return RunRoot{word}; }

  constexpr std::uintptr_t word() const { return word_; }
  constexpr bool is_nothing() const { return word_ == 0 || word_ == kComing; }
  constexpr bool is_coming() const { return word_ == kComing; }
  constexpr bool is_uniform() const { return (word_ & kUniform) != 0; }
  constexpr PageState state() const { return static_cast<PageState>(word_ >> kStateShift); }
  detail::RunNode* node() const { return reinterpret_cast<detail::RunNode*>(word_); }

private:
  static constexpr std::uintptr_t kUniform = 1;
  static constexpr std::uintptr_t kComing = 2; // no node lies there, and it is not uniform
  static constexpr int kStateShift = 8;
  explicit constexpr RunRoot(std::uintptr_t word) : word_(word) {}

  std::uintptr_t word_ = 0;
};

// The run that holds `page`. The caller is a Reader or holds the region's lock; the root is not nothing.
PageRun find_run(RunRoot root, PageIndex page, PageIndex pages);

// Calls visit(PageRun) for each run in [begin, end), cut to it, in order.
template <typename Visit>
void for_each_run(RunRoot root, PageIndex pages, PageIndex begin, PageIndex end, Visit visit) {
  for (PageIndex page = begin; page < end;) {
    PageRun run = find_run(root, page, pages);
    run.begin = page;
    run.end = run.end < end ? run.end : end;
    visit(run);
    page = run.end;
  }
}

// How many pages of [begin, end) are committed. Holding the region's lock, exactly; a Reader may see part of a change
// that is under way.
PageIndex committed_pages(RunRoot root, PageIndex pages, PageIndex begin, PageIndex end);

// One change of a run tree, in two steps so that the kernel's change fits between them: prepare() takes all memory that
// is needed and may fail; publish() cannot. Dropping an unpublished edit undoes it.
class RunEdit {
public:
  RunEdit() = default;
  ~RunEdit();
  RunEdit(const RunEdit&) = delete;
  RunEdit& operator=(const RunEdit&) = delete;

  // Pages [begin, end) of a tree with `pages` pages get `state`. False when there is no memory for the new nodes.
  [[nodiscard]] bool prepare(std::atomic<std::uintptr_t>& root, PageIndex pages, PageIndex begin, PageIndex end,
                             PageState state);

  // A tree for pages [begin, end) of another, renumbered from 0 (a region that splits). The caller stores root().
  [[nodiscard]] bool prepare_copy(RunRoot from, PageIndex pages, PageIndex begin, PageIndex end);
  RunRoot copied_root() const { return new_root_; }

  void publish();

private:
  friend struct EditBuilder;

  std::atomic<std::uintptr_t>* slot_ = nullptr; // where the one store goes; nullptr: nothing changes
  RunRoot new_root_;
  Pooled* taken_ = nullptr;    // new nodes, given back unless published
  Pooled* replaced_ = nullptr; // nodes to retire once published
};

// Retires all nodes of a tree that was just unlinked.
void retire_runs(RunRoot root);

// Bytes taken for run nodes in this process.
Bytes run_footprint();

void lock_runs_for_fork();
void unlock_runs_after_fork();

} // namespace winmem::vm
