// Rules: V53 V54 V56. Where foreign memory and winmem's own meet, as VirtualQuery tells.
#include "maps_text.h"
#include "zoo.h"

#include <windows.h>

namespace {

using namespace zoo;

MEMORY_BASIC_INFORMATION query(const void* address) {
  MEMORY_BASIC_INFORMATION info{};
  EXPECT_EQ(VirtualQuery(address, &info, sizeof info), sizeof info);
  return info;
}

TEST(Describe, a_foreign_allocation_has_its_base_below_the_queried_page) {
  Island island(16, PROT_READ, kPrivate);

  MEMORY_BASIC_INFORMATION info = query(island.page(5) + 17);

  EXPECT_EQ(info.BaseAddress, island.page(5));
  EXPECT_EQ(info.AllocationBase, island.page(0));
  EXPECT_EQ(info.RegionSize, 11 * kPage);
  EXPECT_EQ(info.State, static_cast<DWORD>(MEM_COMMIT));
  EXPECT_EQ(info.Protect, static_cast<DWORD>(PAGE_READONLY));
  EXPECT_EQ(info.Type, static_cast<DWORD>(MEM_PRIVATE));
}

TEST(Describe, a_local_variable_is_in_the_stacks_allocation) {
  int local = 0;
  MapsLine stack = maps_line_at(&local);
  if (stack.end > kUserEnd) {
    GTEST_SKIP() << "without randomisation the stack lies above what Windows calls user space";
  }

  EXPECT_EQ(address_of(query(&local).AllocationBase), stack.begin);
}

// winmem's region and foreign memory side by side, alike, so that the kernel may make one mapping of them.
class Neighbours : public testing::Test {
protected:
  static constexpr SIZE_T kSize = 0x40000;
  static constexpr SIZE_T kHole = SIZE_T{1} << 32;

  void SetUp() override {
    // A stretch that is free, outside the arena, and in the middle of a hole: the kernel fills a hole from its top,
    // perhaps with tables that the first allocation maps.
    void* hole = mmap(nullptr, kHole, PROT_NONE, kPrivate | MAP_NORESERVE, -1, 0);
    ASSERT_NE(hole, MAP_FAILED);
    at_ = reinterpret_cast<char*>(round_up(address_of(hole) + kHole / 2, kGranule));
    munmap(hole, kHole);
  }
  void map_foreign(char* at) {
    ASSERT_EQ(mmap(at, kSize, PROT_READ | PROT_WRITE, kPrivate | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0), at);
  }
  void allocate(char* at) { ASSERT_EQ(VirtualAlloc(at, kSize, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), at); }
  char* at_ = nullptr;
};

TEST_F(Neighbours, foreign_memory_above_a_region_begins_where_the_region_ends) {
  allocate(at_);
  map_foreign(at_ + kSize);

  MEMORY_BASIC_INFORMATION own = query(at_ + kPage);
  MEMORY_BASIC_INFORMATION foreign = query(at_ + kSize + kPage);

  EXPECT_EQ(own.AllocationBase, at_);
  EXPECT_EQ(own.RegionSize, kSize - kPage);
  EXPECT_EQ(foreign.AllocationBase, at_ + kSize);
  EXPECT_EQ(foreign.RegionSize, kSize - kPage);
  munmap(at_ + kSize, kSize);
  EXPECT_TRUE(VirtualFree(at_, 0, MEM_RELEASE));
}

TEST_F(Neighbours, foreign_memory_below_a_region_ends_where_the_region_begins) {
  map_foreign(at_);
  allocate(at_ + kSize);

  MEMORY_BASIC_INFORMATION foreign = query(at_ + kPage);
  MEMORY_BASIC_INFORMATION own = query(at_ + kSize);

  EXPECT_EQ(foreign.AllocationBase, at_);
  EXPECT_EQ(foreign.RegionSize, kSize - kPage);
  EXPECT_EQ(own.AllocationBase, at_ + kSize);
  munmap(at_, kSize);
  EXPECT_TRUE(VirtualFree(at_ + kSize, 0, MEM_RELEASE));
}

TEST(Describe, V56_a_walk_visits_every_byte_once) {
  char* own = static_cast<char*>(VirtualAlloc(nullptr, 0x10000, MEM_RESERVE, PAGE_NOACCESS));
  bool own_seen = false;
  char* at = nullptr;
  MEMORY_BASIC_INFORMATION info{};

  while (VirtualQuery(at, &info, sizeof info) != 0) {
    ASSERT_EQ(info.BaseAddress, at);
    ASSERT_GT(info.RegionSize, 0U);
    EXPECT_EQ(info.AllocationBase == nullptr, info.State == MEM_FREE);
    own_seen = own_seen || info.AllocationBase == own;
    at += info.RegionSize;
  }

  EXPECT_EQ(address_of(at), kUserEnd);
  EXPECT_TRUE(own_seen);
  EXPECT_TRUE(VirtualFree(own, 0, MEM_RELEASE));
}

} // namespace
