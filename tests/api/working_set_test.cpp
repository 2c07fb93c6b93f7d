// The limits of the working set, emptying it, and which pages are in it.
// Rules: Y50 Y51 Y52 Y53 Y54 Y55 Y56 Y58
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"

#include <psapi.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace apitest {
namespace {

struct Limits {
  SIZE_T minimum = 0;
  SIZE_T maximum = 0;
  DWORD flags = 0;
};

Limits limits() {
  Limits now;
  EXPECT_OK(GetProcessWorkingSetSizeEx(GetCurrentProcess(), &now.minimum, &now.maximum, &now.flags));
  return now;
}

// Puts back what was there before.
class KeepLimits {
public:
  KeepLimits() : before_(limits()) {}
  KeepLimits(const KeepLimits&) = delete;
  KeepLimits& operator=(const KeepLimits&) = delete;
  ~KeepLimits() {
    EXPECT_TRUE(SetProcessWorkingSetSizeEx(GetCurrentProcess(), before_.minimum, before_.maximum, before_.flags));
  }

private:
  Limits before_;
};

OwnedHandle with_access(DWORD access) {
  HANDLE made = nullptr;
  EXPECT_TRUE(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &made, access, FALSE, 0));
  return OwnedHandle(made);
}

BOOL set(SIZE_T minimum, SIZE_T maximum, DWORD flags = 0) {
  return SetProcessWorkingSetSizeEx(GetCurrentProcess(), minimum, maximum, flags);
}

void touch(const Region& region, std::size_t page) { *static_cast<volatile char*>(region.page(page)) = 1; }

TEST(WorkingSet, Y50_the_defaults_are_50_and_345_pages_and_soft) {
  const Limits now = limits();
  EXPECT_EQ(now.minimum, 204800u);
  EXPECT_EQ(now.maximum, 1413120u);
  EXPECT_EQ(now.flags, 0xAu);
}

TEST(WorkingSet, Y50_the_older_form_tells_the_same_sizes) {
  SIZE_T minimum = 0;
  SIZE_T maximum = 0;
  EXPECT_OK(GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum));
  EXPECT_EQ(minimum, limits().minimum);
  EXPECT_EQ(maximum, limits().maximum);
}

TEST(WorkingSet, Y52_sizes_are_read_back_in_whole_pages) {
  KeepLimits keep;
  EXPECT_OK(SetProcessWorkingSetSize(GetCurrentProcess(), 64 * kPage + 1, 512 * kPage + 4095));
  EXPECT_EQ(limits().minimum, 64 * kPage);
  EXPECT_EQ(limits().maximum, 512 * kPage);
}

TEST(WorkingSet, Y51_a_small_minimum_is_raised_to_20_pages) {
  KeepLimits keep;
  EXPECT_OK(set(kPage, 100 * kPage));
  EXPECT_EQ(limits().minimum, 20 * kPage);
}

TEST(WorkingSet, Y51_sizes_that_do_not_fit_together_change_nothing) {
  const Limits before = limits();
  EXPECT_ERROR(87, set(0, 100 * kPage));
  EXPECT_ERROR(87, set(50 * kPage, 0));
  EXPECT_ERROR(87, set(101 * kPage, 100 * kPage));
  EXPECT_ERROR(87, set(kPage, 12 * kPage));
  EXPECT_EQ(limits().minimum, before.minimum);
  EXPECT_EQ(limits().maximum, before.maximum);
}

TEST(WorkingSet, Y51_more_than_the_machine_has_is_refused) {
  EXPECT_ERROR(1450, set(50 * kPage, SIZE_T{1} << 46));
  EXPECT_EQ(limits().maximum, 1413120u);
}

TEST(WorkingSet, Y53_flags_are_kept_until_others_are_given) {
  KeepLimits keep;
  EXPECT_OK(set(50 * kPage, 345 * kPage, QUOTA_LIMITS_HARDWS_MIN_ENABLE));
  EXPECT_EQ(limits().flags, 0x9u);
  EXPECT_OK(set(50 * kPage, 346 * kPage, 0));
  EXPECT_EQ(limits().flags, 0x9u);
  EXPECT_OK(set(50 * kPage, 345 * kPage, QUOTA_LIMITS_HARDWS_MIN_DISABLE | QUOTA_LIMITS_HARDWS_MAX_ENABLE));
  EXPECT_EQ(limits().flags, 0x6u);
}

TEST(WorkingSet, Y53_both_flags_of_a_pair_are_invalid) {
  EXPECT_ERROR(87, set(50 * kPage, 345 * kPage, 3));
  EXPECT_ERROR(87, set(50 * kPage, 345 * kPage, 0xC));
  EXPECT_ERROR(87, set(50 * kPage, 345 * kPage, 0x20));
}

TEST(WorkingSet, Y52_the_handle_must_be_the_process_s_and_allow_it) {
  SIZE_T size = 0;
  EXPECT_ERROR(6, SetProcessWorkingSetSize(nullptr, 50 * kPage, 345 * kPage));
  EXPECT_ERROR(6, GetProcessWorkingSetSize(nullptr, &size, &size));
  EXPECT_ERROR(6, K32EmptyWorkingSet(nullptr));
  EXPECT_ERROR(5, SetProcessWorkingSetSize(with_access(PROCESS_QUERY_INFORMATION), 50 * kPage, 345 * kPage));
  EXPECT_OK(SetProcessWorkingSetSize(with_access(PROCESS_SET_QUOTA), 50 * kPage, 345 * kPage));
  EXPECT_ERROR(5, GetProcessWorkingSetSize(with_access(PROCESS_SET_QUOTA), &size, &size));
  EXPECT_OK(GetProcessWorkingSetSize(with_access(PROCESS_QUERY_LIMITED_INFORMATION), &size, &size));
}

TEST(WorkingSet, Y50_unwritable_pointers_are_no_access_and_nothing_is_written) {
  SIZE_T minimum = 7;
  EXPECT_ERROR(998, GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, nullptr));
  EXPECT_ERROR(998, GetProcessWorkingSetSizeEx(GetCurrentProcess(), &minimum, &minimum, nullptr));
  EXPECT_EQ(minimum, 7u);
}

TEST(WorkingSet, Y52_Y58_the_minimum_says_how_many_pages_can_be_locked) {
  KeepLimits keep;
  Region region = committed(200);
  EXPECT_ERROR(1453, VirtualLock(region.base(), 43 * kPage));
  ASSERT_OK(set(100 * kPage, 345 * kPage));
  EXPECT_ERROR(1453, VirtualLock(region.base(), 93 * kPage));
  if (VirtualLock(region.base(), 92 * kPage)) { // where RLIMIT_MEMLOCK allows it
    EXPECT_OK(VirtualUnlock(region.base(), 92 * kPage));
  }
  ASSERT_OK(set(20 * kPage, 345 * kPage));
  EXPECT_ERROR(1453, VirtualLock(region.base(), 13 * kPage));
}

TEST(WorkingSet, Y54_Y51_emptying_keeps_contents_and_limits) {
  Region region = committed(64);
  for (std::size_t page = 0; page < 64; ++page) {
    std::memset(region.page(page), static_cast<int>(page + 1), kPage);
  }
  const Limits before = limits();
  EXPECT_OK(K32EmptyWorkingSet(GetCurrentProcess()));
  EXPECT_OK(SetProcessWorkingSetSize(GetCurrentProcess(), ~SIZE_T{0}, ~SIZE_T{0}));
  EXPECT_OK(K32EmptyWorkingSet(with_access(PROCESS_SET_QUOTA | PROCESS_QUERY_INFORMATION)));
  for (std::size_t page = 0; page < 64; ++page) {
    EXPECT_EQ(*region.page(page), static_cast<char>(page + 1));
  }
  EXPECT_EQ(limits().minimum, before.minimum);
  EXPECT_EQ(limits().maximum, before.maximum);
}

// ---- which pages ----

// An entry of QueryWorkingSet for the page, or 0.
ULONG_PTR listed(const std::vector<ULONG_PTR>& entries, const void* page) {
  for (ULONG_PTR entry : entries) {
    if (entry >> 12 == number(page) >> 12) {
      return entry;
    }
  }
  return 0;
}

std::vector<ULONG_PTR> working_set() {
  std::vector<ULONG_PTR> buffer(1 << 16);
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (K32QueryWorkingSet(GetCurrentProcess(), buffer.data(), static_cast<DWORD>(buffer.size() * sizeof buffer[0]))) {
      return {buffer.begin() + 1, buffer.begin() + 1 + static_cast<std::ptrdiff_t>(buffer[0])};
    }
    EXPECT_EQ(GetLastError(), 24u);
    buffer.resize(buffer[0] + buffer[0] / 4 + 1024);
  }
  ADD_FAILURE() << "the working set grows for ever";
  return {};
}

TEST(WorkingSet, Y55_touched_pages_are_listed_with_their_protection) {
  Region region = committed(16);
  touch(region, 0);
  touch(region, 1);
  touch(region, 2);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(1), kPage, PAGE_READONLY, &old));
  ASSERT_TRUE(VirtualProtect(region.page(2), kPage, PAGE_EXECUTE_READWRITE, &old));

  const std::vector<ULONG_PTR> entries = working_set();

  EXPECT_EQ(listed(entries, region.page(0)) & 0xFFF, 4u);
  EXPECT_EQ(listed(entries, region.page(1)) & 0xFFF, 1u);
  EXPECT_EQ(listed(entries, region.page(2)) & 0xFFF, 6u);
}

TEST(WorkingSet, Y55_pages_that_are_not_there_are_not_listed) {
  Region region = reserve(2048);
  region.commit(0, 1024);
  touch(region, 0);
  touch(region, 1);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(1), kPage, PAGE_NOACCESS, &old));

  const std::vector<ULONG_PTR> entries = working_set();

  EXPECT_NE(listed(entries, region.page(0)), 0u);
  EXPECT_EQ(listed(entries, region.page(1)), 0u);
  EXPECT_EQ(listed(entries, region.page(1000)), 0u);
  EXPECT_EQ(listed(entries, region.page(2000)), 0u);
}

TEST(WorkingSet, Y55_a_page_of_a_view_is_shared) {
  OwnedHandle section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, nullptr));
  char* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  ASSERT_NE(view, nullptr);
  *static_cast<volatile char*>(view) = 1;

  EXPECT_EQ(listed(working_set(), view) & 0x1FF, 0x124u); // shared, by one, read-write

  EXPECT_TRUE(UnmapViewOfFile(view));
}

TEST(WorkingSet, Y55_the_stack_and_the_program_are_listed_and_no_page_twice) {
  int local = 0;
  std::vector<ULONG_PTR> entries = working_set();
  EXPECT_NE(listed(entries, &local), 0u);
  EXPECT_NE(listed(entries, reinterpret_cast<const void*>(&working_set)), 0u);
  for (ULONG_PTR& entry : entries) {
    entry >>= 12;
  }
  std::sort(entries.begin(), entries.end());
  EXPECT_EQ(std::adjacent_find(entries.begin(), entries.end()), entries.end());
}

TEST(WorkingSet, Y55_a_buffer_that_is_too_small_is_told_how_many_there_are) {
  ULONG_PTR buffer[4] = {};
  EXPECT_ERROR(24, K32QueryWorkingSet(GetCurrentProcess(), buffer, 0));
  EXPECT_ERROR(24, K32QueryWorkingSet(GetCurrentProcess(), buffer, 7));
  EXPECT_EQ(buffer[0], 0u);
  EXPECT_ERROR(24, K32QueryWorkingSet(GetCurrentProcess(), buffer, sizeof buffer));
  EXPECT_GT(buffer[0], 100u);
}

TEST(WorkingSet, Y55_Y56_bad_handles_and_buffers) {
  ULONG_PTR buffer[4] = {};
  EXPECT_ERROR(6, K32QueryWorkingSet(nullptr, buffer, sizeof buffer));
  EXPECT_ERROR(6, K32QueryWorkingSetEx(nullptr, buffer, sizeof buffer));
  EXPECT_ERROR(5, K32QueryWorkingSet(with_access(PROCESS_SET_QUOTA), buffer, sizeof buffer));
  EXPECT_ERROR(5, K32QueryWorkingSetEx(with_access(PROCESS_SET_QUOTA), buffer, sizeof buffer));
  EXPECT_ERROR(998, K32QueryWorkingSet(GetCurrentProcess(), nullptr, sizeof buffer));
  EXPECT_ERROR(998, K32QueryWorkingSetEx(GetCurrentProcess(), nullptr, sizeof buffer));
}

TEST(WorkingSet, Y56_chosen_pages) {
  Region region = committed(600);
  touch(region, 0);
  PSAPI_WORKING_SET_EX_INFORMATION pages[3] = {};
  pages[0].VirtualAddress = region.page(0) + 100;
  pages[1].VirtualAddress = region.page(590);
  pages[2].VirtualAddress = free_range(kGranule);

  EXPECT_OK(K32QueryWorkingSetEx(GetCurrentProcess(), pages, sizeof pages));

  EXPECT_TRUE(pages[0].VirtualAttributes.Valid);
  EXPECT_EQ(pages[0].VirtualAttributes.Win32Protection, 4u);
  EXPECT_FALSE(pages[0].VirtualAttributes.Shared);
  EXPECT_FALSE(pages[0].VirtualAttributes.Locked);
  EXPECT_EQ(pages[1].VirtualAttributes.Flags, 0u);
  EXPECT_EQ(pages[2].VirtualAttributes.Flags, 0u);
}

TEST(WorkingSet, Y56_a_last_entry_that_is_cut_off_stays_as_it_is) {
  Region region = committed(2);
  touch(region, 0);
  PSAPI_WORKING_SET_EX_INFORMATION pages[2] = {};
  pages[0].VirtualAddress = region.page(0);
  pages[1].VirtualAddress = region.page(0);
  EXPECT_OK(K32QueryWorkingSetEx(GetCurrentProcess(), pages, sizeof pages - 1));
  EXPECT_TRUE(pages[0].VirtualAttributes.Valid);
  EXPECT_EQ(pages[1].VirtualAttributes.Flags, 0u);
  EXPECT_ERROR(24, K32QueryWorkingSetEx(GetCurrentProcess(), pages, sizeof pages[0] - 1));
}

} // namespace
} // namespace apitest
