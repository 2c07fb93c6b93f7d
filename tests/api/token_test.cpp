// OpenProcessToken, AdjustTokenPrivileges, GetTokenInformation, LookupPrivilegeValue, RtlAdjustPrivilege.
// Rules: Y120 Y121 Y122 Y123 Y124 Y125
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"
#include "token_test_support.h"

#include <vector>

namespace apitest {
namespace {

constexpr DWORD kTimeZone = 34;     // held, and disabled unless somebody enables it
constexpr DWORD kChangeNotify = 23; // held and enabled by anybody
constexpr DWORD kCreateToken = 2;   // held by nobody

// What the token says of a privilege; -1 where it does not hold it.
int attributes_of(HANDLE token, DWORD privilege) {
  std::vector<unsigned char> buffer(4096);
  DWORD length = 0;
  EXPECT_OK(GetTokenInformation(token, TokenPrivileges, buffer.data(), 4096, &length));
  const auto* all = reinterpret_cast<const TOKEN_PRIVILEGES*>(buffer.data());
  EXPECT_EQ(length, 4 + 12 * all->PrivilegeCount);
  for (DWORD i = 0; i < all->PrivilegeCount; ++i) {
    const LUID_AND_ATTRIBUTES& row = all->Privileges[i];
    if (row.Luid.LowPart == privilege && row.Luid.HighPart == 0) {
      return static_cast<int>(row.Attributes);
    }
  }
  return -1;
}

NTSTATUS adjust_privilege(ULONG privilege, BOOLEAN enable, BOOLEAN of_thread, BOOLEAN* was) {
  using Adjust = NTSTATUS(NTAPI*)(ULONG, BOOLEAN, BOOLEAN, PBOOLEAN);
  return lookup<Adjust>("ntdll", "RtlAdjustPrivilege")(privilege, enable, of_thread, was);
}

// The last error that a call which succeeds leaves.
template <typename Call> DWORD error_after_success(Call call) {
  SetLastError(kNobodysError);
  EXPECT_TRUE(call());
  return GetLastError();
}

TEST(Token, Y120_a_token_is_opened_for_what_was_asked) {
  OwnedHandle token = open_token(TOKEN_QUERY);
  TOKEN_PRIVILEGES wish = one_privilege(kChangeNotify, SE_PRIVILEGE_ENABLED);

  EXPECT_NE(attributes_of(token, kChangeNotify), -1);
  EXPECT_ERROR(5, AdjustTokenPrivileges(token, FALSE, &wish, 0, nullptr, nullptr));
}

TEST(Token, Y120_without_query_nothing_is_told) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES);
  TOKEN_PRIVILEGES wish = one_privilege(kChangeNotify, SE_PRIVILEGE_ENABLED);
  TOKEN_PRIVILEGES previous{};
  DWORD length = 77;

  EXPECT_ERROR(5, GetTokenInformation(token, TokenPrivileges, &previous, sizeof previous, &length));
  EXPECT_ERROR(5, AdjustTokenPrivileges(token, FALSE, &wish, sizeof previous, &previous, &length));
  EXPECT_EQ(length, 77u);
  EXPECT_EQ(error_after_success([&] { return AdjustTokenPrivileges(token, FALSE, &wish, 0, nullptr, nullptr); }), 0u);
}

TEST(Token, Y120_bad_handles_are_invalid) {
  HANDLE token = reinterpret_cast<HANDLE>(0x77);
  EXPECT_ERROR(6, OpenProcessToken(nullptr, TOKEN_QUERY, &token));
  EXPECT_ERROR(6, OpenProcessToken(GetCurrentThread(), TOKEN_QUERY, &token));
  EXPECT_EQ(token, reinterpret_cast<HANDLE>(0x77));

  TOKEN_PRIVILEGES wish = one_privilege(kChangeNotify, SE_PRIVILEGE_ENABLED);
  EXPECT_ERROR(6, AdjustTokenPrivileges(nullptr, FALSE, &wish, 0, nullptr, nullptr));
  EXPECT_ERROR(6, AdjustTokenPrivileges(GetCurrentProcess(), FALSE, &wish, 0, nullptr, nullptr));
}

TEST(Token, Y120_two_handles_are_of_one_token) {
  OwnedHandle first = open_token(TOKEN_ALL_ACCESS);
  OwnedHandle second = open_token(TOKEN_QUERY);
  auto compare = lookup<BOOL(WINAPI*)(HANDLE, HANDLE)>("kernelbase", "CompareObjectHandles");
  EXPECT_TRUE(compare(first, second));
}

TEST(Token, Y121_a_privilege_is_enabled_and_disabled_and_its_previous_state_is_told) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  if (attributes_of(token, kTimeZone) == -1) {
    GTEST_SKIP() << "this account does not hold SeTimeZonePrivilege";
  }
  TOKEN_PRIVILEGES on = one_privilege(kTimeZone, SE_PRIVILEGE_ENABLED);
  TOKEN_PRIVILEGES previous{};
  DWORD length = 0;

  auto enable = [&] { return AdjustTokenPrivileges(token, FALSE, &on, sizeof previous, &previous, &length); };
  EXPECT_EQ(error_after_success(enable), 0u);
  EXPECT_EQ(attributes_of(token, kTimeZone), 2);
  EXPECT_EQ(length, 16u);
  EXPECT_EQ(previous.PrivilegeCount, 1u);
  EXPECT_EQ(previous.Privileges[0].Luid.LowPart, kTimeZone);
  EXPECT_EQ(previous.Privileges[0].Attributes, 0u);

  // Once more: nothing changes, so nothing is told.
  EXPECT_EQ(error_after_success(enable), 0u);
  EXPECT_EQ(length, 4u);
  EXPECT_EQ(previous.PrivilegeCount, 0u);

  TOKEN_PRIVILEGES off = one_privilege(kTimeZone, 0);
  EXPECT_EQ(error_after_success([&] { return AdjustTokenPrivileges(token, FALSE, &off, 0, nullptr, nullptr); }), 0u);
  EXPECT_EQ(attributes_of(token, kTimeZone), 0);
}

TEST(Token, Y121_too_small_a_buffer_changes_nothing) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  if (attributes_of(token, kTimeZone) == -1) {
    GTEST_SKIP() << "this account does not hold SeTimeZonePrivilege";
  }
  TOKEN_PRIVILEGES on = one_privilege(kTimeZone, SE_PRIVILEGE_ENABLED);
  TOKEN_PRIVILEGES previous{};
  DWORD length = 0;

  EXPECT_ERROR(122, AdjustTokenPrivileges(token, FALSE, &on, 15, &previous, &length));
  EXPECT_EQ(length, 16u);
  EXPECT_EQ(attributes_of(token, kTimeZone), 0);
}

TEST(Token, Y121_all_privileges_are_disabled) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  unsigned char previous[4096];
  DWORD length = 0;

  EXPECT_EQ(error_after_success([&] {
              auto* to = reinterpret_cast<TOKEN_PRIVILEGES*>(previous);
              return AdjustTokenPrivileges(token, TRUE, nullptr, sizeof previous, to, &length);
            }),
            0u);
  EXPECT_EQ(attributes_of(token, kChangeNotify) & SE_PRIVILEGE_ENABLED, 0);

  EXPECT_EQ(error_after_success([&] {
              auto* from = reinterpret_cast<TOKEN_PRIVILEGES*>(previous);
              return AdjustTokenPrivileges(token, FALSE, from, 0, nullptr, nullptr);
            }),
            0u);
  EXPECT_EQ(attributes_of(token, kChangeNotify), 3);
}

TEST(Token, Y121_bad_arguments) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  EXPECT_ERROR(87, AdjustTokenPrivileges(token, FALSE, nullptr, 0, nullptr, nullptr));
}

TEST(Token, Y122_what_the_token_does_not_hold_is_told_and_the_rest_is_done) {
  OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY);
  struct {
    DWORD count = 2;
    LUID_AND_ATTRIBUTES rows[2] = {{{kCreateToken, 0}, SE_PRIVILEGE_ENABLED}, {{kChangeNotify, 0}, 0}};
  } wish;
  auto adjust = [&] {
    return AdjustTokenPrivileges(token, FALSE, reinterpret_cast<TOKEN_PRIVILEGES*>(&wish), 0, nullptr, nullptr);
  };

  EXPECT_EQ(error_after_success(adjust), 1300u);
  EXPECT_EQ(attributes_of(token, kChangeNotify), 1);

  wish.rows[1].Attributes = SE_PRIVILEGE_ENABLED;
  wish.rows[0].Luid = {kChangeNotify, 1}; // no privilege has such a number
  EXPECT_EQ(error_after_success(adjust), 1300u);
  EXPECT_EQ(attributes_of(token, kChangeNotify), 3);
}

TEST(Token, Y123_too_small_a_buffer_tells_what_is_needed) {
  OwnedHandle token = open_token(TOKEN_QUERY);
  TOKEN_PRIVILEGES to{};
  to.PrivilegeCount = 99;
  DWORD length = 0;

  EXPECT_ERROR(122, GetTokenInformation(token, TokenPrivileges, &to, 4, &length));
  EXPECT_GT(length, 4u);
  EXPECT_EQ(length % 12, 4u);
  EXPECT_EQ(to.PrivilegeCount, 99u);
}

TEST(Token, Y124_names_of_privileges_have_numbers) {
  struct {
    const char* name;
    DWORD number;
  } known[] = {{"SeCreateTokenPrivilege", 2},  {"SeLockMemoryPrivilege", 4},   {"selockmemoryPRIVILEGE", 4},
               {"SeSystemtimePrivilege", 12},  {"SeDebugPrivilege", 20},       {"SeChangeNotifyPrivilege", 23},
               {"SeImpersonatePrivilege", 29}, {"SeCreateGlobalPrivilege", 30}};
  for (const auto& row : known) {
    LUID luid{77, 77};
    EXPECT_OK(LookupPrivilegeValueA(nullptr, row.name, &luid)) << row.name;
    EXPECT_EQ(luid.LowPart, row.number) << row.name;
    EXPECT_EQ(luid.HighPart, 0) << row.name;
  }
  LUID wide{77, 77};
  EXPECT_OK(LookupPrivilegeValueW(nullptr, L"SeLockMemoryPrivilege", &wide));
  EXPECT_EQ(wide.LowPart, 4u);
  EXPECT_OK(LookupPrivilegeValueA("", "SeLockMemoryPrivilege", &wide));
}

TEST(Token, Y124_numbers_after_windows_xp) {
  LUID luid{};
  EXPECT_OK(LookupPrivilegeValueA(nullptr, "SeIncreaseWorkingSetPrivilege", &luid));
  EXPECT_EQ(luid.LowPart, 33u);
  EXPECT_OK(LookupPrivilegeValueA(nullptr, "SeTimeZonePrivilege", &luid));
  EXPECT_EQ(luid.LowPart, 34u);
  EXPECT_OK(LookupPrivilegeValueA(nullptr, "SeDelegateSessionUserImpersonatePrivilege", &luid));
  EXPECT_EQ(luid.LowPart, 36u);
}

TEST(Token, Y124_other_names_are_no_privilege) {
  LUID luid{77, 77};
  for (const char* name : {"", "Se", "SeLockMemoryPrivilegeX", "SeLockMemoryPrivileg", "LockMemory",
                           "SeLockMemoryPrivilegeSeLockMemoryPrivilegeSeLockMemoryPrivilege"}) {
    EXPECT_ERROR(1313, LookupPrivilegeValueA(nullptr, name, &luid)) << name;
  }
  EXPECT_EQ(luid.LowPart, 77u);
}

TEST(Token, Y124_another_machine_is_not_reached) {
  LUID luid{77, 77};
  EXPECT_ERROR(1722, LookupPrivilegeValueA("no-such-machine-here", "SeLockMemoryPrivilege", &luid));
  EXPECT_EQ(luid.LowPart, 77u);
}

TEST(Token, Y125_the_native_call_enables_and_tells_what_was) {
  OwnedHandle token = open_token(TOKEN_QUERY);
  BOOLEAN was = 7;

  EXPECT_STATUS(0u, adjust_privilege(kChangeNotify, FALSE, FALSE, &was));
  EXPECT_TRUE(was);
  EXPECT_EQ(attributes_of(token, kChangeNotify), 1);
  EXPECT_STATUS(0u, adjust_privilege(kChangeNotify, TRUE, FALSE, &was));
  EXPECT_FALSE(was);
  EXPECT_EQ(attributes_of(token, kChangeNotify), 3);
}

TEST(Token, Y125_what_is_not_held_and_a_threads_token_are_refused) {
  BOOLEAN was = 7;
  EXPECT_STATUS(0xC0000061u, adjust_privilege(kCreateToken, TRUE, FALSE, &was));
  EXPECT_STATUS(0xC0000061u, adjust_privilege(999, TRUE, FALSE, &was));
  EXPECT_STATUS(0xC000007Cu, adjust_privilege(kChangeNotify, TRUE, TRUE, &was));
  EXPECT_EQ(was, 7);
}

} // namespace
} // namespace apitest
