// GetSystemInfo, GetNativeSystemInfo, GetLargePageMinimum, ids of process and thread.
// Rules: Y1 Y2 Y3 Y4 Y5 N1
#include "expect.h"
#include "memory_map.h"

#include <bitset>
#include <cstring>
#include <thread>

namespace apitest {
namespace {

SYSTEM_INFO system_info() {
  SYSTEM_INFO info;
  std::memset(static_cast<void*>(&info), 0xCC, sizeof info);
  GetSystemInfo(&info);
  return info;
}

TEST(SystemInfo, Y1_the_numbers_of_a_64_bit_Windows) {
  SYSTEM_INFO info = system_info();

  EXPECT_EQ(info.dwPageSize, 4096u);
  EXPECT_EQ(info.dwAllocationGranularity, 65536u);
  EXPECT_EQ(info.wProcessorArchitecture, 9u);
  EXPECT_EQ(info.dwProcessorType, 8664u);
  EXPECT_EQ(number(info.lpMinimumApplicationAddress), 0x10000u);
  EXPECT_EQ(number(info.lpMaximumApplicationAddress), 0x7FFFFFFEFFFFu);
}

TEST(SystemInfo, Y1_the_numbers_are_constant) {
  SYSTEM_INFO first = system_info();
  SYSTEM_INFO second = system_info();

  EXPECT_EQ(std::memcmp(&first, &second, sizeof first), 0);
}

TEST(SystemInfo, Y2_the_processors_are_those_of_the_mask) {
  SYSTEM_INFO info = system_info();

  EXPECT_GE(info.dwNumberOfProcessors, 1u);
  EXPECT_LE(info.dwNumberOfProcessors, 64u);
  EXPECT_EQ(std::bitset<64>(info.dwActiveProcessorMask).count(), info.dwNumberOfProcessors);
}

TEST(SystemInfo, Y3_the_native_form_gives_the_same_answer) {
  SYSTEM_INFO plain = system_info();
  SYSTEM_INFO native;
  std::memset(static_cast<void*>(&native), 0xCC, sizeof native);

  GetNativeSystemInfo(&native);

  EXPECT_EQ(sizeof(SYSTEM_INFO), 48u);
  EXPECT_EQ(std::memcmp(&plain, &native, sizeof plain), 0);
}

TEST(SystemInfo, Y3_N1_the_last_error_stays_as_it_is) {
  SYSTEM_INFO info;
  SetLastError(kNobodysError);

  GetSystemInfo(&info);
  GetNativeSystemInfo(&info);

  EXPECT_EQ(GetLastError(), kNobodysError);
}

TEST(SystemInfo, Y4_large_pages_have_2_MiB_or_do_not_exist) {
  SetLastError(kNobodysError);

  SIZE_T minimum = GetLargePageMinimum();

  EXPECT_TRUE(minimum == 0x200000 || minimum == 0) << minimum;
  EXPECT_EQ(GetLastError(), kNobodysError);
}

TEST(SystemInfo, Y5_every_address_handed_out_lies_between_lowest_and_highest) {
  SYSTEM_INFO info = system_info();

  for (DWORD direction : {DWORD{0}, DWORD{MEM_TOP_DOWN}}) {
    Region region(VirtualAlloc(nullptr, 0x100000, MEM_RESERVE | direction, PAGE_READWRITE), 256);
    EXPECT_GE(number(region.base()), number(info.lpMinimumApplicationAddress));
    EXPECT_LE(number(region.end()) - 1, number(info.lpMaximumApplicationAddress));
  }
}

TEST(ProcessIds, process_and_thread_have_ids_that_are_not_0) {
  EXPECT_NE(GetCurrentProcessId(), 0u);
  EXPECT_NE(GetCurrentThreadId(), 0u);
}

TEST(ProcessIds, the_process_id_is_the_same_in_every_thread_and_the_thread_id_is_not) {
  DWORD process = 0;
  DWORD thread = 0;

  std::thread([&] {
    process = GetCurrentProcessId();
    thread = GetCurrentThreadId();
  }).join();

  EXPECT_EQ(process, GetCurrentProcessId());
  EXPECT_NE(thread, GetCurrentThreadId());
  EXPECT_NE(thread, 0u);
}

TEST(ProcessIds, Y100_pseudo_handles_are_minus_one_and_minus_two) {
  EXPECT_EQ(number(GetCurrentProcess()), ~std::uintptr_t{0});
  EXPECT_EQ(number(GetCurrentThread()), ~std::uintptr_t{1});
}

} // namespace
} // namespace apitest
