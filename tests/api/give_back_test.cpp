// Memory that a program does without for a while: offered, reclaimed, discarded; and what is read ahead.
// Rules: V102 V103 C34 Y80 Y81 Y82 N1 N2
#include "memory_map.h"
#include "native_calls.h"
#include "platform.h"

namespace apitest {
namespace {

constexpr DWORD kIntact = 0;
constexpr DWORD kLost = 170;
constexpr int kNormal = 4; // VmOfferPriorityNormal

// The headers of mingw-w64 have them, its libraries and Wine do not; 127 is ERROR_PROC_NOT_FOUND.
DWORD offer(void* at, SIZE_T size, int priority = kNormal) {
  static const auto function = lookup<DWORD(WINAPI*)(PVOID, SIZE_T, int)>("kernel32", "OfferVirtualMemory");
  return function != nullptr ? function(at, size, priority) : 127;
}
DWORD reclaim(const void* at, SIZE_T size) {
  static const auto function = lookup<DWORD(WINAPI*)(const void*, SIZE_T)>("kernel32", "ReclaimVirtualMemory");
  return function != nullptr ? function(at, size) : 127;
}
DWORD discard(void* at, SIZE_T size) {
  static const auto function = lookup<DWORD(WINAPI*)(PVOID, SIZE_T)>("kernel32", "DiscardVirtualMemory");
  return function != nullptr ? function(at, size) : 127;
}

struct Range2 {
  PVOID at;
  SIZE_T size;
};

BOOL prefetch(HANDLE process, ULONG_PTR count, Range2* ranges, ULONG flags) {
  static const auto function =
      lookup<BOOL(WINAPI*)(HANDLE, ULONG_PTR, Range2*, ULONG)>("kernel32", "PrefetchVirtualMemory");
  return function(process, count, ranges, flags);
}
NTSTATUS set_information(int info_class, SIZE_T count, Range2* ranges, void* data, ULONG size) {
  static const auto function =
      lookup<NTSTATUS(NTAPI*)(HANDLE, int, SIZE_T, Range2*, PVOID, ULONG)>("ntdll", "NtSetInformationVirtualMemory");
  return function(GetCurrentProcess(), info_class, count, ranges, data, size);
}

// winmem needs the kernel's help to know that nothing was lost.
DWORD expected() { return !kIsWinmem || platform::can_undo_resets() ? kIntact : kLost; }

// What filled pages come to that are offered and reclaimed at once. The system may need memory at any moment, so they
// are given some more chances to come back whole.
DWORD offered_and_reclaimed(const Region& region) {
  DWORD answer = kLost;
  for (int i = 0; i < 50 && answer == kLost; ++i) {
    region.fill(0, region.pages(), 0x5A);
    EXPECT_EQ(offer(region.base(), region.bytes()), 0u);
    answer = reclaim(region.base(), region.bytes());
    EXPECT_TRUE(answer != kIntact || pages_hold(region.base(), region.pages(), 0x5A));
  }
  return answer;
}

TEST(OfferVirtualMemory, V102_what_was_offered_and_not_touched_comes_back_whole) {
  Region region = committed(64);

  EXPECT_EQ(offered_and_reclaimed(region), expected());

  EXPECT_MAP(region, "C64rw");
}

TEST(OfferVirtualMemory, V102_lost_pages_can_be_used_and_offered_again) {
  Region region = committed(64);
  region.fill(0, 64, 0x5A);

  ASSERT_EQ(offer(region.base(), region.bytes()), 0u);
  ASSERT_EQ(discard(region.base(), region.bytes()), 0u); // now they are surely gone
  EXPECT_EQ(reclaim(region.base(), region.bytes()), kLost);
  region.fill(0, 64, 0x11);
  EXPECT_TRUE(pages_hold(region.base(), 64, 0x11));

  EXPECT_EQ(offered_and_reclaimed(region), expected());
}

TEST(OfferVirtualMemory, V102_every_priority_from_1_to_4) {
  Region region = committed(4);

  for (int priority = 1; priority <= 4; ++priority) {
    EXPECT_EQ(offer(region.base(), kPage, priority), 0u);
  }
  for (int priority : {-1, 0, 5}) {
    EXPECT_EQ(offer(region.base(), kPage, priority), 87u);
  }
}

TEST(OfferVirtualMemory, V102_only_whole_pages) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  for (auto call :
       {+[](void*at, SIZE_T size) { return offer(at, size); }, +[](void*at, SIZE_T size) { return reclaim(at, size); },
        +[](void*at, SIZE_T size) { return discard(at, size); }}) {
    SetLastError(kNobodysError);
    EXPECT_EQ(call(region.base() + 1, kPage), 87u);
    EXPECT_EQ(call(region.base(), kPage + 1), 87u);
    EXPECT_EQ(call(region.base(), 0), 87u);
    EXPECT_EQ(call(at(kHighestUser + 1), kPage), 87u);
    EXPECT_EQ(GetLastError(), kNobodysError); // the error is returned
  }
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(OfferVirtualMemory, V102_pages_that_are_not_committed_are_refused) {
  Region region = reserve(4);
  region.commit(0, 2);
  region.fill(0, 2, 0x5A);

  for (auto call :
       {+[](void*at, SIZE_T size) { return offer(at, size); }, +[](void*at, SIZE_T size) { return reclaim(at, size); },
        +[](void*at, SIZE_T size) { return discard(at, size); }}) {
    EXPECT_EQ(call(region.base(), 3 * kPage), 487u);
    EXPECT_EQ(call(region.base(), 64 * kPage), 487u);
    EXPECT_EQ(call(region.page(3), kPage), 487u);
  }
  EXPECT_TRUE(pages_hold(region.base(), 2, 0x5A));
}

TEST(DiscardVirtualMemory, V102_state_and_protection_stay_and_memory_goes) {
  Region region = committed(16);
  region.fill(0, 16, 0x5A);

  EXPECT_EQ(discard(region.page(4), 8 * kPage), 0u);

  EXPECT_MAP(region, "C16rw");
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(12), 4, 0x5A));
  region.fill(4, 8, 0x11);
  EXPECT_TRUE(pages_hold(region.page(4), 8, 0x11));
}

TEST(DiscardVirtualMemory, V102_only_read_write_pages) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  for (DWORD protection : {DWORD{PAGE_READONLY}, DWORD{PAGE_EXECUTE_READ}, DWORD{PAGE_READWRITE | PAGE_GUARD}}) {
    DWORD old = 0;
    ASSERT_TRUE(VirtualProtect(region.page(1), kPage, protection, &old));
    EXPECT_EQ(discard(region.base(), 4 * kPage), 87u) << protection;
    ASSERT_TRUE(VirtualProtect(region.page(1), kPage, PAGE_READWRITE, &old));
  }
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(PrefetchVirtualMemory, V103_C34_ranges_need_neither_be_aligned_nor_mapped) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);
  Range2 ranges[] = {{region.base() + 3, 2 * kPage}, {free_range(kGranule), 1}, {at(kHighestUser), 100}};

  EXPECT_OK(prefetch(GetCurrentProcess(), 3, ranges, 0));

  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
  EXPECT_MAP(region, "C4rw");
}

TEST(PrefetchVirtualMemory, V103_C34_bad_arguments) {
  char byte = 0;
  Range2 range{&byte, 1};
  Range2 empty[] = {{&byte, 1}, {&byte, 0}};

  EXPECT_ERROR(87, prefetch(GetCurrentProcess(), 0, &range, 0));
  EXPECT_ERROR(87, prefetch(GetCurrentProcess(), 2, empty, 0));
  EXPECT_ERROR(998, prefetch(GetCurrentProcess(), 1, nullptr, 0));
}

TEST(PrefetchVirtualMemory, V103_flags_and_a_null_process_are_refused) {
  char byte = 0;
  Range2 range{&byte, 1};

  EXPECT_ERROR(87, prefetch(GetCurrentProcess(), 1, &range, 1));
  EXPECT_ERROR(6, prefetch(nullptr, 1, &range, 0));
}

TEST(PrefetchVirtualMemory, C34_each_mistake_has_its_own_status) {
  char byte = 0;
  Range2 range{&byte, 1};
  Range2 empty{&byte, 0};
  ULONG flags = 0;

  EXPECT_STATUS(kSuccess, set_information(0, 1, &range, &flags, sizeof flags));
  EXPECT_STATUS(0xC00000F0, set_information(7, 0, nullptr, nullptr, 0));
  EXPECT_STATUS(0xC00000F3, set_information(0, 0, nullptr, nullptr, 0));
  EXPECT_STATUS(0xC00000F4, set_information(0, 0, nullptr, &flags, 8));
  EXPECT_STATUS(0xC00000F1, set_information(0, 0, nullptr, &flags, sizeof flags));
  EXPECT_STATUS(kAccessViolation, set_information(0, 1, nullptr, &flags, sizeof flags));
  EXPECT_STATUS(0xC00000F2, set_information(0, 1, &empty, &flags, sizeof flags));
}

TEST(DataExecutionPrevention, Y80_Y81_a_64_bit_process_has_no_policy_of_its_own) {
  DWORD flags = 7;
  BOOL permanent = 7;

  EXPECT_ERROR(50, lookup<BOOL(WINAPI*)(HANDLE, LPDWORD, PBOOL)>("kernel32", "GetProcessDEPPolicy")(
                       GetCurrentProcess(), &flags, &permanent));
  EXPECT_EQ(flags, 7u);
  EXPECT_ERROR(50, lookup<BOOL(WINAPI*)(DWORD)>("kernel32", "SetProcessDEPPolicy")(1));
}

TEST(DataExecutionPrevention, Y82_data_is_never_executed) {
  int policy = lookup<int(WINAPI*)()>("kernel32", "GetSystemDEPPolicy")();
  Region region = committed(1);
  platform::write_function(region.base(), 1);

  EXPECT_TRUE(policy >= 1 && policy <= 3) << policy;
  EXPECT_FALSE(platform::can_execute(region.base()));
}

} // namespace
} // namespace apitest
