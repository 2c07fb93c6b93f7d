// ntdll's small calls: strings, last errors and statuses, times, the own process, heaps, mapped files.
// Rules: Y111, Y113 to Y118
#include "expect.h"
#include "memory_map.h"
#include "native_calls.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace apitest {
namespace {

constexpr NTSTATUS kAccessViolation = static_cast<NTSTATUS>(0xC0000005);
constexpr NTSTATUS kInvalidParameterMix = static_cast<NTSTATUS>(0xC0000030);
constexpr NTSTATUS kInvalidCid = static_cast<NTSTATUS>(0xC000000B);
constexpr LONGLONG kMillisecond = 10'000;

LARGE_INTEGER units(LONGLONG value) {
  LARGE_INTEGER large;
  large.QuadPart = value;
  return large;
}

TEST(RtlMemory, copies_and_fills_are_found_by_name) {
  for (const char* module : {"ntdll", "kernel32"}) {
    auto move = lookup<void(NTAPI*)(PVOID, const void*, SIZE_T)>(module, "RtlMoveMemory");
    auto fill = lookup<void(NTAPI*)(PVOID, SIZE_T, UCHAR)>(module, "RtlFillMemory");
    auto zero = lookup<void(NTAPI*)(PVOID, SIZE_T)>(module, "RtlZeroMemory");
    ASSERT_NE(move, nullptr) << module;
    ASSERT_NE(fill, nullptr) << module;
    ASSERT_NE(zero, nullptr) << module;
    char text[] = "abcdefgh";
    move(text + 1, text, 5);
    EXPECT_STREQ(text, "aabcdegh");
    fill(text, 2, 'x');
    EXPECT_STREQ(text, "xxbcdegh");
    zero(text + 3, 1);
    EXPECT_STREQ(text, "xxb");
    EXPECT_EQ(text[4], 'd');
  }
}

TEST(RtlMemory, patterns_fill_whole_words) {
  auto fill4 = ntdll<void(NTAPI*)(PVOID, SIZE_T, ULONG)>("RtlFillMemoryUlong");
  ASSERT_NE(fill4, nullptr);
  auto fill8 = ntdll<void(NTAPI*)(PVOID, SIZE_T, ULONGLONG)>("RtlFillMemoryUlonglong");
  ASSERT_NE(fill8, nullptr);
  std::array<ULONG, 6> words{};

  fill4(words.data(), 14, 0x11223344);
  EXPECT_EQ(words, (std::array<ULONG, 6>{0x11223344, 0x11223344, 0x11223344, 0, 0, 0}));
  alignas(8) std::array<ULONGLONG, 3> longs{};
  fill8(longs.data(), 23, 0x1122334455667788);
  EXPECT_EQ(longs, (std::array<ULONGLONG, 3>{0x1122334455667788, 0x1122334455667788, 0}));
}

TEST(RtlInitString, Y113_a_string_is_described_and_not_copied) {
  const char* text = "abc";
  ANSI_STRING string;
  RtlInitString(&string, text);
  EXPECT_EQ(string.Length, 3);
  EXPECT_EQ(string.MaximumLength, 4);
  EXPECT_EQ(string.Buffer, text);

  RtlInitAnsiString(&string, "");
  EXPECT_EQ(string.Length, 0);
  EXPECT_EQ(string.MaximumLength, 1);

  UNICODE_STRING wide;
  RtlInitUnicodeString(&wide, L"abc");
  EXPECT_EQ(wide.Length, 3 * sizeof(WCHAR));
  EXPECT_EQ(wide.MaximumLength, 4 * sizeof(WCHAR));
  EXPECT_EQ(wide.Buffer[2], L'c');
}

TEST(RtlInitString, Y113_no_text_is_an_empty_string) {
  ANSI_STRING string = {7, 7, reinterpret_cast<char*>(7)};
  RtlInitString(&string, nullptr);
  EXPECT_EQ(string.Length, 0);
  EXPECT_EQ(string.MaximumLength, 0);
  EXPECT_EQ(string.Buffer, nullptr);

  UNICODE_STRING wide = {7, 7, reinterpret_cast<WCHAR*>(8)};
  RtlInitUnicodeString(&wide, nullptr);
  EXPECT_EQ(wide.Length, 0);
  EXPECT_EQ(wide.MaximumLength, 0);
  EXPECT_EQ(wide.Buffer, nullptr);
}

TEST(RtlInitString, Y113_what_a_length_cannot_tell_is_cut) {
  std::string text(70'000, 'x');
  ANSI_STRING string;
  RtlInitString(&string, text.c_str());
  EXPECT_EQ(string.Length, 0xFFFE);
  EXPECT_EQ(string.MaximumLength, 0xFFFF);

  std::wstring characters(70'000, L'x');
  UNICODE_STRING wide;
  RtlInitUnicodeString(&wide, characters.c_str());
  EXPECT_EQ(wide.Length, 0x10000 - 2 * sizeof(WCHAR));
  EXPECT_EQ(wide.MaximumLength, 0x10000 - sizeof(WCHAR));
}

TEST(LastStatus, Y111_it_is_the_last_status_that_became_an_error) {
  auto last_status = ntdll<NTSTATUS(NTAPI*)()>("RtlGetLastNtStatus");
  ASSERT_NE(last_status, nullptr);
  auto set_both = ntdll<void(NTAPI*)(NTSTATUS)>("RtlSetLastWin32ErrorAndNtStatusFromNtStatus");
  ASSERT_NE(set_both, nullptr);

  set_both(static_cast<NTSTATUS>(0xC0000018));
  EXPECT_EQ(GetLastError(), 487u);
  EXPECT_EQ(last_status(), static_cast<NTSTATUS>(0xC0000018));
  SetLastError(5);
  EXPECT_EQ(last_status(), static_cast<NTSTATUS>(0xC0000018));
  EXPECT_FALSE(CloseHandle(reinterpret_cast<HANDLE>(0x7FFF0000)));
  EXPECT_EQ(last_status(), static_cast<NTSTATUS>(0xC0000008));
}

TEST(LastStatus, Y111_the_last_error_has_names_in_ntdll) {
  auto get = ntdll<LONG(NTAPI*)()>("RtlGetLastWin32Error");
  ASSERT_NE(get, nullptr);
  auto set = ntdll<void(NTAPI*)(LONG)>("RtlSetLastWin32Error");
  ASSERT_NE(set, nullptr);
  auto restore = ntdll<void(NTAPI*)(LONG)>("RtlRestoreLastWin32Error");
  ASSERT_NE(restore, nullptr);

  set(123);
  EXPECT_EQ(GetLastError(), 123u);
  restore(77);
  EXPECT_EQ(get(), 77);
}

TEST(NtQueryPerformanceCounter, Y114_it_rises_ten_million_times_a_second) {
  auto query = ntdll<NTSTATUS(NTAPI*)(PLARGE_INTEGER, PLARGE_INTEGER)>("NtQueryPerformanceCounter");
  ASSERT_NE(query, nullptr);
  LARGE_INTEGER before{};
  LARGE_INTEGER after{};
  LARGE_INTEGER frequency{};

  EXPECT_EQ(query(&before, &frequency), 0);
  EXPECT_EQ(frequency.QuadPart, 10'000'000);
  Sleep(3);
  EXPECT_EQ(query(&after, nullptr), 0);
  EXPECT_GE(after.QuadPart - before.QuadPart, 3 * kMillisecond);
  EXPECT_EQ(query(nullptr, nullptr), kAccessViolation);
}

TEST(NtQuerySystemTime, Y114_it_counts_from_1601) {
  auto query = ntdll<NTSTATUS(NTAPI*)(PLARGE_INTEGER)>("NtQuerySystemTime");
  ASSERT_NE(query, nullptr);
  constexpr LONGLONG k2020 = 132'223'104'000'000'000;
  constexpr LONGLONG k2120 = 163'780'704'000'000'000;
  LARGE_INTEGER now{};

  EXPECT_EQ(query(&now), 0);
  EXPECT_GT(now.QuadPart, k2020);
  EXPECT_LT(now.QuadPart, k2120);
}

TEST(NtDelayExecution, Y115_it_sleeps_at_least_as_long) {
  auto delay = ntdll<NTSTATUS(NTAPI*)(BOOLEAN, PLARGE_INTEGER)>("NtDelayExecution");
  ASSERT_NE(delay, nullptr);
  auto query = ntdll<NTSTATUS(NTAPI*)(PLARGE_INTEGER, PLARGE_INTEGER)>("NtQueryPerformanceCounter");
  ASSERT_NE(query, nullptr);
  LARGE_INTEGER before{};
  LARGE_INTEGER after{};

  LARGE_INTEGER relative = units(-3 * kMillisecond);
  query(&before, nullptr);
  EXPECT_EQ(delay(FALSE, &relative), 0);
  query(&after, nullptr);
  EXPECT_GE(after.QuadPart - before.QuadPart, 3 * kMillisecond);
}

TEST(NtDelayExecution, Y115_a_time_that_is_past_does_not_wait) {
  auto delay = ntdll<NTSTATUS(NTAPI*)(BOOLEAN, PLARGE_INTEGER)>("NtDelayExecution");
  ASSERT_NE(delay, nullptr);
  LARGE_INTEGER long_ago = units(1);

  EXPECT_EQ(delay(TRUE, &long_ago), 0);
}

TEST(NtDelayExecution, Y115_a_bad_pointer_is_refused) {
  auto delay = ntdll<NTSTATUS(NTAPI*)(BOOLEAN, PLARGE_INTEGER)>("NtDelayExecution");
  ASSERT_NE(delay, nullptr);

  EXPECT_EQ(delay(FALSE, reinterpret_cast<PLARGE_INTEGER>(at(8))), kAccessViolation);
}

TEST(NtYieldExecution, Y115_it_tells_whether_another_thread_ran) {
  auto yield = ntdll<NTSTATUS(NTAPI*)()>("NtYieldExecution");
  ASSERT_NE(yield, nullptr);

  NTSTATUS status = yield();
  EXPECT_TRUE(status == 0 || status == 0x40000024) << status;
}

TEST(RtlGetVersion, Y116_it_is_windows_10_or_later) {
  struct {
    OSVERSIONINFOEXW info;
    ULONG behind;
  } room{};
  auto get = ntdll<NTSTATUS(NTAPI*)(PVOID)>("RtlGetVersion");
  ASSERT_NE(get, nullptr);
  room.behind = 7;

  room.info.dwOSVersionInfoSize = sizeof(OSVERSIONINFOEXW);
  EXPECT_EQ(get(&room.info), 0);
  if (kIsWinmem) { // Wine is what its prefix was set to
    EXPECT_EQ(room.info.dwMajorVersion, 10u);
    EXPECT_EQ(room.info.dwMinorVersion, 0u);
    EXPECT_EQ(room.info.dwBuildNumber, 19045u);
    EXPECT_EQ(room.info.szCSDVersion[0], 0);
  }
  EXPECT_EQ(room.info.dwPlatformId, 2u);
  EXPECT_EQ(room.info.wProductType, 1u);
  EXPECT_EQ(room.behind, 7u);
}

TEST(RtlGetVersion, Y116_the_short_form_ends_where_it_says) {
  OSVERSIONINFOEXW info{};
  auto get = ntdll<NTSTATUS(NTAPI*)(PVOID)>("RtlGetVersion");
  ASSERT_NE(get, nullptr);
  info.dwOSVersionInfoSize = sizeof(OSVERSIONINFOW);
  info.wProductType = 0x7F;

  EXPECT_EQ(get(&info), 0);
  EXPECT_GE(info.dwMajorVersion, 6u);
  EXPECT_EQ(info.wProductType, 0x7Fu);
}

using OpenProcessCall = NTSTATUS(NTAPI*)(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, CLIENT_ID*);

TEST(NtOpenProcess, Y117_the_own_process_opens_with_the_access_that_was_asked_for) {
  auto open = ntdll<OpenProcessCall>("NtOpenProcess");
  ASSERT_NE(open, nullptr);
  OBJECT_ATTRIBUTES attributes{};
  attributes.Length = sizeof attributes;
  CLIENT_ID id{};
  id.UniqueProcess = reinterpret_cast<HANDLE>(static_cast<ULONG_PTR>(GetCurrentProcessId()));
  HANDLE process = nullptr;

  ASSERT_EQ(open(&process, PROCESS_QUERY_INFORMATION, &attributes, &id), 0);
  MEMORY_BASIC_INFORMATION info{};
  int here = 0;
  EXPECT_EQ(VirtualQueryEx(process, &here, &info, sizeof info), sizeof info);
  SIZE_T read = 0;
  int copy = 0;
  EXPECT_FALSE(ReadProcessMemory(process, &here, &copy, sizeof copy, &read));
  EXPECT_EQ(GetLastError(), 5u);
  EXPECT_TRUE(CloseHandle(process));
}

TEST(NtOpenProcess, Y117_wrong_arguments_are_refused) {
  auto open = ntdll<OpenProcessCall>("NtOpenProcess");
  ASSERT_NE(open, nullptr);
  OBJECT_ATTRIBUTES attributes{};
  attributes.Length = sizeof attributes;
  CLIENT_ID id{};
  id.UniqueProcess = reinterpret_cast<HANDLE>(static_cast<ULONG_PTR>(0x7FFFFFF0));
  HANDLE process = at(7);

  EXPECT_EQ(open(&process, PROCESS_ALL_ACCESS, &attributes, &id), kInvalidCid);
  EXPECT_EQ(open(&process, PROCESS_ALL_ACCESS, &attributes, nullptr), kInvalidParameterMix);
  EXPECT_EQ(process, at(7));
}

TEST(RtlHeap, H116_many_blocks_come_and_go_at_once) {
  auto allocate = ntdll<ULONG(NTAPI*)(HANDLE, ULONG, SIZE_T, ULONG, PVOID*)>("RtlMultipleAllocateHeap");
  ASSERT_NE(allocate, nullptr);
  auto free = ntdll<ULONG(NTAPI*)(HANDLE, ULONG, ULONG, PVOID*)>("RtlMultipleFreeHeap");
  ASSERT_NE(free, nullptr);
  HANDLE heap = HeapCreate(0, 0, 0);
  std::array<PVOID, 20> blocks{};

  EXPECT_EQ(allocate(heap, HEAP_ZERO_MEMORY, 40, 20, blocks.data()), 20u);
  for (PVOID block : blocks) {
    EXPECT_EQ(HeapSize(heap, 0, block), 40u);
  }
  EXPECT_EQ(free(heap, 0, 20, blocks.data()), 20u);
  EXPECT_EQ(allocate(heap, 0, 40, 0, nullptr), 0u);
  EXPECT_TRUE(HeapDestroy(heap));
}

TEST(RtlHeap, H116_all_heaps_are_told_until_one_call_fails) {
  using Routine = NTSTATUS(NTAPI*)(PVOID, PVOID);
  auto enumerate = ntdll<NTSTATUS(NTAPI*)(Routine, PVOID)>("RtlEnumProcessHeaps");
  ASSERT_NE(enumerate, nullptr);
  static std::vector<PVOID> seen;
  HANDLE heap = HeapCreate(0, 0, 0);
  seen.clear();

  EXPECT_EQ(enumerate(
                [](PVOID each, PVOID) -> NTSTATUS {
                  seen.push_back(each);
                  return 0;
                },
                nullptr),
            0);
  ASSERT_GE(seen.size(), 2u);
  EXPECT_EQ(seen[0], GetProcessHeap());
  EXPECT_NE(std::find(seen.begin(), seen.end(), heap), seen.end());
  seen.clear();
  NTSTATUS stop = enumerate(
      [](PVOID each, PVOID status) -> NTSTATUS {
        seen.push_back(each);
        return *static_cast<NTSTATUS*>(status);
      },
      const_cast<NTSTATUS*>(&kInvalidCid));
  EXPECT_EQ(stop, kInvalidCid);
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_TRUE(HeapDestroy(heap));
}

TEST(RtlHeap, H116_flushing_keeps_every_block) {
  auto flush = lookup<void(NTAPI*)()>("ntdll", "RtlFlushHeaps");
  ASSERT_NE(flush, nullptr);
  auto* block = static_cast<char*>(HeapAlloc(GetProcessHeap(), 0, 100));
  std::memset(block, 'x', 100);

  flush();
  EXPECT_EQ(block[99], 'x');
  EXPECT_TRUE(HeapFree(GetProcessHeap(), 0, block));
}

TEST(NtAreMappedFilesTheSame, S87_memory_without_a_file_is_no_file) {
  auto same = ntdll<NTSTATUS(NTAPI*)(PVOID, PVOID)>("NtAreMappedFilesTheSame");
  ASSERT_NE(same, nullptr);
  PVOID page = VirtualAlloc(nullptr, kPage, MEM_RESERVE, PAGE_NOACCESS);

  EXPECT_LT(same(page, page), 0);
  EXPECT_LT(same(nullptr, nullptr), 0);
  EXPECT_TRUE(VirtualFree(page, 0, MEM_RELEASE));
}

TEST(ZwNames, Y118_they_are_the_nt_functions_or_behave_so) {
  for (const char* name : {"OpenSection", "FlushVirtualMemory", "AreMappedFilesTheSame"}) {
    EXPECT_NE(GetProcAddress(GetModuleHandleA("ntdll"), (std::string("Zw") + name).c_str()), nullptr) << name;
  }
}

TEST(DebugOutput, Y119_nobody_shows_it) {
  auto print = ntdll<ULONG (*)(const char*, ...)>("DbgPrint");
  ASSERT_NE(print, nullptr);
  auto print_ex = ntdll<ULONG (*)(ULONG, ULONG, const char*, ...)>("DbgPrintEx");
  ASSERT_NE(print_ex, nullptr);

  if (kIsWinmem) { // Wine shows it
    EXPECT_EQ(print("number %d\n", 7), 0u);
    EXPECT_EQ(print_ex(0, 0, "text %s\n", "x"), 0u);
  }
}

} // namespace
} // namespace apitest
