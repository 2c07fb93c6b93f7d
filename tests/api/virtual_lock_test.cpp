// VirtualLock, VirtualUnlock and the native calls behind them.
// Rules: V100 V101 V34 V63 V110
#include "expect.h"
#include "memory_map.h"
#include "native_calls.h"

#include <memory>
#include <vector>

namespace apitest {
namespace {

constexpr ULONG kMapProcess = 1;
constexpr ULONG kMapSystem = 2;
constexpr unsigned kWasLocked = 0x40000019;
constexpr unsigned kGuardPageViolation = 0x80000001;
constexpr unsigned kNotLocked = 0xC000002A;
constexpr unsigned kPrivilegeNotHeld = 0xC0000061;

NTSTATUS lock(Range& range, ULONG type = kMapProcess) {
  return nt::lock(GetCurrentProcess(), &range.base, &range.size, type);
}
NTSTATUS unlock(Range& range, ULONG type = kMapProcess) {
  return nt::unlock(GetCurrentProcess(), &range.base, &range.size, type);
}

TEST(VirtualLock, V100_committed_pages_are_locked_and_unlocked) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_OK(VirtualLock(region.page(1), 2 * kPage));
  EXPECT_OK(VirtualUnlock(region.page(1), 2 * kPage));

  EXPECT_MAP(region, "C4rw");
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(VirtualLock, V100_a_lock_does_not_nest) {
  Region region = committed(1);
  EXPECT_OK(VirtualLock(region.base(), kPage));
  EXPECT_OK(VirtualLock(region.base(), kPage));

  EXPECT_OK(VirtualUnlock(region.base(), kPage));

  EXPECT_ERROR(158, VirtualUnlock(region.base(), kPage));
}

TEST(VirtualLock, V100_every_page_with_a_byte_of_the_range_is_locked) {
  Region region = committed(3);
  EXPECT_OK(VirtualLock(region.page(1) - 1, 2));

  EXPECT_OK(VirtualUnlock(region.page(0), 1));
  EXPECT_OK(VirtualUnlock(region.page(1) + 4095, 1));
  EXPECT_ERROR(158, VirtualUnlock(region.page(2), 1));
}

TEST(VirtualLock, V100_size_0_is_invalid) {
  Region region = committed(1);

  EXPECT_ERROR(87, VirtualLock(region.base(), 0));
  EXPECT_ERROR(87, VirtualUnlock(region.base(), 0));
}

TEST(VirtualLock, V100_a_range_that_leaves_user_space_is_invalid) {
  Region region = committed(1);

  EXPECT_ERROR(87, VirtualLock(region.base(), ~SIZE_T{0}));
  EXPECT_ERROR(87, VirtualLock(at(kHighestUser + 1), kPage));
  EXPECT_ERROR(87, VirtualUnlock(at(~std::uintptr_t{0}), kPage));
}

TEST(VirtualLock, V100_N2_pages_that_are_not_there_are_no_access_and_none_is_locked) {
  Region region = reserve(16);
  region.commit(0, 2);
  region.commit(4, 1, PAGE_NOACCESS);
  region.commit(3, 1);
  char* free_pages = free_range(kGranule);

  EXPECT_ERROR(998, VirtualLock(region.page(1), 2 * kPage)); // runs into a reserved page
  EXPECT_ERROR(998, VirtualLock(region.page(2), kPage));
  EXPECT_ERROR(998, VirtualLock(region.page(3), 2 * kPage)); // runs into a page without access
  EXPECT_ERROR(998, VirtualLock(region.page(4), kPage));
  EXPECT_ERROR(998, VirtualLock(free_pages, kPage));
  EXPECT_ERROR(998, VirtualLock(nullptr, kPage));

  EXPECT_ERROR(158, VirtualUnlock(region.page(1), kPage));
  EXPECT_ERROR(158, VirtualUnlock(region.page(3), kPage));
  EXPECT_MAP(region, "C2rw R1 C1rw C1na R11");
}

TEST(VirtualLock, V100_every_protection_with_access_can_be_locked) {
  for (DWORD protect :
       {DWORD{PAGE_READONLY}, DWORD{PAGE_EXECUTE}, DWORD{PAGE_EXECUTE_READ}, DWORD{PAGE_EXECUTE_READWRITE}}) {
    Region region = committed(1, protect);

    EXPECT_OK(VirtualLock(region.base(), kPage)) << protect;
    EXPECT_OK(VirtualUnlock(region.base(), kPage)) << protect;
  }
}

TEST(VirtualLock, V100_N2_more_than_the_working_sets_minimum_is_refused_as_a_whole) {
  Region region = committed(64);

  EXPECT_ERROR(1453, VirtualLock(region.base(), region.bytes()));
  EXPECT_ERROR(158, VirtualUnlock(region.base(), kPage));

  Region large = reserve(1 << 18);
  large.commit(0, 1 << 18);
  EXPECT_ERROR(1453, VirtualLock(large.base(), large.bytes()));
}

TEST(VirtualLock, V100_what_was_unlocked_or_freed_can_be_locked_elsewhere) {
  for (int round = 0; round < 20; ++round) {
    Region region = committed(30);
    ASSERT_OK(VirtualLock(region.base(), region.bytes())) << round;
    if (round % 2 == 0) {
      ASSERT_OK(VirtualUnlock(region.base(), region.bytes()));
    }
  }
}

TEST(VirtualLock, V101_a_page_that_is_not_locked_fails_it_and_locked_ones_stay) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);
  EXPECT_OK(VirtualLock(region.page(1), kPage));

  EXPECT_ERROR(158, VirtualUnlock(region.page(0), 3 * kPage));

  EXPECT_OK(VirtualUnlock(region.page(1), kPage));
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(VirtualLock, V101_pages_that_are_not_committed_are_not_locked) {
  Region region = reserve(16);

  EXPECT_ERROR(158, VirtualUnlock(region.base(), kPage));
  EXPECT_ERROR(158, VirtualUnlock(free_range(kGranule), kPage));
}

TEST(VirtualLock, V63_a_guard_is_taken_off_and_the_second_lock_succeeds) {
  Region region = committed(3);
  DWORD old = 0;
  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_READWRITE | PAGE_GUARD, &old));

  EXPECT_ERROR(kGuardPageViolation, VirtualLock(region.base(), 3 * kPage));
  EXPECT_MAP(region, "C3rw");
  EXPECT_ERROR(158, VirtualUnlock(region.base(), kPage));
  EXPECT_OK(VirtualLock(region.base(), 3 * kPage));

  EXPECT_OK(VirtualUnlock(region.base(), 3 * kPage));
}

TEST(VirtualLock, V100_a_lock_stays_through_protect_and_commit) {
  Region region = committed(2);
  DWORD old = 0;
  EXPECT_OK(VirtualLock(region.base(), 2 * kPage));

  EXPECT_OK(VirtualProtect(region.base(), kPage, PAGE_READONLY, &old));
  EXPECT_OK(VirtualAlloc(region.base(), 2 * kPage, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_OK(VirtualUnlock(region.base(), 2 * kPage));
}

TEST(VirtualLock, V34_decommit_and_release_take_locked_pages) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);
  EXPECT_OK(VirtualLock(region.base(), 4 * kPage));

  EXPECT_OK(VirtualFree(region.page(1), kPage, MEM_DECOMMIT));
  EXPECT_MAP(region, "C1rw R1 C2rw");
  region.commit(1, 1);

  EXPECT_TRUE(pages_hold(region.page(1), 1, 0));
  EXPECT_ERROR(158, VirtualUnlock(region.page(1), kPage));
  EXPECT_OK(VirtualUnlock(region.page(2), 2 * kPage));
  EXPECT_TRUE(pages_hold(region.page(2), 2, 0x5A));
  region.release();
}

TEST(VirtualLock, V100_the_stack_static_data_and_the_heap_can_be_locked) {
  static char data[2 * kPage];
  char local[64];
  auto on_heap = std::make_unique<char[]>(64);

  for (auto& memory : {std::pair<char*, SIZE_T>{data, sizeof data}, {local, sizeof local}, {on_heap.get(), 64}}) {
    char* key = memory.first;
    SIZE_T bytes = memory.second;
    EXPECT_OK(VirtualLock(key, bytes));
    EXPECT_OK(VirtualUnlock(key, bytes));
    EXPECT_ERROR(158, VirtualUnlock(key, bytes));
  }
}

TEST(VirtualLock, V100_a_range_may_go_over_two_allocations) {
  Neighbours both = touching_neighbours(16);
  both.first.commit(15, 1);
  both.second.commit(0, 1);

  EXPECT_OK(VirtualLock(both.first.page(15), 2 * kPage));

  EXPECT_OK(VirtualUnlock(both.second.base(), kPage));
  EXPECT_OK(VirtualUnlock(both.first.page(15), kPage));
}

TEST(NtLock, V110_base_and_size_come_back_rounded) {
  Region region = committed(3);
  Range range{region.page(1) - 1, 2};

  EXPECT_STATUS(kSuccess, lock(range));

  EXPECT_EQ(range.base, region.base());
  EXPECT_EQ(range.size, 2 * kPage);
  EXPECT_STATUS(kSuccess, unlock(range));
}

TEST(NtLock, V100_a_page_that_was_locked_is_told) {
  Region region = committed(2);
  Range range{region.base(), kPage};
  EXPECT_STATUS(kSuccess, lock(range));

  EXPECT_STATUS(kWasLocked, lock(range));
  Range more{region.base(), 2 * kPage};
  EXPECT_STATUS(kWasLocked, lock(more));

  EXPECT_STATUS(kSuccess, unlock(more));
  EXPECT_STATUS(kNotLocked, unlock(more));
}

TEST(NtLock, V110_base_and_size_stay_untouched_on_failure) {
  Region region = reserve(2);
  region.commit(0, 1);
  Range range{region.base() + 1, kPage};

  EXPECT_STATUS(kAccessViolation, lock(range));
  EXPECT_STATUS(kNotLocked, unlock(range));

  EXPECT_EQ(range.base, region.base() + 1);
  EXPECT_EQ(range.size, kPage);
}

TEST(NtLock, V63_a_guard_page_is_told_by_its_status) {
  Region region = committed(1, PAGE_READWRITE | PAGE_GUARD);
  Range range{region.base(), kPage};

  EXPECT_STATUS(kGuardPageViolation, lock(range));
  EXPECT_STATUS(kSuccess, lock(range));

  EXPECT_STATUS(kSuccess, unlock(range));
}

TEST(NtLock, V100_the_systems_working_set_needs_a_privilege) {
  Region region = committed(1);
  Range range{region.base(), kPage};

  EXPECT_STATUS(kPrivilegeNotHeld, lock(range, kMapSystem));
  EXPECT_STATUS(kPrivilegeNotHeld, unlock(range, kMapSystem));
  EXPECT_ERROR(158, VirtualUnlock(region.base(), kPage));
}

TEST(NtLock, V100_bad_arguments) {
  Region region = committed(1);
  Range range{region.base(), kPage};
  Range empty{region.base(), 0};

  EXPECT_STATUS(kInvalidParameter4, lock(range, 0));
  EXPECT_STATUS(kInvalidParameter4, lock(range, 4));
  EXPECT_STATUS(kInvalidParameter3, lock(empty));
  EXPECT_STATUS(kInvalidHandle, nt::lock(nullptr, &range.base, &range.size, kMapProcess));
  EXPECT_STATUS(kAccessViolation, nt::lock(GetCurrentProcess(), nullptr, &range.size, kMapProcess));
  EXPECT_STATUS(kAccessViolation, nt::unlock(GetCurrentProcess(), &range.base, nullptr, kMapProcess));
}

} // namespace
} // namespace apitest
