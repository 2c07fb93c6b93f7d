// Rules: V60 V61 V62 V63. Guard pages as vm keeps them, and what it makes of a fault (vm/guards.h, vm/fault.cpp).
//
// The faults here are told, not raised: take_fault() is what a signal handler asks. Whether a page is accessible, the
// kernel is asked.
#include "host/safe_copy.h"
#include "vm/vm.h"

#include "child.h"

#include <gtest/gtest.h>

#include <atomic>
#include <sys/mman.h>
#include <thread>
#include <vector>

namespace {

using namespace winmem;
using vm::AccessKind;
using vm::FaultAnswer;
using vm::PageState;
using vm::with_guard;

constexpr PageState kGuarded = with_guard(PageState::read_write);

bool can_read(Address at) {
  char byte = 0;
  return host::copy_from(&byte, at, 1);
}
bool can_write(Address at) {
  char byte = 0;
  return host::copy_from(&byte, at, 1) && host::copy_to(at, &byte, 1);
}

// A region of 32 committed pages, read-write.
class GuardPages : public testing::Test {
protected:
  void SetUp() override {
    vm::Reserved made = vm::reserve({.size = 32 * kPage, .initial = PageState::read_write, .commit = true});
    ASSERT_EQ(made.status, Status::ok);
    base_ = made.range.begin;
  }
  void TearDown() override { EXPECT_EQ(vm::release_region(base_).status, Status::ok); }

  Address page(unsigned n) const { return base_ + n * kPage; }
  AddressRange pages(unsigned begin, unsigned end) const { return {page(begin), page(end)}; }
  void protect(unsigned begin, unsigned end, PageState state) const {
    ASSERT_EQ(vm::protect(pages(begin, end), state).status, Status::ok);
  }

  // What a query says of that page, and where it says that this ends.
  void expect(unsigned begin, unsigned end, PageState state) const {
    vm::Description there = vm::describe(page(begin));
    EXPECT_EQ(there.state, state) << "page " << begin;
    EXPECT_EQ((there.range.end - base_) / kPage, end) << "page " << begin;
  }

  Address base_ = 0;
};

TEST_F(GuardPages, V60_a_touch_disarms_that_page_only) {
  protect(4, 12, kGuarded);

  EXPECT_EQ(vm::take_fault(page(7) + 123, AccessKind::write), FaultAnswer::guard_hit);

  expect(0, 4, PageState::read_write);
  expect(4, 7, kGuarded);
  expect(7, 8, PageState::read_write);
  expect(8, 12, kGuarded);
  EXPECT_TRUE(can_write(page(7)));
  EXPECT_FALSE(can_read(page(6)));
  EXPECT_FALSE(can_read(page(8)));
}

TEST_F(GuardPages, V60_the_contents_live_through_guard_and_touch) {
  *reinterpret_cast<int*>(page(5)) = 4711;
  protect(5, 6, kGuarded);

  ASSERT_EQ(vm::take_fault(page(5), AccessKind::read), FaultAnswer::guard_hit);

  EXPECT_EQ(*reinterpret_cast<int*>(page(5)), 4711);
}

TEST_F(GuardPages, V60_a_second_fault_on_a_page_that_was_hit_is_tried_again) {
  protect(4, 5, kGuarded);
  ASSERT_EQ(vm::take_fault(page(4), AccessKind::write), FaultAnswer::guard_hit);

  EXPECT_EQ(vm::take_fault(page(4), AccessKind::write), FaultAnswer::retry);
}

TEST_F(GuardPages, V61_a_write_to_guarded_read_only_memory_is_a_hit_then_a_violation) {
  protect(4, 5, with_guard(PageState::read_only));

  EXPECT_EQ(vm::take_fault(page(4), AccessKind::write), FaultAnswer::guard_hit);
  EXPECT_EQ(vm::take_fault(page(4), AccessKind::write), FaultAnswer::violation);

  EXPECT_TRUE(can_read(page(4)));
  expect(4, 5, PageState::read_only);
}

TEST_F(GuardPages, V61_an_execute_of_guarded_data_is_a_hit_then_a_violation) {
  protect(4, 5, kGuarded);

  EXPECT_EQ(vm::take_fault(page(4), AccessKind::execute), FaultAnswer::guard_hit);
  EXPECT_EQ(vm::take_fault(page(4), AccessKind::execute), FaultAnswer::violation);
}

TEST_F(GuardPages, V62_protect_tells_the_guard_while_it_is_armed_and_arms_again) {
  EXPECT_EQ(vm::protect(pages(4, 6), kGuarded).old, PageState::read_write);
  EXPECT_EQ(vm::protect(pages(4, 6), kGuarded).old, kGuarded);
  ASSERT_EQ(vm::take_fault(page(4), AccessKind::read), FaultAnswer::guard_hit);

  EXPECT_EQ(vm::protect(pages(4, 6), kGuarded).old, PageState::read_write);

  expect(4, 6, kGuarded);
  EXPECT_FALSE(can_read(page(4)));
  EXPECT_EQ(vm::take_fault(page(4), AccessKind::read), FaultAnswer::guard_hit);
}

TEST_F(GuardPages, V62_a_page_that_was_hit_gets_another_protection_under_guard) {
  protect(4, 8, kGuarded);
  ASSERT_EQ(vm::take_fault(page(5), AccessKind::read), FaultAnswer::guard_hit);

  protect(4, 8, with_guard(PageState::execute_read));

  expect(4, 8, with_guard(PageState::execute_read));
  EXPECT_EQ(vm::take_fault(page(5), AccessKind::read), FaultAnswer::guard_hit);
  EXPECT_TRUE(can_read(page(5)));
  EXPECT_FALSE(can_write(page(5)));
}

TEST_F(GuardPages, V62_decommit_forgets_the_guard_armed_or_hit) {
  protect(4, 8, kGuarded);
  ASSERT_EQ(vm::take_fault(page(5), AccessKind::read), FaultAnswer::guard_hit);

  ASSERT_EQ(vm::decommit(pages(4, 8)), Status::ok);
  expect(4, 8, PageState::reserved);
  EXPECT_FALSE(can_read(page(5)));
  ASSERT_EQ(vm::commit(pages(4, 8), PageState::read_write), Status::ok);

  expect(0, 32, PageState::read_write);
  EXPECT_TRUE(can_write(page(4)));
  EXPECT_TRUE(can_write(page(5)));
}

TEST_F(GuardPages, V62_guarded_again_after_a_decommit_a_page_that_was_hit_is_armed) {
  protect(4, 5, kGuarded);
  ASSERT_EQ(vm::take_fault(page(4), AccessKind::read), FaultAnswer::guard_hit);
  ASSERT_EQ(vm::decommit(pages(4, 5)), Status::ok);

  ASSERT_EQ(vm::commit(pages(4, 5), kGuarded), Status::ok);

  expect(4, 5, kGuarded);
  EXPECT_FALSE(can_read(page(4)));
}

TEST_F(GuardPages, V54_pages_that_were_hit_join_their_neighbours) {
  protect(4, 8, kGuarded);
  for (unsigned n = 4; n < 8; ++n) {
    expect(n, 8, kGuarded);
    ASSERT_EQ(vm::take_fault(page(n), AccessKind::read), FaultAnswer::guard_hit);
  }

  expect(0, 32, PageState::read_write);
}

TEST_F(GuardPages, taking_the_guard_off_pages_that_were_hit_changes_nothing_else) {
  protect(4, 12, kGuarded);
  ASSERT_EQ(vm::take_fault(page(6), AccessKind::read), FaultAnswer::guard_hit);

  protect(5, 8, PageState::read_write);

  expect(0, 4, PageState::read_write);
  expect(4, 5, kGuarded);
  expect(5, 8, PageState::read_write);
  expect(8, 12, kGuarded);
  EXPECT_TRUE(can_write(page(5)));
  EXPECT_TRUE(can_write(page(6)));
  EXPECT_FALSE(can_read(page(8)));
}

TEST_F(GuardPages, a_region_is_reserved_and_committed_under_guard) {
  vm::Reserved made = vm::reserve({.size = 16 * kPage, .initial = kGuarded, .commit = true});
  ASSERT_EQ(made.status, Status::ok);
  Address at = made.range.begin + 3 * kPage;

  EXPECT_FALSE(can_read(at));
  EXPECT_EQ(vm::take_fault(at, AccessKind::write), FaultAnswer::guard_hit);
  EXPECT_TRUE(can_write(at));
  EXPECT_EQ(vm::describe(at).initial, kGuarded);
  EXPECT_EQ(vm::describe(at).state, PageState::read_write);

  // The same addresses once more: nothing is known of the hit.
  ASSERT_EQ(vm::release_region(made.range.begin).status, Status::ok);
  vm::Reserved again = vm::reserve({.at = made.range.begin, .size = 16 * kPage, .initial = kGuarded, .commit = true});
  ASSERT_EQ(again.status, Status::ok);
  EXPECT_FALSE(can_read(at));
  EXPECT_EQ(vm::describe(at).state, kGuarded);
  EXPECT_EQ(vm::release_region(made.range.begin).status, Status::ok);
}

TEST_F(GuardPages, what_is_left_of_a_region_keeps_its_guards_and_hits) {
  vm::Reserved made = vm::reserve({.size = 16 * kPage, .initial = kGuarded, .commit = true});
  ASSERT_EQ(made.status, Status::ok);
  Address base = made.range.begin;
  ASSERT_EQ(vm::take_fault(base + 2 * kPage, AccessKind::read), FaultAnswer::guard_hit);
  ASSERT_EQ(vm::take_fault(base + 12 * kPage, AccessKind::read), FaultAnswer::guard_hit);

  ASSERT_EQ(vm::release({base + 6 * kPage, base + 10 * kPage}), Status::ok);

  EXPECT_EQ(vm::describe(base + 2 * kPage).state, PageState::read_write);
  EXPECT_EQ(vm::describe(base + 3 * kPage).state, kGuarded);
  EXPECT_EQ(vm::describe(base + 12 * kPage).state, PageState::read_write);
  EXPECT_EQ(vm::take_fault(base + 13 * kPage, AccessKind::read), FaultAnswer::guard_hit);
  EXPECT_EQ(vm::take_fault(base + 7 * kPage, AccessKind::read), FaultAnswer::violation);
  EXPECT_EQ(vm::release_region(base).status, Status::ok);
  EXPECT_EQ(vm::release_region(base + 10 * kPage).status, Status::ok);
}

TEST_F(GuardPages, faults_elsewhere_are_violations_or_nobodys) {
  protect(4, 5, PageState::no_access);
  protect(5, 6, PageState::read_only);
  ASSERT_EQ(vm::decommit(pages(6, 7)), Status::ok);
  int local = 0;

  EXPECT_EQ(vm::take_fault(page(4), AccessKind::read), FaultAnswer::violation);
  EXPECT_EQ(vm::take_fault(page(5), AccessKind::write), FaultAnswer::violation);
  EXPECT_EQ(vm::take_fault(page(6), AccessKind::read), FaultAnswer::violation);
  EXPECT_EQ(vm::take_fault(reinterpret_cast<Address>(&local), AccessKind::read), FaultAnswer::not_ours);
  EXPECT_EQ(vm::take_fault(0, AccessKind::read), FaultAnswer::not_ours);
  EXPECT_EQ(vm::take_fault(~Address{0}, AccessKind::read), FaultAnswer::not_ours);
}

TEST_F(GuardPages, a_fault_where_books_and_kernel_differ_ends_in_a_violation) {
  ASSERT_EQ(mprotect(reinterpret_cast<void*>(page(4)), kPage, PROT_NONE), 0); // behind winmem's back

  int tries = 1;
  while (vm::take_fault(page(4), AccessKind::write) == FaultAnswer::retry && tries < 10000) {
    ++tries;
  }

  EXPECT_LT(tries, 100);
  ASSERT_EQ(mprotect(reinterpret_cast<void*>(page(4)), kPage, PROT_READ | PROT_WRITE), 0);
}

TEST_F(GuardPages, a_fault_where_books_and_kernel_agree_is_tried_again_and_again) {
  for (int tries = 0; tries < 1000; ++tries) {
    ASSERT_EQ(vm::take_fault(page(4), AccessKind::write), FaultAnswer::retry);
  }
}

TEST_F(GuardPages, V60_of_threads_that_touch_a_page_at_once_one_gets_the_hit) {
  constexpr int kRounds = 5000;
  constexpr int kThreads = 3;
  std::atomic<int> turn{0};
  std::atomic<int> finished{0};
  std::atomic<int> hits{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 1; round <= kRounds; ++round) {
        while (turn.load() != round) {
          std::this_thread::yield();
        }
        FaultAnswer answer = vm::take_fault(page(4), AccessKind::write);
        hits += answer == FaultAnswer::guard_hit ? 1 : 0;
        wrong += answer == FaultAnswer::violation || answer == FaultAnswer::not_ours ? 1 : 0;
        wrong += can_write(page(4)) ? 0 : 1; // whoever was told to go on may go on
        ++finished;
      }
    });
  }

  for (int round = 1; round <= kRounds; ++round) {
    protect(4, 5, kGuarded);
    turn.store(round);
    while (finished.load() != kThreads * round) {
      std::this_thread::yield();
    }
    ASSERT_EQ(hits.load(), round);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong.load(), 0);
}

TEST_F(GuardPages, touches_beside_changes_leave_kernel_and_books_alike) {
  constexpr int kRounds = 5000;
  constexpr long kHits = 200;
  std::atomic<bool> done{false};
  std::atomic<long> hits{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (unsigned n = i; !done.load(); n = (n + 1) % 8) {
        hits += vm::take_fault(page(4 + n), AccessKind::write) == FaultAnswer::guard_hit ? 1 : 0;
      }
    });
  }
  constexpr PageState kStates[] = {kGuarded, PageState::read_write, with_guard(PageState::read_only),
                                   PageState::no_access};
  for (int round = 0; round < kRounds || hits.load() < kHits; ++round) {
    unsigned begin = 4 + static_cast<unsigned>(round) % 5;
    if (round % 7 == 0) {
      ASSERT_EQ(vm::decommit(pages(begin, begin + 4)), Status::ok);
      ASSERT_EQ(vm::commit(pages(begin, begin + 4), kGuarded), Status::ok);
    } else {
      protect(begin, begin + 4, kStates[round % 4]);
    }
  }
  done.store(true);
  for (std::thread& thread : threads) {
    thread.join();
  }

  for (unsigned n = 4; n < 12; ++n) {
    host::Access access = access_of(vm::describe(page(n)).state);
    EXPECT_EQ(can_read(page(n)), access != host::Access::none) << "page " << n;
    EXPECT_EQ(can_write(page(n)), access == host::Access::read_write) << "page " << n;
  }
}

TEST_F(GuardPages, a_forks_child_has_guards_and_hits_of_its_own) {
  protect(4, 8, kGuarded);
  ASSERT_EQ(vm::take_fault(page(4), AccessKind::read), FaultAnswer::guard_hit);

  EXPECT_TRUE(in_child(&fork, [&] {
    return vm::take_fault(page(4), AccessKind::read) == FaultAnswer::retry && !can_read(page(5)) &&
           vm::take_fault(page(5), AccessKind::read) == FaultAnswer::guard_hit && can_read(page(5)) &&
           vm::protect(pages(4, 8), kGuarded).status == Status::ok && !can_read(page(4));
  }));

  expect(5, 8, kGuarded);
  EXPECT_TRUE(can_read(page(4)));
}

} // namespace
