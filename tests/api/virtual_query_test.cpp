// VirtualQuery and VirtualQueryEx.
// Rules: V50 V51 V52 V53 V54 V55 V56 V57 C3
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <cstddef>
#include <cstring>
#include <thread>

namespace apitest {
namespace {

// Every byte of an answer that no call has filled.
constexpr int kBlank = 0xCC;

TEST(VirtualQuery, V50_the_structure_has_48_bytes_laid_out_as_on_Windows) {
  EXPECT_EQ(sizeof(MEMORY_BASIC_INFORMATION), 48u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, BaseAddress), 0u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, AllocationBase), 8u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, AllocationProtect), 16u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, RegionSize), 24u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, State), 32u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, Protect), 36u);
  EXPECT_EQ(offsetof(MEMORY_BASIC_INFORMATION, Type), 40u);
}

TEST(VirtualQuery, V50_success_returns_48_even_for_a_longer_buffer) {
  Region region = reserve(1);
  unsigned char buffer[64];
  std::memset(buffer, kBlank, sizeof buffer);
  auto* info = reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer);

  EXPECT_EQ(VirtualQuery(region.base(), info, 48), 48u);
  EXPECT_EQ(VirtualQuery(region.base(), info, 64), 48u);
  EXPECT_EQ(VirtualQueryEx(GetCurrentProcess(), region.base(), info, 1000), 48u);

  for (std::size_t i = 48; i < sizeof buffer; ++i) {
    EXPECT_EQ(buffer[i], kBlank) << "byte " << i;
  }
}

TEST(VirtualQuery, V50_the_partition_is_0) {
  Region region = reserve(1);
  unsigned char buffer[48];
  std::memset(buffer, kBlank, sizeof buffer);

  EXPECT_EQ(VirtualQuery(region.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer), 48), 48u);

  EXPECT_EQ(buffer[20], 0);
  EXPECT_EQ(buffer[21], 0);
}

TEST(VirtualQuery, V51_a_short_length_is_a_bad_length) {
  Region region = reserve(1);
  unsigned char buffer[48];
  std::memset(buffer, kBlank, sizeof buffer);
  auto* info = reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer);

  for (SIZE_T length = 0; length < 48; ++length) {
    EXPECT_ERROR(24, VirtualQuery(region.base(), info, length));
  }

  for (unsigned char byte : buffer) {
    EXPECT_EQ(byte, kBlank);
  }
}

TEST(VirtualQuery, V51_C29_null_process_is_an_invalid_handle) {
  Region region = reserve(1);
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_ERROR(6, VirtualQueryEx(nullptr, region.base(), &info, sizeof info));
}

TEST(VirtualQuery, V52_an_address_above_user_space_is_invalid) {
  MEMORY_BASIC_INFORMATION info = {};

  for (std::uintptr_t address :
       {std::uintptr_t{0x7FFFFFFF0000}, std::uintptr_t{0x7FFFFFFFFFFF}, std::uintptr_t{0x800000000000},
        std::uintptr_t{0x8000000000000000}, std::uintptr_t{0xFFFF800000000000}, ~std::uintptr_t{0}}) {
    EXPECT_ERROR(87, VirtualQuery(at(address), &info, sizeof info));
  }
}

TEST(VirtualQuery, V52_the_last_byte_of_user_space_can_be_asked_about) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_OK(VirtualQuery(at(0x7FFFFFFEFFFF), &info, sizeof info));

  EXPECT_EQ(number(info.BaseAddress), 0x7FFFFFFEF000u);
  EXPECT_EQ(info.RegionSize, 0x1000u);
}

TEST(VirtualQuery, V52_an_unwritable_buffer_is_no_access) {
  Region target = reserve(1);
  Region reserved = reserve(1);
  Region read_only = committed(1, PAGE_READONLY);

  EXPECT_ERROR(998, VirtualQuery(target.base(), nullptr, 48));
  EXPECT_ERROR(998, VirtualQuery(target.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(reserved.base()), 48));
  EXPECT_ERROR(998, VirtualQuery(target.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(read_only.base()), 48));
}

TEST(VirtualQuery, V52_a_buffer_that_runs_into_an_unwritable_page_is_no_access) {
  Region target = reserve(1);
  Region buffer = reserve(2);
  buffer.commit(0, 1);
  auto* straddling = reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer.page(1) - 24);

  EXPECT_ERROR(998, VirtualQuery(target.base(), straddling, 48));
}

TEST(VirtualQuery, V53_C3_the_scan_goes_forward_only) {
  Region region = reserve(16);
  region.commit(4, 8);

  MEMORY_BASIC_INFORMATION info = ask(region.page(6) + 0x123);

  EXPECT_EQ(info.BaseAddress, region.page(6));
  EXPECT_EQ(info.RegionSize, 0x6000u);
  EXPECT_EQ(info.AllocationBase, region.base());
}

TEST(VirtualQuery, V53_the_scan_of_reserved_pages_goes_forward_only) {
  Region region = reserve(16);

  MEMORY_BASIC_INFORMATION info = ask(region.page(9) - 1);

  EXPECT_EQ(info.BaseAddress, region.page(8));
  EXPECT_EQ(info.RegionSize, 0x8000u);
}

TEST(VirtualQuery, V53_the_scan_of_free_memory_goes_forward_only) {
  char* r = free_range(0x30000);
  Region end(VirtualAlloc(r + 0x20000, kPage, MEM_RESERVE, PAGE_READWRITE), 1);

  MEMORY_BASIC_INFORMATION info = ask(r + 0x5678);

  EXPECT_EQ(info.BaseAddress, r + 0x5000);
  EXPECT_EQ(info.RegionSize, 0x1B000u);
  EXPECT_EQ(info.State, 0x10000u);
}

TEST(VirtualQuery, V54_equal_neighbours_in_different_allocations_are_never_merged) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.second.commit(0, 16);

  EXPECT_EQ(ask(pair.first.page(3)).RegionSize, 0xD000u);
  EXPECT_EQ(ask(pair.second.base()).AllocationBase, pair.second.base());
}

TEST(VirtualQuery, V54_C3_separate_commits_inside_one_allocation_are_merged) {
  Region region = reserve(8);

  region.commit(1, 1);
  region.commit(3, 2);
  region.commit(2, 1);

  EXPECT_MAP(region, "R1 C4rw R3");
}

TEST(VirtualQuery, V54_C3_a_run_ends_where_the_protection_changes) {
  Region region = committed(8);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.page(3), kPage, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C3rw C1ro C4rw");
}

TEST(VirtualQuery, V54_runs_merge_again_when_the_protection_is_equal_again) {
  Region region = committed(8);
  DWORD old = 0;
  EXPECT_OK(VirtualProtect(region.page(3), kPage, PAGE_READONLY, &old));

  EXPECT_OK(VirtualProtect(region.page(3), kPage, PAGE_READWRITE, &old));

  EXPECT_MAP(region, "C8rw");
}

TEST(VirtualQuery, V54_C3_free_memory) {
  char* r = free_range(0x10000);

  MEMORY_BASIC_INFORMATION info = ask(r);

  EXPECT_EQ(info.BaseAddress, r);
  EXPECT_EQ(info.AllocationBase, nullptr);
  EXPECT_EQ(info.AllocationProtect, 0u);
  EXPECT_EQ(info.State, 0x10000u);
  EXPECT_EQ(info.Protect, 0x01u);
  EXPECT_EQ(info.Type, 0u);
}

TEST(VirtualQuery, V54_C3_reserved_memory) {
  Region region = reserve(2, PAGE_EXECUTE_READ);

  MEMORY_BASIC_INFORMATION info = ask(region.page(1));

  EXPECT_EQ(info.BaseAddress, region.page(1));
  EXPECT_EQ(info.AllocationBase, region.base());
  EXPECT_EQ(info.AllocationProtect, 0x20u);
  EXPECT_EQ(info.State, 0x2000u);
  EXPECT_EQ(info.Protect, 0u);
  EXPECT_EQ(info.Type, 0x20000u);
}

TEST(VirtualQuery, V54_C3_committed_memory) {
  Region region = reserve(2, PAGE_READWRITE);
  region.commit(1, 1, PAGE_READONLY);

  MEMORY_BASIC_INFORMATION info = ask(region.page(1));

  EXPECT_EQ(info.BaseAddress, region.page(1));
  EXPECT_EQ(info.AllocationBase, region.base());
  EXPECT_EQ(info.AllocationProtect, 0x04u);
  EXPECT_EQ(info.RegionSize, 0x1000u);
  EXPECT_EQ(info.State, 0x1000u);
  EXPECT_EQ(info.Protect, 0x02u);
  EXPECT_EQ(info.Type, 0x20000u);
}

int some_code(int value) { return value + 1; }

TEST(VirtualQuery, V54_program_code_is_an_image) {
  MEMORY_BASIC_INFORMATION info = ask(reinterpret_cast<const void*>(&some_code));

  EXPECT_NE(info.AllocationBase, nullptr);
  EXPECT_EQ(info.AllocationProtect, 0x80u);
  EXPECT_EQ(info.State, 0x1000u);
  EXPECT_EQ(info.Protect, 0x20u);
  EXPECT_EQ(info.Type, 0x1000000u);
}

char zeroed_data[3 * kPage];

TEST(VirtualQuery, V54_zeroed_program_data_is_part_of_the_image) {
  zeroed_data[kPage] = 1;

  MEMORY_BASIC_INFORMATION info = ask(&zeroed_data[kPage]);

  EXPECT_EQ(info.AllocationBase, ask(reinterpret_cast<const void*>(&some_code)).AllocationBase);
  EXPECT_EQ(info.State, 0x1000u);
  EXPECT_EQ(info.Protect, 0x04u);
  EXPECT_EQ(info.Type, 0x1000000u);
}

// What the query says about a variable on this thread's stack; asserted by the caller, since GoogleTest's assertions
// are for the first thread alone on some platforms.
struct StackAnswer {
  std::uintptr_t variable = 0;
  MEMORY_BASIC_INFORMATION info = {};
};

StackAnswer ask_own_stack() {
  volatile char local = 0;
  return {number(&local), ask(const_cast<char*>(&local))};
}

void expect_stack(const StackAnswer& answer) {
  EXPECT_NE(answer.info.AllocationBase, nullptr);
  EXPECT_LT(number(answer.info.AllocationBase), answer.variable);
  EXPECT_EQ(answer.info.AllocationProtect, 0x04u);
  EXPECT_EQ(answer.info.State, 0x1000u);
  EXPECT_EQ(answer.info.Protect, 0x04u);
  EXPECT_EQ(answer.info.Type, 0x20000u);
}

TEST(VirtualQuery, V54_the_stack_of_the_first_thread_is_private) { expect_stack(ask_own_stack()); }

TEST(VirtualQuery, V54_the_stack_of_another_thread_is_private) {
  StackAnswer answer;

  std::thread([&] { answer = ask_own_stack(); }).join();

  expect_stack(answer);
}

TEST(VirtualQuery, V55_null_is_free) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_OK(VirtualQuery(nullptr, &info, sizeof info));

  EXPECT_EQ(info.BaseAddress, nullptr);
  EXPECT_GE(info.RegionSize, 0x10000u);
  EXPECT_EQ(info.State, 0x10000u);
  EXPECT_EQ(info.Protect, 0x01u);
}

TEST(VirtualQuery, V56_a_walk_visits_every_byte_once_and_ends_at_the_top) {
  Region one = committed(3);
  Region two = reserve(40);
  two.commit(7, 3, PAGE_READONLY);
  std::uintptr_t place = 0;
  std::size_t found = 0;
  MEMORY_BASIC_INFORMATION info = {};

  while (VirtualQuery(at(place), &info, sizeof info) == sizeof info) {
    ASSERT_EQ(number(info.BaseAddress), place);
    ASSERT_GT(info.RegionSize, 0u);
    ASSERT_EQ(info.RegionSize % kPage, 0u);
    if (info.State == MEM_FREE) {
      ASSERT_EQ(info.AllocationBase, nullptr);
    } else {
      ASSERT_NE(info.AllocationBase, nullptr);
    }
    found += info.BaseAddress == one.base() || info.BaseAddress == two.base() || info.BaseAddress == two.page(7);
    place += info.RegionSize;
  }

  EXPECT_EQ(GetLastError(), 87u);
  EXPECT_EQ(place, 0x7FFFFFFF0000u);
  EXPECT_EQ(found, 3u);
}

TEST(VirtualQuery, V57_ten_thousand_islands_are_each_reported_right) {
  Region region = reserve(20000);
  for (std::size_t i = 0; i < 20000; i += 2) {
    ASSERT_NE(VirtualAlloc(region.page(i), kPage, MEM_COMMIT, PAGE_READWRITE), nullptr) << "island " << i / 2;
  }

  for (std::size_t i = 0; i < 20000; ++i) {
    MEMORY_BASIC_INFORMATION info = ask(region.page(i) + 0x800);
    ASSERT_EQ(info.BaseAddress, region.page(i));
    ASSERT_EQ(info.RegionSize, 0x1000u) << "page " << i;
    ASSERT_EQ(info.State, i % 2 == 0 ? 0x1000u : 0x2000u) << "page " << i;
    ASSERT_EQ(info.Protect, i % 2 == 0 ? 0x04u : 0u) << "page " << i;
  }
}

} // namespace
} // namespace apitest
