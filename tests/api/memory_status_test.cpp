// GlobalMemoryStatusEx and GlobalMemoryStatus.
// Rules: Y10 Y11 Y12 Y13 Y20 C47 N1
#include "expect.h"
#include "memory_map.h"

#include <cstring>

namespace apitest {
namespace {

MEMORYSTATUSEX memory_status() {
  MEMORYSTATUSEX status;
  std::memset(&status, 0xCC, sizeof status);
  status.dwLength = 64;
  EXPECT_OK(GlobalMemoryStatusEx(&status));
  return status;
}

TEST(MemoryStatus, Y10_C47_any_other_length_fails_and_writes_nothing) {
  for (DWORD length : {0u, 1u, 56u, 63u, 65u, 72u, 0x80000040u, 0xFFFFFFFFu}) {
    MEMORYSTATUSEX status;
    std::memset(&status, 0xCC, sizeof status);
    status.dwLength = length;
    const MEMORYSTATUSEX before = status;

    EXPECT_ERROR(87, GlobalMemoryStatusEx(&status)) << length;

    EXPECT_EQ(std::memcmp(&status, &before, sizeof status), 0) << length;
  }
}

TEST(MemoryStatus, Y10_N1_success_leaves_the_last_error_and_the_length_alone) {
  EXPECT_EQ(sizeof(MEMORYSTATUSEX), 64u);
  EXPECT_EQ(memory_status().dwLength, 64u);
}

TEST(MemoryStatus, Y11_C47_physical_memory_and_its_load_fit_together) {
  const MEMORYSTATUSEX status = memory_status();

  EXPECT_GT(status.ullTotalPhys, 16u << 20);
  EXPECT_GT(status.ullAvailPhys, 0u);
  EXPECT_LE(status.ullAvailPhys, status.ullTotalPhys);
  const double used =
      100.0 * static_cast<double>(status.ullTotalPhys - status.ullAvailPhys) / static_cast<double>(status.ullTotalPhys);
  EXPECT_NEAR(status.dwMemoryLoad, used, 1.0);
}

TEST(MemoryStatus, Y12_C47_commits_and_decommits_show_at_once_and_untouched) {
  constexpr std::size_t kBytes = std::size_t{8} << 20;
  Region region = reserve(kBytes / kPage);
  const DWORDLONG before = memory_status().ullAvailPageFile;
  ASSERT_NE(VirtualAlloc(region.base(), kBytes, MEM_COMMIT, PAGE_READWRITE), nullptr);
  const DWORDLONG during = memory_status().ullAvailPageFile;
  ASSERT_TRUE(VirtualFree(region.base(), kBytes, MEM_DECOMMIT));
  const DWORDLONG after = memory_status().ullAvailPageFile;

  EXPECT_EQ(before - during, kBytes);
  EXPECT_EQ(after, before);
}

TEST(MemoryStatus, Y12_the_page_file_figures_are_within_bounds) {
  const MEMORYSTATUSEX status = memory_status();

  EXPECT_GT(status.ullTotalPageFile, 0u);
  EXPECT_LE(status.ullAvailPageFile, status.ullTotalPageFile);
}

TEST(MemoryStatus, Y13_C47_all_of_user_space_is_virtual) {
  const MEMORYSTATUSEX status = memory_status();

  EXPECT_EQ(status.ullTotalVirtual, 0x7FFFFFFE0000u);
  EXPECT_LT(status.ullAvailVirtual, status.ullTotalVirtual);
  EXPECT_EQ(status.ullAvailExtendedVirtual, 0u);
}

TEST(MemoryStatus, Y13_reserving_takes_virtual_memory_and_committing_does_not) {
  constexpr std::size_t kPages = 4096;
  reserve(kPages).commit(0, 1); // tables and the like are there
  const DWORDLONG before = memory_status().ullAvailVirtual;
  Region region = reserve(kPages);
  const DWORDLONG reserved = memory_status().ullAvailVirtual;
  region.commit(1000, 16);
  const DWORDLONG committed = memory_status().ullAvailVirtual;
  region.release();
  const DWORDLONG after = memory_status().ullAvailVirtual;

  EXPECT_EQ(before - reserved, kPages * kPage);
  EXPECT_EQ(committed, reserved);
  EXPECT_EQ(after, before);
}

TEST(MemoryStatus, Y20_C47_the_older_form_sets_the_length_and_has_the_same_numbers) {
  MEMORYSTATUS status;
  std::memset(&status, 0xCC, sizeof status);
  SetLastError(kNobodysError);

  GlobalMemoryStatus(&status);

  EXPECT_EQ(GetLastError(), kNobodysError);
  const MEMORYSTATUSEX now = memory_status();
  EXPECT_EQ(sizeof status, 56u);
  EXPECT_EQ(status.dwLength, 56u);
  EXPECT_EQ(status.dwTotalPhys, now.ullTotalPhys);
  EXPECT_EQ(status.dwTotalPageFile, now.ullTotalPageFile);
  EXPECT_EQ(status.dwTotalVirtual, now.ullTotalVirtual);
  EXPECT_EQ(status.dwAvailPageFile, now.ullAvailPageFile);
  EXPECT_EQ(status.dwAvailVirtual, now.ullAvailVirtual);
  EXPECT_NEAR(static_cast<double>(status.dwMemoryLoad), static_cast<double>(now.dwMemoryLoad), 1.0);
}

} // namespace
} // namespace apitest
