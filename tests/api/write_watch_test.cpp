// Write watch: which pages of a region were written.
// Rules: V70 V71 V72 V73 V74 V75 V76 V77
#include "expect.h"
#include "memory_map.h"
#include "platform.h"
#include "write_watch_test_support.h"

#include <cstring>
#include <string>
#include <vector>

namespace apitest {
namespace {

constexpr UINT kFailed = ~UINT{0};
int read_all(const Region& region) {
  int sum = 0;
  for (std::size_t i = 0; i < region.bytes(); i += 64) {
    sum += region.base()[i];
  }
  return sum;
}

TEST(WriteWatch, V70_a_watched_region_looks_like_any_other) {
  Region reserved = watched(16, MEM_RESERVE);
  EXPECT_MAP(reserved, "R16");
  reserved.commit(4, 2);
  EXPECT_MAP(reserved, "R4 C2rw R10");
  EXPECT_MAP(watched(16), "C16rw");
}

TEST(WriteWatch, V71_written_pages_are_told_in_order) {
  Region region = watched(64);
  write_to(region, {63, 5, 0, 6, 17});
  EXPECT_EQ(written(region), (Pages{0, 5, 6, 17, 63}));
  EXPECT_EQ(written(region), (Pages{0, 5, 6, 17, 63})) << "asking forgets nothing";
  EXPECT_EQ(written(region, 5, 12), (Pages{5, 6}));
}

TEST(WriteWatch, V71_the_last_error_stays_on_success) {
  Region region = watched(2);
  PVOID address = nullptr;
  ULONG_PTR count = 1;
  DWORD granularity = 0;
  SetLastError(kNobodysError);
  EXPECT_EQ(GetWriteWatch(0, region.base(), kPage, &address, &count, &granularity), 0u);
  EXPECT_EQ(ResetWriteWatch(region.base(), kPage), 0u);
  EXPECT_EQ(GetLastError(), kNobodysError);
  EXPECT_EQ(count, 0u);
}

TEST(WriteWatch, V72_a_reset_forgets_only_what_it_told) {
  Region region = watched(32);
  write_to(region, {1, 2, 3, 8, 9, 30});
  EXPECT_EQ(written(region.base(), 0, 32, kReset, 4), (Pages{1, 2, 3, 8}));
  EXPECT_EQ(written(region), (Pages{9, 30}));
  EXPECT_EQ(written(region, 0, 10, kReset), (Pages{9}));
  EXPECT_EQ(written(region, kReset), (Pages{30}));
  EXPECT_EQ(written(region), (Pages{}));
  write_to(region, {2});
  EXPECT_EQ(written(region), (Pages{2})) << "written again";
}

TEST(WriteWatch, V72_pages_come_piece_by_piece_through_a_short_array) {
  Region region = watched(4096);
  Pages expected;
  for (std::size_t page = 0; page < 4096; page += page % 7 == 0 ? 1 : 3) {
    write_to(region, {page});
    expected.push_back(page);
  }
  Pages all;
  for (Pages part = written(region.base(), 0, 4096, kReset, 37); !part.empty();
       part = written(region.base(), 0, 4096, kReset, 37)) {
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(all, expected);
}

TEST(WriteWatch, V72_as_many_stretches_as_there_are_pages) {
  Region region = watched(8192);
  Pages expected;
  for (std::size_t page = 0; page < 8192; page += 2) {
    write_to(region, {page});
    expected.push_back(page);
  }
  EXPECT_EQ(written(region.base(), 0, 8192, 0, 8192), expected);
  EXPECT_EQ(written(region.base(), 0, 8192, kReset, 8192), expected);
  EXPECT_EQ(written(region.base(), 0, 8192, 0, 8192), (Pages{}));
}

TEST(ResetWriteWatch, V72_forgets_what_was_written_in_its_range) {
  Region region = watched(16);
  write_to(region, {0, 3, 4, 5, 15});
  EXPECT_EQ(ResetWriteWatch(region.page(3) + 5, kPage), 0u); // bytes of pages 3 and 4
  EXPECT_EQ(written(region), (Pages{0, 5, 15}));
  EXPECT_EQ(ResetWriteWatch(region.base(), region.bytes()), 0u);
  EXPECT_EQ(written(region), (Pages{}));
  write_to(region, {4});
  EXPECT_EQ(written(region), (Pages{4}));
}

struct Asked {
  UINT result;
  DWORD error;
};
Asked ask_watch(DWORD flags, void* base, SIZE_T size, ULONG_PTR room = 4) {
  PVOID addresses[4];
  DWORD granularity = 0;
  ULONG_PTR count = room;
  SetLastError(kNobodysError);
  UINT result = GetWriteWatch(flags, base, size, addresses, &count, &granularity);
  return {result, GetLastError()};
}
Asked reset_watch(void* base, SIZE_T size) {
  SetLastError(kNobodysError);
  UINT result = ResetWriteWatch(base, size);
  return {result, GetLastError()};
}
void expect_refused(const Asked& asked, const char* what) {
  EXPECT_EQ(asked.result, kFailed) << what;
  EXPECT_EQ(asked.error, 87u) << what;
}

TEST(WriteWatch, V73_only_ranges_inside_one_watched_region) {
  Region region = watched(16);
  Region plain = committed(16);
  Region released = watched(16);
  char* gone = released.base();
  released.release();
  struct {
    void* base;
    SIZE_T size;
    const char* what;
  } const wrong[] = {
      {nullptr, kPage, "NULL"},
      {plain.base(), kPage, "memory that is not watched"},
      {gone, kPage, "memory that was released"},
      {region.base(), 0, "no size"},
      {region.base(), region.bytes() + 1, "a byte too long"},
      {region.page(15), kPage + 1, "a byte over the end"},
      {region.base() - kPage, 2 * kPage, "from before the region"},
      {region.base(), ~SIZE_T{0}, "all addresses"},
      {at(kHighestUser) + 1, kPage, "beyond user addresses"},
  };
  for (const auto& row : wrong) {
    expect_refused(ask_watch(0, row.base, row.size), row.what);
    expect_refused(ask_watch(kReset, row.base, row.size), row.what);
    expect_refused(reset_watch(row.base, row.size), row.what);
  }
  EXPECT_EQ(ask_watch(0, region.page(15), kPage).result, 0u);
  EXPECT_EQ(ask_watch(0, region.page(15) + 4095, 1).result, 0u);
}

TEST(WriteWatch, V73_unknown_flags_and_no_room) {
  Region region = watched(4);
  expect_refused(ask_watch(2, region.base(), kPage), "flag 2");
  expect_refused(ask_watch(0x80000001, region.base(), kPage), "a high flag");
  expect_refused(ask_watch(0, region.base(), kPage, 0), "no room");
}

TEST(WriteWatch, V73_pointers_that_cannot_be_written_to) {
  Region region = watched(4);
  Region closed = committed(1, PAGE_READONLY);
  write_to(region, {1});
  PVOID addresses[4];
  ULONG_PTR count = 4;
  DWORD granularity = 0;
  auto answer = [&](PVOID* to, ULONG_PTR* entries, DWORD* unit) {
    SetLastError(kNobodysError);
    UINT result = GetWriteWatch(kReset, region.base(), region.bytes(), to, entries, unit);
    return result == kFailed ? GetLastError() : 0;
  };
  EXPECT_EQ(answer(nullptr, &count, &granularity), 998u);
  EXPECT_EQ(answer(addresses, nullptr, &granularity), 998u);
  EXPECT_EQ(answer(addresses, &count, nullptr), 998u);
  EXPECT_EQ(answer(reinterpret_cast<PVOID*>(closed.base()), &count, &granularity), 998u);
  EXPECT_EQ(written(region), (Pages{1})) << "a call that fails forgets nothing";
}

TEST(WriteWatch, V74_fresh_and_reserved_pages_were_not_written) {
  Region region = watched(32, MEM_RESERVE);
  EXPECT_EQ(written(region), (Pages{}));
  region.commit(8, 8);
  EXPECT_EQ(written(region), (Pages{}));
  EXPECT_EQ(region.page(8)[0] + region.page(15)[7], 0);
  write_to(region, {9});
  region.commit(0, 32);
  EXPECT_EQ(written(region), (Pages{9})) << "a commit over it changes nothing";
  read_all(region);
  EXPECT_EQ(written(region), (Pages{9})) << "nor does reading";
}

TEST(WriteWatch, V74_protections_neither_mark_nor_clear) {
  Region region = watched(8);
  write_to(region, {2, 3});
  for (DWORD protect :
       {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_READ, PAGE_READWRITE}) {
    DWORD old = 0;
    ASSERT_TRUE(VirtualProtect(region.base(), region.bytes(), protect, &old));
    EXPECT_EQ(written(region), (Pages{2, 3})) << protect;
  }
  write_to(region, {2, 5});
  EXPECT_EQ(written(region, kReset), (Pages{2, 3, 5}));
  write_to(region, {3});
  EXPECT_EQ(written(region), (Pages{3}));
}

TEST(WriteWatch, V74_a_write_over_a_border_marks_both_pages) {
  Region region = watched(4);
  std::memset(region.page(2) - 4, 'x', 8);
  EXPECT_EQ(written(region), (Pages{1, 2}));
}

TEST(WriteWatch, V74_contents_are_as_they_were_written) {
  Region region = watched(16);
  region.fill(0, 16, 0x11);
  EXPECT_EQ(ResetWriteWatch(region.base(), region.bytes()), 0u);
  region.fill(4, 4, 0x22);
  EXPECT_EQ(written(region, kReset), (Pages{4, 5, 6, 7}));
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x11));
  EXPECT_TRUE(pages_hold(region.page(4), 4, 0x22));
  EXPECT_TRUE(pages_hold(region.page(8), 8, 0x11));
}

TEST(WriteWatch, V75_WriteProcessMemory_counts) {
  Region region = watched(8);
  char text[] = "some bytes";
  SIZE_T done = 0;
  ASSERT_TRUE(WriteProcessMemory(GetCurrentProcess(), region.page(3) - 2, text, sizeof text, &done));
  EXPECT_EQ(done, sizeof text);
  EXPECT_EQ(written(region), (Pages{2, 3}));
  EXPECT_STREQ(region.page(3) - 2, text);
  ASSERT_TRUE(ReadProcessMemory(GetCurrentProcess(), region.page(3) - 2, region.page(6), sizeof text, &done));
  EXPECT_EQ(written(region), (Pages{2, 3, 6})) << "a copy into the region";
}

TEST(WriteWatch, V75_answers_that_calls_write_count) {
  Region region = watched(8);
  ASSERT_EQ(VirtualQuery(region.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(region.page(5)), 48), 48u);
  EXPECT_EQ(written(region), (Pages{5}));
}

TEST(WriteWatch, V76_a_decommit_forgets) {
  Region region = watched(16);
  write_to(region, {1, 2, 9});
  ASSERT_TRUE(VirtualFree(region.page(2), kPage, MEM_DECOMMIT));
  EXPECT_EQ(written(region), (Pages{1, 9}));
  region.commit(2, 1);
  EXPECT_EQ(written(region), (Pages{1, 9}));
  write_to(region, {2});
  EXPECT_EQ(written(region), (Pages{1, 2, 9}));
  ASSERT_TRUE(VirtualFree(region.base(), 0, MEM_DECOMMIT));
  EXPECT_EQ(written(region), (Pages{}));
  region.commit(0, 16);
  EXPECT_EQ(written(region), (Pages{}));
}

TEST(WriteWatch, V77_the_guard_comes_first_and_the_second_try_is_noted) {
  Region region = watched(4);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(1), kPage, PAGE_READWRITE | PAGE_GUARD, &old));
  EXPECT_EQ(written(region), (Pages{}));
  ASSERT_FALSE(VirtualLock(region.page(1), kPage)) << "which hits the guard";
  EXPECT_EQ(written(region), (Pages{}));
  EXPECT_MAP(region, "C4rw");
  write_to(region, {1});
  EXPECT_EQ(written(region), (Pages{1}));
}

TEST(WriteWatch, V70_an_address_and_a_direction_can_be_asked_for) {
  char* place = free_range(64 * kPage);
  void* base = VirtualAlloc(place, 64 * kPage, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE);
  ASSERT_EQ(base, place);
  Region region(base, 64);
  write_to(region, {40});
  EXPECT_EQ(written(region), (Pages{40}));
  Region high = watched(16, MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN);
  write_to(high, {3});
  EXPECT_EQ(written(high), (Pages{3}));
}

TEST(WriteWatch, V70_a_new_region_knows_nothing_of_one_before_at_its_place) {
  Region first = watched(32);
  char* place = first.base();
  write_to(first, {0, 10, 31});
  first.release();
  Region plain(VirtualAlloc(place, 32 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 32);
  if (plain.base() == nullptr) {
    plain.forget();
    GTEST_SKIP() << "the place was taken meanwhile";
  }
  expect_refused(ask_watch(0, place, kPage), "not watched now");
  write_to(plain, {4});
  plain.release();
  Region again(VirtualAlloc(place, 32 * kPage, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE), 32);
  if (again.base() == nullptr) {
    again.forget();
    GTEST_SKIP() << "the place was taken meanwhile";
  }
  EXPECT_EQ(written(again), (Pages{}));
}

TEST(NtGetWriteWatch, V71_tells_the_same) {
  using Get = NTSTATUS(NTAPI*)(HANDLE, ULONG, PVOID, SIZE_T, PVOID*, ULONG_PTR*, ULONG*);
  using Reset = NTSTATUS(NTAPI*)(HANDLE, PVOID, SIZE_T);
  for (const char* prefix : {"Nt", "Zw"}) {
    auto get = ntdll<Get>((std::string(prefix) + "GetWriteWatch").c_str());
    auto reset = ntdll<Reset>((std::string(prefix) + "ResetWriteWatch").c_str());
    Region region = watched(8);
    write_to(region, {2, 7});
    PVOID addresses[8];
    ULONG_PTR count = 8;
    ULONG granularity = 0;
    EXPECT_EQ(status(get(GetCurrentProcess(), 0, region.base(), region.bytes(), addresses, &count, &granularity)), 0u);
    ASSERT_EQ(count, 2u);
    EXPECT_EQ(addresses[0], region.page(2));
    EXPECT_EQ(addresses[1], region.page(7));
    EXPECT_EQ(granularity, kPage);
    EXPECT_EQ(status(reset(GetCurrentProcess(), region.base(), region.bytes())), 0u);
    EXPECT_EQ(written(region), (Pages{}));
    EXPECT_EQ(status(reset(nullptr, region.base(), region.bytes())), 0xC0000008u);
    EXPECT_EQ(status(get(GetCurrentProcess(), 0, region.base(), region.bytes(), addresses, nullptr, &granularity)),
              0xC0000005u);
  }
}

} // namespace
} // namespace apitest
