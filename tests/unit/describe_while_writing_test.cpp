// Readers see each change whole or not at all, while writers never pause: the promise of vm/page_runs.h and vm/epoch.h.
//
// Every writer below switches a region between two shapes; whatever a reader sees must be one of the two. Run under
// ThreadSanitizer this is also the litmus test of the release stores that publish.
#include "vm/vm.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace {

using winmem::Address;
using winmem::AddressRange;
using winmem::Bytes;
using winmem::kPage;
using winmem::Status;
namespace vm = winmem::vm;
using vm::Owner;
using vm::PageState;

constexpr int kRounds = 20000;
constexpr int kManyRounds = 150000; // of changes that make no system call
constexpr int kReaders = 2;

// Runs `write(round)` that often beside readers that call `read()` again and again.
template <typename Write, typename Read> void race(int rounds, Write write, Read read) {
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        read();
      }
    });
  }
  for (int round = 0; round < rounds; ++round) {
    write(round);
  }
  done.store(true);
  for (std::thread& reader : readers) {
    reader.join();
  }
}

AddressRange pages(Address base, unsigned begin, unsigned end) { return {base + begin * kPage, base + end * kPage}; }

TEST(DescribeWhileWriting, a_commit_of_many_pages_is_seen_whole) {
  vm::Reserved region = vm::reserve({.size = 64 * kPage, .initial = PageState::read_write});
  ASSERT_EQ(region.status, Status::ok);
  Address base = region.range.begin;
  std::atomic<long> torn{0};

  race(
      kRounds,
      [&](int round) {
        Status status =
            round % 2 == 0 ? vm::commit(pages(base, 10, 50), PageState::read_write) : vm::decommit(pages(base, 10, 50));
        ASSERT_EQ(status, Status::ok);
      },
      [&] {
        vm::Description at = vm::describe(base + 10 * kPage);
        bool committed = at.state == PageState::read_write && at.range.end == base + 50 * kPage;
        bool reserved = at.state == PageState::reserved && at.range.end == base + 64 * kPage;
        torn += at.owner != Owner::winmem || !(committed || reserved) ? 1 : 0;
      });

  EXPECT_EQ(torn.load(), 0);
  EXPECT_EQ(vm::release_region(base).status, Status::ok);
}

TEST(DescribeWhileWriting, a_change_over_many_leaves_is_seen_whole) {
  constexpr unsigned kPages = 4000; // of islands: some forty leaves
  vm::Reserved region = vm::reserve({.size = (kPages + 100) * kPage, .initial = PageState::read_write});
  ASSERT_EQ(region.status, Status::ok);
  Address base = region.range.begin;
  for (unsigned page = 1; page < kPages; page += 2) {
    ASSERT_EQ(vm::commit(pages(base, page, page + 1), PageState::read_write), Status::ok);
  }
  std::atomic<long> torn{0};

  race(
      kRounds,
      [&](int round) {
        // Islands become one run, then one island is punched into it again; neither touches what lies behind.
        if (round % 2 == 0) {
          ASSERT_EQ(vm::commit(pages(base, 101, 1000), PageState::read_write), Status::ok);
        } else {
          for (unsigned page : {102u, 500u, 998u}) {
            ASSERT_EQ(vm::decommit(pages(base, page, page + 1)), Status::ok);
          }
        }
      },
      [&] {
        vm::Description behind = vm::describe(base + 2001 * kPage);
        bool whole = behind.owner == Owner::winmem && behind.state == PageState::read_write &&
                     behind.range == pages(base, 2001, 2002);
        torn += whole ? 0 : 1;
      });

  EXPECT_EQ(torn.load(), 0);
  EXPECT_EQ(vm::release_region(base).status, Status::ok);
}

TEST(DescribeWhileWriting, a_region_that_comes_and_goes_is_there_whole_or_free) {
  vm::Reserved first = vm::reserve({.size = 48 * kPage, .initial = PageState::read_only});
  ASSERT_EQ(first.status, Status::ok);
  AddressRange place = first.range;
  ASSERT_EQ(vm::release_region(place.begin).status, Status::ok);
  std::atomic<long> torn{0};

  race(
      kManyRounds,
      [&](int) {
        vm::Reserved again = vm::reserve({.at = place.begin, .size = place.size(), .initial = PageState::read_only});
        ASSERT_EQ(again.status, Status::ok);
        ASSERT_EQ(vm::release_region(place.begin).status, Status::ok);
      },
      [&] {
        Address page = place.begin + 20 * kPage;
        vm::Description at = vm::describe(page);
        bool there = at.owner == Owner::winmem && at.region == place && at.range == AddressRange{page, place.end};
        bool is_free = at.owner == Owner::nobody && at.range.begin == page && at.range.end >= place.end;
        torn += there || is_free ? 0 : 1;
      });

  EXPECT_EQ(torn.load(), 0);
}

// The kernel has its mapping a little longer than winmem has the region, at both ends of its life.
TEST(DescribeWhileWriting, a_region_outside_the_arena_is_never_taken_for_foreign_memory) {
  const AddressRange place{0x40000000, 0x40000000 + 48 * kPage}; // free in every build, the sanitizers' included
  ASSERT_EQ(vm::describe(place.begin).owner, Owner::nobody);
  std::atomic<long> torn{0};

  race(
      kRounds,
      [&](int round) {
        vm::ReserveRequest request{.at = place.begin, .size = place.size(), .initial = PageState::read_only};
        request.commit = round % 2 == 0;
        ASSERT_EQ(vm::reserve(request).status, Status::ok);
        ASSERT_EQ(vm::release_region(place.begin).status, Status::ok);
      },
      [&] {
        Address page = place.begin + 20 * kPage;
        vm::Description at = vm::describe(page);
        bool there = at.owner == Owner::winmem && at.region == place && at.range == AddressRange{page, place.end};
        bool is_free = at.owner == Owner::nobody && at.range.begin == page && at.range.end >= place.end;
        vm::Description below = vm::describe(place.begin - kPage);
        bool ends_right =
            below.owner == Owner::nobody && (below.range.end == place.begin || below.range.end > place.end);
        torn += (there || is_free) && ends_right ? 0 : 1;
      });

  EXPECT_EQ(torn.load(), 0);
}

TEST(DescribeWhileWriting, a_region_that_splits_is_seen_whole_or_in_two) {
  std::atomic<long> torn{0};
  std::atomic<Address> place{0};

  race(
      kRounds,
      [&](int) {
        Bytes size = 48 * kPage;
        vm::Reserved made = vm::reserve({.at = place.load(), .size = size, .initial = PageState::read_only});
        ASSERT_EQ(made.status, Status::ok);
        Address base = made.range.begin;
        place.store(base);
        ASSERT_EQ(vm::release(pages(base, 8, 40)), Status::ok);
        ASSERT_EQ(vm::release_region(base).status, Status::ok);
        ASSERT_EQ(vm::release_region(base + 40 * kPage).status, Status::ok);
      },
      [&] {
        Address base = place.load();
        if (base == 0) {
          return;
        }
        vm::Description at = vm::describe(base + 44 * kPage);
        bool whole = at.owner == Owner::winmem && at.region == pages(base, 0, 48);
        bool rest = at.owner == Owner::winmem && at.region == pages(base, 40, 48);
        torn += whole || rest || at.owner == Owner::nobody ? 0 : 1;
      });

  EXPECT_EQ(torn.load(), 0);
}

} // namespace
