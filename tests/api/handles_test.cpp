// Handles: closing, duplicating, flags, what is told of the object.
// Rules: Y100 Y101 Y102 Y103 Y105 Y106 Y107 N1 N2
#include "native_calls.h"

#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace apitest {
namespace {

constexpr unsigned kNotClosable = 0xC0000235;
constexpr int kBasic = 0;
constexpr int kName = 1;
constexpr int kType = 2;

// NtQueryObject's basic class by its documented layout.
struct Basic {
  ULONG attributes;
  ULONG granted;
  ULONG handles;
  ULONG pointers;
  ULONG rest[10];
};

NTSTATUS query(HANDLE handle, int info_class, void* buffer, ULONG length, ULONG* returned) {
  using Function = NTSTATUS(NTAPI*)(HANDLE, int, PVOID, ULONG, PULONG);
  static const auto function = lookup<Function>("ntdll.dll", "NtQueryObject");
  return function(handle, info_class, buffer, length, returned);
}

NTSTATUS close(HANDLE handle) {
  using Function = NTSTATUS(NTAPI*)(HANDLE);
  static const auto function = lookup<Function>("ntdll.dll", "NtClose");
  return function(handle);
}

NTSTATUS duplicate(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE* target, ULONG access,
                   ULONG attributes, ULONG options) {
  using Function = NTSTATUS(NTAPI*)(HANDLE, HANDLE, HANDLE, HANDLE*, ULONG, ULONG, ULONG);
  static const auto function = lookup<Function>("ntdll.dll", "NtDuplicateObject");
  return function(source_process, source, target_process, target, access, attributes, options);
}

bool are_same(HANDLE first, HANDLE second) {
  using Function = BOOL(WINAPI*)(HANDLE, HANDLE);
  static const auto function = lookup<Function>("kernelbase.dll", "CompareObjectHandles");
  return function(first, second) != FALSE;
}

HANDLE self() { return GetCurrentProcess(); }

// A real handle to this process.
HANDLE real_handle(DWORD access = PROCESS_ALL_ACCESS, BOOL inherit = FALSE) {
  HANDLE made = nullptr;
  EXPECT_TRUE(DuplicateHandle(self(), self(), self(), &made, access, inherit, 0));
  return made;
}

TEST(Handles, Y100_a_real_handle_is_a_small_multiple_of_four) {
  HANDLE handle = real_handle();

  EXPECT_NE(handle, nullptr);
  EXPECT_EQ(number(handle) % 4, 0u);
  EXPECT_LT(number(handle), 0x4000000u);

  EXPECT_OK(CloseHandle(handle));
}

TEST(Handles, Y100_the_two_low_bits_do_not_matter) {
  HANDLE handle = real_handle();
  DWORD flags = 99;

  EXPECT_OK(GetHandleInformation(at(number(handle) + 1), &flags));

  EXPECT_EQ(flags, 0u);
  EXPECT_OK(CloseHandle(at(number(handle) + 3)));
  EXPECT_ERROR(6, CloseHandle(handle));
}

TEST(Handles, Y101_a_closed_handle_and_what_is_none_cannot_be_closed) {
  HANDLE handle = real_handle();

  EXPECT_OK(CloseHandle(handle));

  EXPECT_ERROR(6, CloseHandle(handle));
  EXPECT_ERROR(6, CloseHandle(nullptr));
  EXPECT_ERROR(6, CloseHandle(at(0x3FFFFFC)));
  EXPECT_STATUS(kInvalidHandle, close(handle));
}

TEST(Handles, Y101_pseudo_handles_are_closed_without_effect) {
  EXPECT_OK(CloseHandle(GetCurrentProcess()));
  EXPECT_OK(CloseHandle(GetCurrentThread()));
  EXPECT_STATUS(kSuccess, close(GetCurrentProcess()));

  DWORD flags = 99;
  EXPECT_OK(GetHandleInformation(GetCurrentProcess(), &flags));
  EXPECT_EQ(flags, 0u);
}

TEST(Handles, Y101_a_protected_handle_stays_open) {
  HANDLE handle = real_handle();
  EXPECT_OK(SetHandleInformation(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));

  EXPECT_ERROR(6, CloseHandle(handle));
  EXPECT_STATUS(kNotClosable, close(handle));

  DWORD flags = 99;
  EXPECT_OK(GetHandleInformation(handle, &flags));
  EXPECT_EQ(flags, 2u);
  EXPECT_OK(SetHandleInformation(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
  EXPECT_OK(CloseHandle(handle));
}

TEST(Handles, Y102_only_the_bits_of_the_mask_change) {
  HANDLE handle = real_handle();
  DWORD flags = 99;

  EXPECT_OK(SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE));

  EXPECT_OK(GetHandleInformation(handle, &flags));
  EXPECT_EQ(flags, 1u);
  EXPECT_OK(SetHandleInformation(handle, 0, HANDLE_FLAG_PROTECT_FROM_CLOSE));
  EXPECT_OK(GetHandleInformation(handle, &flags));
  EXPECT_EQ(flags, 1u);
  EXPECT_OK(CloseHandle(handle));
}

TEST(Handles, Y102_flags_of_no_handle_are_invalid) {
  DWORD flags = 99;

  EXPECT_ERROR(6, GetHandleInformation(nullptr, &flags));
  EXPECT_ERROR(6, SetHandleInformation(nullptr, 1, 1));

  EXPECT_EQ(flags, 99u);
}

TEST(Handles, Y103_a_pseudo_handle_becomes_a_real_one_to_the_same_object) {
  HANDLE process = real_handle();
  HANDLE thread = nullptr;
  ASSERT_OK(DuplicateHandle(self(), GetCurrentThread(), self(), &thread, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_TRUE(are_same(process, GetCurrentProcess()));
  EXPECT_TRUE(are_same(thread, GetCurrentThread()));
  EXPECT_FALSE(are_same(process, thread));
  bool same_elsewhere = true;
  std::thread([&] { same_elsewhere = are_same(thread, GetCurrentThread()); }).join();
  EXPECT_FALSE(same_elsewhere);

  EXPECT_OK(CloseHandle(process));
  EXPECT_OK(CloseHandle(thread));
}

TEST(Handles, Y103_a_bad_source_is_refused_and_the_target_becomes_null) {
  HANDLE target = at(1234);

  EXPECT_ERROR(6, DuplicateHandle(self(), nullptr, self(), &target, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_EQ(target, nullptr);
}

TEST(Handles, Y103_a_bad_process_is_refused) {
  HANDLE handle = real_handle();
  HANDLE target = nullptr;

  EXPECT_ERROR(6, DuplicateHandle(at(0x3FFFFFC), handle, self(), &target, 0, FALSE, DUPLICATE_SAME_ACCESS));
  EXPECT_ERROR(6, DuplicateHandle(self(), handle, at(0x3FFFFFC), &target, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_OK(CloseHandle(handle));
}

TEST(Handles, Y103_a_duplicate_has_flags_of_its_own) {
  HANDLE handle = real_handle();
  EXPECT_OK(SetHandleInformation(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
  HANDLE twin = nullptr;
  DWORD flags = 99;

  EXPECT_OK(DuplicateHandle(self(), handle, self(), &twin, 0, TRUE, DUPLICATE_SAME_ACCESS));

  EXPECT_NE(twin, handle);
  EXPECT_OK(GetHandleInformation(twin, &flags));
  EXPECT_EQ(flags, 1u);
  EXPECT_OK(CloseHandle(twin));
  EXPECT_OK(SetHandleInformation(handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
  EXPECT_OK(CloseHandle(handle));
}

// The new value may be the old one: so the handles are counted.
ULONG handles_to_this_process() {
  Basic basic{};
  EXPECT_STATUS(kSuccess, query(self(), kBasic, &basic, sizeof basic, nullptr));
  return basic.handles;
}

TEST(Handles, Y103_close_source_closes_it) {
  HANDLE handle = real_handle();
  HANDLE twin = nullptr;
  ULONG before = handles_to_this_process();

  EXPECT_OK(DuplicateHandle(self(), handle, self(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));

  EXPECT_EQ(handles_to_this_process(), before);
  EXPECT_OK(CloseHandle(twin));
  EXPECT_EQ(handles_to_this_process(), before - 1);
}

TEST(Handles, Y103_close_source_without_a_target_process_only_closes) {
  HANDLE handle = real_handle();
  ULONG before = handles_to_this_process();

  EXPECT_OK(DuplicateHandle(self(), handle, nullptr, nullptr, 0, FALSE, DUPLICATE_CLOSE_SOURCE));

  EXPECT_EQ(handles_to_this_process(), before - 1);
}

TEST(Handles, Y103_close_source_closes_it_although_the_target_is_bad) {
  HANDLE handle = real_handle();
  HANDLE twin = nullptr;
  ULONG before = handles_to_this_process();

  EXPECT_ERROR(6, DuplicateHandle(self(), handle, at(0x3FFFFFC), &twin, 0, FALSE, DUPLICATE_CLOSE_SOURCE));

  EXPECT_EQ(handles_to_this_process(), before - 1);
}

TEST(Handles, Y105_a_handle_with_fewer_rights_is_refused_what_it_lacks) {
  HANDLE query_only = real_handle(PROCESS_QUERY_INFORMATION);
  MEMORY_BASIC_INFORMATION info{};

  EXPECT_ERROR(5, VirtualAllocEx(query_only, nullptr, kPage, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_OK(VirtualQueryEx(query_only, &info, &info, sizeof info));
  EXPECT_OK(CloseHandle(query_only));
}

TEST(Handles, Y103_a_real_handle_of_the_process_serves_memory_calls) {
  HANDLE process = real_handle();

  void* memory = VirtualAllocEx(process, nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

  ASSERT_NE(memory, nullptr);
  std::memset(memory, 1, kPage);
  EXPECT_OK(VirtualFreeEx(process, memory, 0, MEM_RELEASE));
  EXPECT_OK(CloseHandle(process));
  EXPECT_ERROR(6, VirtualAllocEx(process, nullptr, kPage, MEM_COMMIT, PAGE_READWRITE));
}

TEST(Handles, Y106_two_thousand_handles_are_open_at_once_and_all_different) {
  std::vector<HANDLE> handles;
  for (int i = 0; i < 2000; ++i) {
    handles.push_back(real_handle());
  }

  std::set<HANDLE> distinct(handles.begin(), handles.end());
  EXPECT_EQ(distinct.size(), 2000u);

  for (HANDLE handle : handles) {
    EXPECT_TRUE(CloseHandle(handle));
  }
}

TEST(Handles, Y107_threads_open_and_close_beside_each_other) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        HANDLE mine = nullptr;
        DWORD flags = 99;
        ASSERT_TRUE(DuplicateHandle(self(), self(), self(), &mine, 0, TRUE, DUPLICATE_SAME_ACCESS));
        ASSERT_TRUE(GetHandleInformation(mine, &flags));
        ASSERT_EQ(flags, 1u);
        ASSERT_TRUE(CloseHandle(mine));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(NtQueryObject, basic_information_counts_handles_and_tells_the_access) {
  HANDLE handle = real_handle(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, TRUE);
  Basic before{};
  ULONG returned = 0;
  EXPECT_STATUS(kSuccess, query(handle, kBasic, &before, sizeof before, &returned));

  HANDLE twin = real_handle();
  Basic after{};
  EXPECT_STATUS(kSuccess, query(handle, kBasic, &after, sizeof after, nullptr));

  EXPECT_EQ(returned, 56u);
  EXPECT_EQ(before.attributes, 2u);
  EXPECT_EQ(before.granted & 0x410u, 0x410u);
  EXPECT_EQ(after.handles, before.handles + 1);
  EXPECT_GE(after.pointers, after.handles);
  EXPECT_OK(CloseHandle(twin));
  EXPECT_OK(CloseHandle(handle));
}

TEST(NtQueryObject, type_information_names_the_type) {
  HANDLE handle = real_handle();
  alignas(8) char buffer[1024] = {};
  ULONG returned = 0;

  EXPECT_STATUS(kSuccess, query(handle, kType, buffer, sizeof buffer, &returned));

  const auto& name = *reinterpret_cast<const UNICODE_STRING*>(buffer);
  ASSERT_EQ(name.Length, 7 * sizeof(WCHAR));
  EXPECT_EQ(std::wstring(name.Buffer, 7), L"Process");
  EXPECT_GE(returned, 104 + 8 * sizeof(WCHAR));
  EXPECT_OK(CloseHandle(handle));
}

TEST(NtQueryObject, an_object_without_a_name_has_an_empty_one) {
  HANDLE thread = nullptr;
  ASSERT_OK(DuplicateHandle(self(), GetCurrentThread(), self(), &thread, 0, FALSE, DUPLICATE_SAME_ACCESS));
  alignas(8) char buffer[256];
  std::memset(buffer, 1, sizeof buffer);

  EXPECT_STATUS(kSuccess, query(thread, kName, buffer, sizeof buffer, nullptr));

  const auto& name = *reinterpret_cast<const UNICODE_STRING*>(buffer);
  EXPECT_EQ(name.Length, 0);
  EXPECT_EQ(name.Buffer, nullptr);
  EXPECT_OK(CloseHandle(thread));
}

TEST(NtQueryObject, bad_lengths_classes_and_handles_are_refused) {
  HANDLE handle = real_handle();
  Basic basic{};

  EXPECT_STATUS(kInfoLengthMismatch, query(handle, kBasic, &basic, 55, nullptr));
  EXPECT_STATUS(kInfoLengthMismatch, query(handle, kType, &basic, sizeof basic, nullptr));
  EXPECT_STATUS(kInvalidHandle, query(nullptr, kBasic, &basic, sizeof basic, nullptr));
  EXPECT_STATUS(kInvalidHandle, query(at(0x3FFFFFC), kType, &basic, sizeof basic, nullptr));
  EXPECT_STATUS(kSuccess, close(handle));
  EXPECT_STATUS(kInvalidHandle, query(handle, kBasic, &basic, sizeof basic, nullptr));
}

TEST(NtDuplicateObject, Y103_attributes_are_the_ones_given_or_the_sources) {
  HANDLE handle = real_handle(PROCESS_ALL_ACCESS, TRUE);
  HANDLE given = nullptr;
  HANDLE same = nullptr;
  DWORD flags = 99;

  EXPECT_STATUS(kSuccess, duplicate(self(), handle, self(), &given, 0, 0, DUPLICATE_SAME_ACCESS));
  EXPECT_STATUS(kSuccess, duplicate(self(), handle, self(), &same, 0, 0, DUPLICATE_SAME_ACCESS | 4));

  EXPECT_OK(GetHandleInformation(given, &flags));
  EXPECT_EQ(flags, 0u);
  EXPECT_OK(GetHandleInformation(same, &flags));
  EXPECT_EQ(flags, 1u);
  for (HANDLE each : {handle, given, same}) {
    EXPECT_OK(CloseHandle(each));
  }
}

} // namespace
} // namespace apitest
