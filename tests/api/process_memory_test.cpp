// GetProcessMemoryInfo.
// Rules: Y40 Y41 Y42 Y43
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"

#include <psapi.h>

#include <cstring>

namespace apitest {
namespace {

// The longest form, which headers before 2022 lack.
struct Counters {
  PROCESS_MEMORY_COUNTERS_EX counters;
  SIZE_T private_working_set;
  ULONG64 shared_commit;
};
static_assert(sizeof(Counters) == 96);

BOOL ask(HANDLE process, Counters& counters, DWORD size) {
  return K32GetProcessMemoryInfo(process, reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(&counters), size);
}

Counters usage() {
  Counters all{};
  EXPECT_OK(ask(GetCurrentProcess(), all, sizeof all.counters));
  return all;
}

OwnedHandle with_access(DWORD access) {
  HANDLE made = nullptr;
  EXPECT_TRUE(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &made, access, FALSE, 0));
  return OwnedHandle(made);
}

void touch(const Region& region, std::size_t pages) {
  for (std::size_t page = 0; page < pages; ++page) {
    *static_cast<volatile char*>(region.page(page)) = 1;
  }
}

TEST(ProcessMemory, Y40_each_form_by_its_size) {
  struct {
    DWORD given;
    DWORD form;
  } constexpr kSizes[] = {{72, 72}, {79, 72}, {80, 80}, {95, 80}};
  for (const auto& size : kSizes) {
    const DWORD given = size.given;
    const DWORD form = size.form;
    Counters all;
    std::memset(&all, 0xCC, sizeof all);

    EXPECT_OK(ask(GetCurrentProcess(), all, given)) << given;

    EXPECT_EQ(all.counters.cb, form) << given;
    const auto* bytes = reinterpret_cast<const unsigned char*>(&all);
    EXPECT_EQ(bytes[form], 0xCC) << given;
    EXPECT_NE(all.counters.WorkingSetSize, 0u) << given;
  }
}

TEST(ProcessMemory, Y40_the_longest_form_tells_the_private_working_set) {
  Region region = committed(600);
  touch(region, 600);
  Counters all{};
  EXPECT_OK(ask(GetCurrentProcess(), all, 96));
  EXPECT_EQ(all.counters.cb, 96u);
  EXPECT_GE(all.private_working_set, 512 * kPage);
  EXPECT_LE(all.private_working_set, all.counters.WorkingSetSize);
}

TEST(ProcessMemory, Y40_Y41_the_size_is_judged_before_the_handle) {
  Counters all;
  std::memset(&all, 0xCC, sizeof all);
  const Counters before = all;
  for (DWORD size : {0u, 1u, 71u}) {
    EXPECT_ERROR(122, ask(GetCurrentProcess(), all, size)) << size;
    EXPECT_ERROR(122, ask(nullptr, all, size)) << size;
  }
  EXPECT_EQ(std::memcmp(&all, &before, sizeof all), 0);
}

TEST(ProcessMemory, Y41_what_is_no_process_is_an_invalid_handle) {
  Counters all;
  std::memset(&all, 0xCC, sizeof all);
  const Counters before = all;
  EXPECT_ERROR(6, ask(nullptr, all, 80));
  EXPECT_ERROR(6, ask(reinterpret_cast<HANDLE>(0x12345678), all, 80));
  EXPECT_ERROR(6, ask(GetCurrentThread(), all, 80));
  EXPECT_EQ(std::memcmp(&all, &before, sizeof all), 0);
}

TEST(ProcessMemory, Y41_the_handle_must_allow_to_query_and_to_read) {
  Counters all{};
  EXPECT_OK(ask(with_access(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ), all, 80));
  EXPECT_OK(ask(with_access(PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_VM_READ), all, 80));
  EXPECT_ERROR(5, ask(with_access(PROCESS_VM_READ), all, 80));
  EXPECT_ERROR(5, ask(with_access(PROCESS_SET_QUOTA | PROCESS_VM_READ), all, 80));
}

TEST(ProcessMemory, Y42_a_commit_counts_at_once_and_untouched) {
  constexpr std::size_t kPages = 1024;
  const SIZE_T start = usage().counters.PrivateUsage;
  Region region = reserve(kPages);
  const SIZE_T reserved = usage().counters.PrivateUsage;
  region.commit(0, kPages);
  const PROCESS_MEMORY_COUNTERS_EX during = usage().counters;
  ASSERT_TRUE(VirtualFree(region.base(), kPages * kPage, MEM_DECOMMIT));
  const PROCESS_MEMORY_COUNTERS_EX after = usage().counters;

  EXPECT_EQ(reserved, start);
  EXPECT_EQ(during.PrivateUsage - reserved, kPages * kPage);
  EXPECT_EQ(during.PagefileUsage, during.PrivateUsage);
  EXPECT_EQ(after.PrivateUsage, reserved);
  EXPECT_GE(after.PeakPagefileUsage, during.PagefileUsage);
}

TEST(ProcessMemory, Y42_sections_are_shared_and_not_private) {
  constexpr DWORD kBytes = 1 << 22;
  Counters before{};
  ASSERT_TRUE(ask(GetCurrentProcess(), before, 96));
  OwnedHandle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kBytes, nullptr));
  void* view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
  ASSERT_NE(view, nullptr);
  Counters during{};
  ASSERT_TRUE(ask(GetCurrentProcess(), during, 96));
  ASSERT_TRUE(UnmapViewOfFile(view));
  section.close();
  Counters after{};
  ASSERT_TRUE(ask(GetCurrentProcess(), after, 96));

  EXPECT_EQ(during.counters.PrivateUsage, before.counters.PrivateUsage);
  EXPECT_EQ(during.shared_commit - before.shared_commit, kBytes);
  EXPECT_EQ(after.shared_commit, before.shared_commit);
}

TEST(ProcessMemory, Y42_a_view_that_copies_on_write_is_private) {
  constexpr DWORD kBytes = 1 << 22;
  OwnedHandle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kBytes, nullptr));
  const SIZE_T before = usage().counters.PrivateUsage;
  void* view = MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0);
  ASSERT_NE(view, nullptr);
  const SIZE_T during = usage().counters.PrivateUsage;
  ASSERT_TRUE(UnmapViewOfFile(view));

  EXPECT_EQ(during - before, kBytes);
  EXPECT_EQ(usage().counters.PrivateUsage, before);
}

TEST(ProcessMemory, Y43_touched_pages_are_in_the_working_set_and_were_faults) {
  constexpr std::size_t kPages = 4096;
  Region region = committed(kPages);
  const PROCESS_MEMORY_COUNTERS_EX before = usage().counters;
  touch(region, kPages);
  const PROCESS_MEMORY_COUNTERS_EX after = usage().counters;

  EXPECT_GE(after.WorkingSetSize, before.WorkingSetSize + kPages * kPage * 9 / 10);
  EXPECT_GE(after.PeakWorkingSetSize, after.WorkingSetSize);
  EXPECT_GT(after.PageFaultCount, before.PageFaultCount);
}

TEST(ProcessMemory, Y43_peaks_are_not_below_what_is_now) {
  const PROCESS_MEMORY_COUNTERS_EX now = usage().counters;
  EXPECT_GE(now.PeakWorkingSetSize, now.WorkingSetSize);
  EXPECT_GE(now.PeakPagefileUsage, now.PagefileUsage);
  EXPECT_GE(now.QuotaPeakPagedPoolUsage, now.QuotaPagedPoolUsage);
  EXPECT_GE(now.QuotaPeakNonPagedPoolUsage, now.QuotaNonPagedPoolUsage);
  EXPECT_NE(now.QuotaPagedPoolUsage, 0u);
}

TEST(ProcessMemory, Y40_an_unwritable_buffer_is_no_access) {
  Region region = committed(1, PAGE_READONLY);
  EXPECT_ERROR(
      998, K32GetProcessMemoryInfo(GetCurrentProcess(), reinterpret_cast<PROCESS_MEMORY_COUNTERS*>(region.base()), 80));
  EXPECT_ERROR(998, K32GetProcessMemoryInfo(GetCurrentProcess(), nullptr, 80));
}

} // namespace
} // namespace apitest
