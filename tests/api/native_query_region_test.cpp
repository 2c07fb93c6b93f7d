// NtQueryVirtualMemory's region information, and QueryVirtualMemoryInformation, which is the same with Win32 errors.
// Rules: V114 V115 N1
#include "native_calls.h"

#include <cstring>

namespace apitest {
namespace {

constexpr int kRegionClass = 3;
constexpr unsigned kInvalidAddress = 0xC0000141;

struct RegionInfo {
  PVOID base;
  DWORD protect;
  DWORD flags;
  SIZE_T size;
  SIZE_T committed;
  ULONG_PTR partition;
  LONG_PTR node;
};

struct Answer {
  unsigned status;
  RegionInfo info;
  SIZE_T returned;
};

Answer ask_region(const void* address, SIZE_T length = sizeof(RegionInfo)) {
  Answer answer;
  std::memset(&answer, 0xCC, sizeof answer);
  answer.status = status(
      nt::query(GetCurrentProcess(), const_cast<PVOID>(address), kRegionClass, &answer.info, length, &answer.returned));
  return answer;
}

TEST(NtQueryRegion, V115_every_page_of_a_region_gives_the_whole_of_it) {
  Region region = reserve(64, PAGE_READONLY);
  region.commit(10, 5);
  region.commit(40, 3, PAGE_NOACCESS);

  for (std::size_t page : {0, 3, 10, 12, 41, 63}) {
    const Answer answer = ask_region(region.page(page) + 0x123);
    EXPECT_EQ(answer.status, kSuccess) << page;
    EXPECT_EQ(answer.info.base, region.base()) << page;
    EXPECT_EQ(answer.info.protect, 2u) << page;
    EXPECT_EQ(answer.info.size, 64 * kPage) << page;
    EXPECT_EQ(answer.info.committed, 8 * kPage) << page;
  }
}

TEST(NtQueryRegion, V115_the_committed_size_follows_every_change) {
  Region region = reserve(256);
  EXPECT_EQ(ask_region(region.base()).info.committed, 0u);
  region.commit(0, 256);
  EXPECT_EQ(ask_region(region.base()).info.committed, 256 * kPage);
  for (std::size_t page = 0; page < 256; page += 2) {
    ASSERT_TRUE(VirtualFree(region.page(page), kPage, MEM_DECOMMIT));
  }
  EXPECT_EQ(ask_region(region.base()).info.committed, 128 * kPage);
  EXPECT_EQ(ask_region(region.page(200)).info.size, 256 * kPage);
}

TEST(NtQueryRegion, V115_lengths_from_24_up_are_served_each_with_what_fits) {
  Region region = reserve(16);
  region.commit(2, 3);

  for (SIZE_T length = 24; length <= 64; ++length) {
    const Answer answer = ask_region(region.base(), length);
    EXPECT_EQ(answer.status, kSuccess) << length;
    EXPECT_EQ(answer.info.base, region.base());
    EXPECT_EQ(answer.info.size, 16 * kPage);
    EXPECT_EQ(answer.info.committed, length >= 32 ? 3 * kPage : 0xCCCCCCCCCCCCCCCC) << length;
  }
}

TEST(NtQueryRegion, V115_lengths_below_24_are_a_mismatch_and_write_nothing) {
  Region region = reserve(16);

  for (SIZE_T length : {0, 1, 8, 16, 20, 23}) {
    const Answer answer = ask_region(region.base(), length);
    EXPECT_EQ(answer.status, kInfoLengthMismatch) << length;
    EXPECT_EQ(number(answer.info.base), 0xCCCCCCCCCCCCCCCC) << length;
    EXPECT_EQ(answer.returned, 0xCCCCCCCCCCCCCCCC) << length;
  }
}

TEST(NtQueryRegion, V115_nothing_allocated_there_is_an_invalid_address) {
  char* place = free_range(kGranule);
  const Answer answer = ask_region(place);

  EXPECT_EQ(answer.status, kInvalidAddress);
  EXPECT_EQ(number(answer.info.base), 0xCCCCCCCCCCCCCCCC);
  EXPECT_EQ(ask_region(nullptr).status, kInvalidAddress);
}

TEST(NtQueryRegion, V115_touching_regions_are_told_apart) {
  Neighbours both = touching_neighbours(16);
  both.first.commit(0, 16);

  EXPECT_EQ(ask_region(both.first.page(15)).info.size, 16 * kPage);
  EXPECT_EQ(ask_region(both.first.page(15)).info.committed, 16 * kPage);
  EXPECT_EQ(ask_region(both.second.base()).info.base, both.second.base());
  EXPECT_EQ(ask_region(both.second.base()).info.committed, 0u);
}

TEST(NtQueryRegion, V115_the_program_is_an_allocation_of_the_same_base_as_in_a_query) {
  static char data[3 * kPage];
  data[kPage] = 1;
  for (const void* address : {static_cast<const void*>(data + kPage), reinterpret_cast<const void*>(&ask_region)}) {
    const Answer answer = ask_region(address);
    EXPECT_EQ(answer.status, kSuccess);
    EXPECT_EQ(answer.info.base, ask(address).AllocationBase);
    EXPECT_EQ(answer.info.protect, ask(address).AllocationProtect);
    EXPECT_GT(answer.info.size, number(address) - number(answer.info.base));
    EXPECT_GE(answer.info.committed, kPage);
    EXPECT_LE(answer.info.committed, answer.info.size);
  }
}

TEST(NtQueryRegion, V115_all_pages_of_the_stack_are_one_allocation) {
  int local = 0;
  const Answer answer = ask_region(&local);

  EXPECT_EQ(answer.status, kSuccess);
  EXPECT_EQ(answer.info.base, ask(&local).AllocationBase);
  EXPECT_GT(answer.info.size, number(&local) - number(answer.info.base));
  EXPECT_GE(answer.info.committed, kPage);
}

TEST(NtQueryRegion, V114_arguments_are_judged) {
  RegionInfo info{};
  Region region = reserve(1);

  EXPECT_STATUS(kInvalidParameter,
                nt::query(GetCurrentProcess(), at(0x7FFFFFFF0000), kRegionClass, &info, 48, nullptr));
  EXPECT_STATUS(kInvalidParameter,
                nt::query(GetCurrentProcess(), at(~std::uintptr_t{0}), kRegionClass, &info, 48, nullptr));
  EXPECT_STATUS(kInvalidHandle, nt::query(nullptr, region.base(), kRegionClass, &info, 48, nullptr));
  EXPECT_STATUS(kSuccess, nt::query(GetCurrentProcess(), region.base(), kRegionClass, &info, 48, nullptr));
}

TEST(NtQueryRegion, V114_unwritable_pointers_are_an_access_violation_and_write_nothing) {
  RegionInfo info;
  std::memset(&info, 0xCC, sizeof info);
  Region region = reserve(1);
  SIZE_T returned = 0x1234;

  EXPECT_STATUS(kAccessViolation, nt::query(GetCurrentProcess(), region.base(), kRegionClass, nullptr, 48, &returned));
  EXPECT_EQ(returned, 0x1234u);
  EXPECT_STATUS(kAccessViolation, nt::query(GetCurrentProcess(), region.base(), kRegionClass, &info, 48,
                                            reinterpret_cast<PSIZE_T>(region.base())));
  EXPECT_EQ(number(info.base), 0xCCCCCCCCCCCCCCCC);
}

struct Win32Region {
  PVOID base;
  DWORD protect;
  DWORD flags;
  SIZE_T size;
  SIZE_T committed;
};

TEST(QueryVirtualMemoryInformation, V115_N1_it_tells_of_the_whole_allocation) {
  Region region = reserve(32);
  region.commit(1, 4);
  Win32Region info{};
  SIZE_T returned = 0;

  EXPECT_OK(app::query_region(GetCurrentProcess(), region.page(20), 0, &info, sizeof info, &returned));

  EXPECT_EQ(info.base, region.base());
  EXPECT_EQ(info.protect, 4u);
  EXPECT_EQ(info.size, 32 * kPage);
  EXPECT_EQ(info.committed, 4 * kPage);
  EXPECT_EQ(returned, 32u);
  EXPECT_OK(app::query_region(GetCurrentProcess(), region.page(20), 0, &info, sizeof info, nullptr));
}

TEST(QueryVirtualMemoryInformation, V115_errors) {
  Region region = reserve(1);
  Win32Region info{};

  EXPECT_ERROR(87, app::query_region(GetCurrentProcess(), region.base(), 1, &info, sizeof info, nullptr));
  EXPECT_ERROR(87, app::query_region(GetCurrentProcess(), at(0x7FFFFFFF0000), 0, &info, sizeof info, nullptr));
  EXPECT_ERROR(24, app::query_region(GetCurrentProcess(), region.base(), 0, &info, 23, nullptr));
  EXPECT_ERROR(6, app::query_region(nullptr, region.base(), 0, &info, sizeof info, nullptr));
  EXPECT_ERROR(59, app::query_region(GetCurrentProcess(), free_range(kGranule), 0, &info, sizeof info, nullptr));
}

TEST(QueryVirtualMemoryInformation, V115_an_unwritable_buffer_is_no_access) {
  Region region = reserve(1);

  EXPECT_ERROR(998, app::query_region(GetCurrentProcess(), region.base(), 0, nullptr, 32, nullptr));
  EXPECT_ERROR(998, app::query_region(GetCurrentProcess(), region.base(), 0, region.base(), 32, nullptr));
}

} // namespace
} // namespace apitest
