// GetPerformanceInfo, GetPhysicallyInstalledSystemMemory, the file cache's limits.
// Rules: Y21 Y30 Y31 Y70
#include "expect.h"
#include "memory_map.h"

#include <psapi.h>

#include <cstring>

namespace apitest {
namespace {

MEMORYSTATUSEX memory_status() {
  MEMORYSTATUSEX status{};
  status.dwLength = sizeof status;
  EXPECT_TRUE(GlobalMemoryStatusEx(&status));
  return status;
}

PERFORMANCE_INFORMATION performance() {
  PERFORMANCE_INFORMATION info;
  std::memset(&info, 0xCC, sizeof info);
  EXPECT_OK(K32GetPerformanceInfo(&info, sizeof info));
  return info;
}

TEST(SystemFigures, Y21_installed_memory_is_not_less_than_usable_memory) {
  ULONGLONG kilobytes = 0;
  EXPECT_OK(GetPhysicallyInstalledSystemMemory(&kilobytes));
  EXPECT_GE(kilobytes, memory_status().ullTotalPhys / 1024);
}

TEST(SystemFigures, Y21_a_null_pointer_is_invalid) { EXPECT_ERROR(87, GetPhysicallyInstalledSystemMemory(nullptr)); }

TEST(SystemFigures, Y30_a_buffer_that_is_too_small_is_a_bad_length_and_untouched) {
  EXPECT_EQ(sizeof(PERFORMANCE_INFORMATION), 104u);
  for (DWORD size : {0u, 1u, 103u}) {
    PERFORMANCE_INFORMATION info;
    std::memset(&info, 0xCC, sizeof info);
    const PERFORMANCE_INFORMATION before = info;

    EXPECT_ERROR(24, K32GetPerformanceInfo(&info, size)) << size;

    EXPECT_EQ(std::memcmp(&info, &before, sizeof info), 0) << size;
  }
}

TEST(SystemFigures, Y30_a_larger_buffer_gets_the_same_structure) {
  struct {
    PERFORMANCE_INFORMATION info;
    unsigned char behind[32];
  } buffer;
  std::memset(&buffer, 0xCC, sizeof buffer);
  EXPECT_OK(K32GetPerformanceInfo(&buffer.info, sizeof buffer));
  EXPECT_EQ(buffer.info.cb, 104u);
  for (unsigned char byte : buffer.behind) {
    EXPECT_EQ(byte, 0xCC);
  }
}

TEST(SystemFigures, Y31_figures_are_in_pages_and_fit_together) {
  const PERFORMANCE_INFORMATION info = performance();
  const MEMORYSTATUSEX status = memory_status();

  EXPECT_EQ(info.PageSize, 4096u);
  EXPECT_EQ(info.PhysicalTotal * 4096, status.ullTotalPhys);
  EXPECT_LE(info.PhysicalAvailable, info.PhysicalTotal);
  EXPECT_LE(info.CommitTotal, info.CommitLimit);
  EXPECT_GE(info.CommitPeak, info.CommitTotal);
  EXPECT_EQ(info.KernelTotal, info.KernelPaged + info.KernelNonpaged);
  EXPECT_GE(info.HandleCount, 1u);
  EXPECT_GE(info.ProcessCount, 1u);
  EXPECT_GE(info.ThreadCount, info.ProcessCount);
}

TEST(SystemFigures, Y31_the_commit_limit_is_the_memory_status_s) {
  EXPECT_EQ(performance().CommitLimit, memory_status().ullTotalPageFile / 4096);
}

TEST(SystemFigures, Y31_a_commit_counts_at_once_and_untouched) {
  constexpr std::size_t kPages = 2048;
  Region region = reserve(kPages);
  const SIZE_T before = performance().CommitTotal;
  region.commit(0, kPages);
  const SIZE_T during = performance().CommitTotal;
  ASSERT_TRUE(VirtualFree(region.base(), kPages * kPage, MEM_DECOMMIT));
  const PERFORMANCE_INFORMATION after = performance();

  EXPECT_EQ(during - before, kPages);
  EXPECT_EQ(after.CommitTotal, before);
  EXPECT_GE(after.CommitPeak, during);
}

TEST(SystemFigures, Y31_an_unwritable_buffer_is_no_access) {
  Region region = committed(1, PAGE_READONLY);
  EXPECT_ERROR(998, K32GetPerformanceInfo(reinterpret_cast<PERFORMANCE_INFORMATION*>(region.base()), 104));
}

TEST(SystemFigures, Y70_the_file_cache_has_windows_default_limits) {
  SIZE_T minimum = 0;
  SIZE_T maximum = 0;
  DWORD flags = 7;
  EXPECT_OK(GetSystemFileCacheSize(&minimum, &maximum, &flags));
  EXPECT_EQ(minimum, 0x100000u);
  EXPECT_EQ(maximum, 0x10000000000u);
  EXPECT_EQ(flags, 0u);
}

TEST(SystemFigures, Y70_each_pointer_is_needed) {
  SIZE_T size = 0;
  DWORD flags = 0;
  EXPECT_ERROR(87, GetSystemFileCacheSize(nullptr, &size, &flags));
  EXPECT_ERROR(87, GetSystemFileCacheSize(&size, nullptr, &flags));
  EXPECT_ERROR(87, GetSystemFileCacheSize(&size, &size, nullptr));
}

TEST(SystemFigures, Y70_changing_the_file_cache_needs_a_privilege) {
  constexpr SIZE_T kFlush = ~SIZE_T{0};
  EXPECT_ERROR(1314, SetSystemFileCacheSize(1 << 20, 1 << 30, 0));
  EXPECT_ERROR(1314, SetSystemFileCacheSize(kFlush, kFlush, 0));
  EXPECT_ERROR(1314, SetSystemFileCacheSize(1 << 20, 1 << 30, FILE_CACHE_MAX_HARD_ENABLE));
}

TEST(SystemFigures, Y70_both_flags_of_a_pair_are_invalid) {
  EXPECT_ERROR(87, SetSystemFileCacheSize(1 << 20, 1 << 30, FILE_CACHE_MAX_HARD_ENABLE | FILE_CACHE_MAX_HARD_DISABLE));
  EXPECT_ERROR(87, SetSystemFileCacheSize(1 << 20, 1 << 30, FILE_CACHE_MIN_HARD_ENABLE | FILE_CACHE_MIN_HARD_DISABLE));
  EXPECT_ERROR(87, SetSystemFileCacheSize(1 << 20, 1 << 30, 0x10));
}

} // namespace
} // namespace apitest
