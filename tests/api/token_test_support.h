// Tokens in tests: opening, and enabling a privilege for as long as a test lasts.
#pragma once

#include "expect.h"
#include "owned_handle.h"

namespace apitest {

inline OwnedHandle open_token(DWORD access) {
  HANDLE token = nullptr;
  EXPECT_OK(OpenProcessToken(GetCurrentProcess(), access, &token));
  return OwnedHandle(token);
}

inline TOKEN_PRIVILEGES one_privilege(DWORD privilege, DWORD attributes) {
  TOKEN_PRIVILEGES one{};
  one.PrivilegeCount = 1;
  one.Privileges[0].Luid.LowPart = privilege;
  one.Privileges[0].Attributes = attributes;
  return one;
}

// SeLockMemoryPrivilege, enabled until the end of the scope; false on accounts that do not hold it.
class LockMemory {
public:
  LockMemory() { is_held_ = adjust(SE_PRIVILEGE_ENABLED) == ERROR_SUCCESS; }
  ~LockMemory() { adjust(0); }
  LockMemory(const LockMemory&) = delete;
  LockMemory& operator=(const LockMemory&) = delete;

  explicit operator bool() const { return is_held_; }

private:
  static DWORD adjust(DWORD attributes) {
    constexpr DWORD kLockMemory = 4;
    OwnedHandle token = open_token(TOKEN_ADJUST_PRIVILEGES);
    TOKEN_PRIVILEGES wish = one_privilege(kLockMemory, attributes);
    EXPECT_TRUE(AdjustTokenPrivileges(token, FALSE, &wish, 0, nullptr, nullptr));
    return GetLastError();
  }

  bool is_held_ = false;
};

} // namespace apitest
