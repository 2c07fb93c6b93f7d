// Tokens and privileges with Windows' arguments: who may open and adjust them, and how they are told.
#pragma once

#include "../base/status.h"
#include "../process/token.h"

#include <winnt.h>

namespace winmem::nt {

// invalid_handle, access_denied: the process handle; else no_memory, insufficient_resources.
Status open_process_token(HANDLE process, ACCESS_MASK access, HANDLE& out);

// Y121, Y122. not_all_assigned is a success. buffer_too_small: `length` was set, and nothing has changed.
Status adjust_privileges(HANDLE token, bool disable_all, const TOKEN_PRIVILEGES* wanted, DWORD room,
                         TOKEN_PRIVILEGES* previous, DWORD* length);

// Y123.
Status query_token(HANDLE token, TOKEN_INFORMATION_CLASS type, void* to, DWORD room, DWORD* length);

// privilege_not_held unless pages may be locked in memory: large pages, physical pages.
inline Status check_lock_memory() {
  return process::is_enabled(process::kLockMemory) ? Status::ok : Status::privilege_not_held;
}

// The privilege of that name, of characters of any width. no_such_privilege, access_violation.
template <typename Character> Status privilege_by_name(const Character* name, LUID& out);

} // namespace winmem::nt
