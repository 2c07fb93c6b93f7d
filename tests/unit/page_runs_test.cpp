// The run tree against an array of pages: R1 and R2 of vm/page_runs.h, after every edit.
#include "vm/page_runs.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace {

using winmem::vm::committed_pages;
using winmem::vm::find_run;
using winmem::vm::is_committed;
using winmem::vm::PageIndex;
using winmem::vm::PageRun;
using winmem::vm::PageState;
using winmem::vm::RunEdit;
using winmem::vm::RunRoot;

class Tree {
public:
  explicit Tree(PageIndex pages) : model_(pages, PageState::reserved) {
    root_.store(RunRoot::uniform(PageState::reserved).word());
  }
  ~Tree() { winmem::vm::retire_runs(root()); }

  RunRoot root() const { return RunRoot::from_word(root_.load()); }
  PageIndex pages() const { return model_.size(); }

  void set(PageIndex begin, PageIndex end, PageState state) {
    RunEdit edit;
    ASSERT_TRUE(edit.prepare(root_, pages(), begin, end, state));
    edit.publish();
    std::fill(model_.begin() + static_cast<std::ptrdiff_t>(begin), model_.begin() + static_cast<std::ptrdiff_t>(end),
              state);
  }

  // R1, R2, and the model's states.
  void check() const { check_against(root(), model_); }

  static void check_against(RunRoot root, const std::vector<PageState>& model) {
    PageIndex at = 0;
    while (at < model.size()) {
      PageRun run = find_run(root, at, model.size());
      ASSERT_EQ(run.begin, at);
      ASSERT_GT(run.end, at);
      ASSERT_EQ(find_run(root, run.end - 1, model.size()).begin, at);
      for (PageIndex page = run.begin; page < run.end; ++page) {
        ASSERT_EQ(model[page], run.state) << "page " << page;
      }
      if (run.end < model.size()) {
        ASSERT_NE(model[run.end], run.state) << "two equal neighbours at " << run.end;
      }
      at = run.end;
    }
    ASSERT_EQ(at, model.size());
  }

  const std::vector<PageState>& model() const { return model_; }

private:
  std::atomic<std::uintptr_t> root_{0};
  std::vector<PageState> model_;
};

TEST(PageRuns, a_new_tree_is_one_run) {
  Tree tree(16);

  tree.check();

  EXPECT_TRUE(tree.root().is_uniform());
}

TEST(PageRuns, an_edit_that_undoes_all_leaves_one_word) {
  Tree tree(100000);
  for (PageIndex page = 1; page < 100000; page += 2) {
    tree.set(page, page + 1, PageState::read_write);
  }
  tree.check();

  for (PageIndex page = 1; page < 100000; page += 2) {
    tree.set(page, page + 1, PageState::reserved);
  }

  EXPECT_TRUE(tree.root().is_uniform());
  EXPECT_EQ(tree.root().state(), PageState::reserved);
}

TEST(PageRuns, islands_from_the_top_down_are_found) {
  Tree tree(20000);

  for (PageIndex page = 19999; page > 1; page -= 2) {
    tree.set(page, page + 1, PageState::read_only);
  }

  tree.check();
}

TEST(PageRuns, a_dropped_edit_changes_nothing) {
  Tree tree(64);
  tree.set(3, 9, PageState::read_write);
  std::atomic<std::uintptr_t> root{tree.root().word()};
  {
    RunEdit edit;
    ASSERT_TRUE(edit.prepare(root, 64, 5, 7, PageState::reserved));
  }

  EXPECT_EQ(root.load(), tree.root().word());
  tree.check();
}

struct Shape {
  const char* name;
  PageIndex pages;
  PageIndex longest;
  int edits;
  int check_every;
};

class RandomEdits : public testing::TestWithParam<Shape> {};

TEST_P(RandomEdits, agree_with_an_array_of_pages) {
  const Shape& shape = GetParam();
  std::mt19937_64 random(20261123);
  Tree tree(shape.pages);

  for (int edit = 0; edit < shape.edits; ++edit) {
    PageIndex length = 1 + random() % (random() % 8 == 0 ? shape.longest : 3);
    PageIndex begin = random() % shape.pages;
    PageIndex end = std::min(begin + length, shape.pages);
    tree.set(begin, end, static_cast<PageState>(random() % 4));
    if (edit % shape.check_every == 0) {
      tree.check();
      if (HasFatalFailure()) {
        FAIL() << "after edit " << edit << " [" << begin << ", " << end << ")";
      }
    }
  }

  tree.check();
}

INSTANTIATE_TEST_SUITE_P(PageRuns, RandomEdits,
                         testing::Values(Shape{"small", 16, 16, 20000, 1}, Shape{"medium", 700, 300, 20000, 1},
                                         Shape{"wide", 50000, 20000, 60000, 500},
                                         Shape{"islands", 200000, 40, 300000, 20000}),
                         [](const auto& row) { return row.param.name; });

TEST(PageRuns, committed_pages_of_any_part_are_counted) {
  constexpr PageIndex kPages = 60000;
  Tree tree(kPages);
  EXPECT_EQ(committed_pages(tree.root(), kPages, 0, kPages), 0u);
  std::mt19937 random(7); // NOLINT(cert-msc51-cpp): always the same islands
  for (int i = 0; i < 9000; ++i) {
    PageIndex begin = random() % kPages;
    PageIndex end = std::min<PageIndex>(kPages, begin + 1 + random() % 5);
    tree.set(begin, end,
             random() % 3 == 0   ? PageState::reserved
             : random() % 2 == 0 ? PageState::read_write
                                 : PageState::no_access);
  }
  std::vector<PageIndex> before{0}; // committed pages below each page
  for (PageState state : tree.model()) {
    before.push_back(before.back() + (is_committed(state) ? 1 : 0));
  }

  EXPECT_EQ(committed_pages(tree.root(), kPages, 0, kPages), before.back());
  for (int i = 0; i < 3000; ++i) {
    PageIndex begin = random() % kPages;
    PageIndex end = begin + 1 + random() % (kPages - begin);
    ASSERT_EQ(committed_pages(tree.root(), kPages, begin, end), before[end] - before[begin]) << begin << ' ' << end;
  }
  tree.set(0, kPages, PageState::read_only);
  EXPECT_EQ(committed_pages(tree.root(), kPages, 100, 250), 150u);
}

TEST(PageRuns, a_copy_of_part_is_renumbered) {
  std::mt19937_64 random(7);
  Tree tree(30000);
  for (int edit = 0; edit < 30000; ++edit) {
    PageIndex begin = random() % 29990;
    tree.set(begin, begin + 1 + random() % 8, static_cast<PageState>(random() % 3));
  }

  for (auto [begin, end] : {std::pair{0, 30000}, std::pair{1, 2}, std::pair{123, 29001}, std::pair{29990, 30000}}) {
    RunEdit copy;
    auto first = static_cast<PageIndex>(begin);
    auto last = static_cast<PageIndex>(end);
    ASSERT_TRUE(copy.prepare_copy(tree.root(), tree.pages(), first, last));
    copy.publish();
    std::vector<PageState> expected(tree.model().begin() + begin, tree.model().begin() + end);
    Tree::check_against(copy.copied_root(), expected);
    winmem::vm::retire_runs(copy.copied_root());
  }
}

} // namespace
