// Rules: V52 V53 V54 V55 V56, for memory that winmem did not make: anonymous memory, files, and the whole.
#include "child.h"
#include "maps_text.h"
#include "zoo.h"

#include <algorithm>
#include <fcntl.h>

namespace {

using namespace zoo;

// ---- anonymous memory ----------------------------------------------------------------------------------------------

struct AccessCase {
  int access;
  ForeignProtection anonymous;
  ForeignProtection private_file;
};

constexpr AccessCase kAccessCases[] = {
    {PROT_READ, ForeignProtection::read_only, ForeignProtection::read_only},
    {PROT_READ | PROT_WRITE, ForeignProtection::read_write, ForeignProtection::write_copy},
    {PROT_WRITE, ForeignProtection::read_write, ForeignProtection::write_copy},
    {PROT_READ | PROT_EXEC, ForeignProtection::execute_read, ForeignProtection::execute_read},
    {PROT_EXEC, ForeignProtection::execute, ForeignProtection::execute},
    {PROT_READ | PROT_WRITE | PROT_EXEC, ForeignProtection::execute_read_write, ForeignProtection::execute_write_copy},
};

TEST(Foreign, anonymous_memory_is_private) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, kPrivate);

    ForeignRun run = describe(island.page(1));

    EXPECT_EQ(kind_of(run), private_memory(row.anonymous));
    EXPECT_EQ(run.range, island.range(1, 4)); // V53
    EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
  }
}

TEST(Foreign, inaccessible_anonymous_memory_is_reserved) {
  Island island(100, PROT_NONE, kPrivate);

  ForeignRun run = describe(island.page(7));

  EXPECT_EQ(kind_of(run), kReserved);
  EXPECT_EQ(run.range, island.range(7, 100));
  EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
}

TEST(Foreign, V54_a_run_ends_where_the_protection_changes) {
  Island island(9, PROT_READ, kPrivate);
  island.protect(3, PROT_READ | PROT_EXEC);

  EXPECT_EQ(describe(island.page(1)).range, island.range(1, 3));
  EXPECT_EQ(describe(island.page(3)).range, island.range(3, 4));
  EXPECT_EQ(describe(island.page(4)).range, island.range(4, 9));
}

TEST(Foreign, a_small_inaccessible_piece_below_is_the_guard) {
  Island island(40, PROT_READ | PROT_WRITE, kPrivate);
  island.protect(0, PROT_NONE);

  ForeignRun guard = describe(island.page(0));
  ForeignRun stack = describe(island.page(20));

  EXPECT_EQ(kind_of(guard), kGuardOfStack);
  EXPECT_EQ(guard.range, island.range(0, 1));
  EXPECT_EQ(guard.allocation_base, address_of(island.page(0)));
  EXPECT_EQ(kind_of(stack), private_memory(ForeignProtection::read_write));
  EXPECT_EQ(stack.allocation_base, address_of(island.page(0)));
}

TEST(Foreign, a_large_inaccessible_piece_below_is_no_guard) {
  Island island(40, PROT_NONE, kPrivate);
  mprotect(island.page(17), 23 * kPage, PROT_READ | PROT_WRITE);

  EXPECT_EQ(kind_of(describe(island.page(0))), kReserved);
  EXPECT_EQ(describe(island.page(20)).allocation_base, address_of(island.page(17)));
}

TEST(Foreign, the_gaps_ends_bound_the_answer) {
  Island island(9, PROT_READ | PROT_WRITE, kPrivate);
  island.protect(2, PROT_NONE); // would be a guard, but lies outside the gap
  ForeignRun run;

  ASSERT_TRUE(vm::foreign_at(address_of(island.page(5)), island.range(4, 7), run));
  EXPECT_EQ(run.range, island.range(5, 7));
  EXPECT_EQ(run.allocation_base, address_of(island.page(4)));
  ASSERT_TRUE(vm::foreign_at(address_of(island.page(3)), island.range(3, 7), run));
  EXPECT_EQ(run.allocation_base, address_of(island.page(3)));
}

// ---- files ---------------------------------------------------------------------------------------------------------

class ForeignFile : public testing::Test {
protected:
  void SetUp() override {
    file_ = memfd_create("zoo", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(file_, 16 * kPage), 0);
  }
  void TearDown() override { close(file_); }
  int file_ = -1;
};

TEST_F(ForeignFile, a_shared_mapping_is_a_view) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, MAP_SHARED, file_, kPage);

    ForeignRun run = describe(island.page(2));

    EXPECT_EQ(kind_of(run), mapped(row.anonymous));
    EXPECT_EQ(run.range, island.range(2, 4));
    EXPECT_EQ(run.allocation_base, address_of(island.page(0)));
  }
}

TEST_F(ForeignFile, a_private_mapping_copies_on_write) {
  for (const AccessCase& row : kAccessCases) {
    Island island(4, row.access, MAP_PRIVATE, file_);

    EXPECT_EQ(kind_of(describe(island.page(0))), mapped(row.private_file));
  }
}

TEST_F(ForeignFile, an_inaccessible_mapping_is_a_view_without_access) {
  Island shared(2, PROT_NONE, MAP_SHARED, file_);
  Island copied(2, PROT_NONE, MAP_PRIVATE, file_);

  EXPECT_EQ(kind_of(describe(shared.page(0))), mapped(ForeignProtection::no_access));
  EXPECT_EQ(kind_of(describe(copied.page(0))), mapped(ForeignProtection::no_access));
}

TEST_F(ForeignFile, shared_anonymous_memory_is_a_view) {
  Island island(2, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);

  EXPECT_EQ(kind_of(describe(island.page(0))), mapped(ForeignProtection::read_write));
}

// ---- free memory and the whole -------------------------------------------------------------------------------------

TEST(Foreign, V53_free_memory_ends_where_the_next_begins) {
  Island island(6, PROT_READ, kPrivate);
  munmap(island.page(2), 2 * kPage);
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(address_of(island.page(3)), kEverything, run));
  EXPECT_EQ(run.range.begin, address_of(island.page(4)));
  EXPECT_FALSE(vm::foreign_at(address_of(island.page(2)), island.range(2, 3), run));
  EXPECT_EQ(run.range.begin, address_of(island.page(3))); // the gap's end comes first
}

TEST(Foreign, V55_the_lowest_64_KiB_are_free) {
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(0, kEverything, run));
  EXPECT_GE(run.range.begin, kLowestUser);
}

TEST(Foreign, V52_nothing_is_reported_above_the_user_space) {
  ForeignRun run;

  EXPECT_FALSE(vm::foreign_at(kUserEnd, {0, ~Address{0}}, run));
  EXPECT_FALSE(vm::foreign_at(0xFFFFFFFFFF600000, {0, ~Address{0}}, run)); // [vsyscall]
  EXPECT_FALSE(vm::foreign_at(kUserEnd - kPage, kEverything, run) && run.range.end > kUserEnd);
}

TEST(Foreign, V56_memory_beyond_the_user_space_is_cut) {
  // Linux lets programs map 14 pages more than Windows' highest address.
  auto* below = reinterpret_cast<void*>(kUserEnd - 4 * kPage);
  void* got = mmap(below, 8 * kPage, PROT_READ, kPrivate | MAP_FIXED_NOREPLACE, -1, 0);
  if (got != below) {
    GTEST_SKIP() << "the stack is there, without randomisation";
  }
  ForeignRun run;

  ASSERT_TRUE(vm::foreign_at(kUserEnd - 3 * kPage, {0, ~Address{0}}, run));
  EXPECT_EQ(run.range, (AddressRange{kUserEnd - 3 * kPage, kUserEnd}));
  EXPECT_FALSE(vm::foreign_at(kUserEnd, {0, ~Address{0}}, run));
  munmap(got, 8 * kPage);
}

struct Walk {
  std::size_t runs = 0;
  std::size_t covered = 0; // bytes
  std::size_t free = 0;
  bool in_order = true;
  bool has_bases = true;
};

Walk walk_everything() {
  Walk walk;
  for (Address page = 0; page < kUserEnd; ++walk.runs) {
    ForeignRun run;
    bool found = vm::foreign_at(page, kEverything, run);
    Address end = found ? run.range.end : run.range.begin;
    if (end <= page || end > kUserEnd) {
      walk.in_order = false;
      break;
    }
    (found ? walk.covered : walk.free) += end - page;
    walk.has_bases = walk.has_bases && (!found || (run.allocation_base != 0 && run.allocation_base <= page));
    page = end;
  }
  return walk;
}

std::size_t mapped_bytes(const std::vector<MapsLine>& lines) {
  std::size_t sum = 0;
  for (const MapsLine& line : lines) {
    sum += AddressRange{line.begin, line.end}.intersect(kEverything).size();
  }
  return sum;
}

TEST(Foreign, V56_a_walk_visits_every_byte_once) {
  read_maps(); // libc's heap grows now, not later

  std::size_t before = mapped_bytes(read_maps());
  Walk walk = walk_everything();
  std::size_t after = mapped_bytes(read_maps());

  EXPECT_TRUE(walk.in_order);
  EXPECT_TRUE(walk.has_bases);
  EXPECT_EQ(walk.covered + walk.free, kUserEnd);
  EXPECT_GE(walk.covered, std::min(before, after));
  EXPECT_LE(walk.covered, std::max(before, after));
  EXPECT_GT(walk.runs, 10U);
}

TEST(Foreign, K62_a_childs_walk_sees_the_child) {
  Island island(1000, PROT_READ, kPrivate);
  walk_everything(); // the parent's descriptor is open

  EXPECT_TRUE(in_child(&fork, [&] {
    munmap(island.page(0), 1000 * kPage);
    ForeignRun run;
    bool free = !vm::foreign_at(address_of(island.page(500)), kEverything, run);
    Walk walk = walk_everything();
    return free && walk.in_order && walk.covered + walk.free == kUserEnd;
  }));
  EXPECT_EQ(describe(island.page(500)).range, island.range(500, 1000));
}

} // namespace
