// OpenProcessToken, AdjustTokenPrivileges, GetTokenInformation, LookupPrivilegeValue.
#include "../nt/handles.h"
#include "../nt/token.h"
#include "../nt/user_memory.h"
#include "last_error.h"

using namespace winmem;
using win32::fail;

namespace {

constexpr DWORD kNoSuchMachine = 1722; // RPC_S_SERVER_UNAVAILABLE

// Y124: there is no other machine to ask.
template <typename Character> BOOL look_up(const Character* system, const Character* name, LUID* out) {
  Character first = 0;
  if (system != nullptr && !nt::read_from_user(first, system)) {
    return fail(Status::access_violation);
  }
  if (first != 0) {
    win32::set_last_error(kNoSuchMachine);
    return FALSE;
  }
  LUID found;
  if (Status status = nt::privilege_by_name(name, found); status != Status::ok) {
    return fail(status);
  }
  return nt::write_to_user(out, found) ? TRUE : fail(Status::access_violation);
}

} // namespace

BOOL WINAPI OpenProcessToken(HANDLE ProcessHandle, DWORD DesiredAccess, PHANDLE TokenHandle) {
  if (!nt::can_write_to_user(TokenHandle)) {
    return fail(Status::access_violation);
  }
  HANDLE handle = nullptr;
  Status status = nt::open_process_token(ProcessHandle, DesiredAccess, handle);
  status = nt::hand_out(TokenHandle, handle, status);
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI AdjustTokenPrivileges(HANDLE TokenHandle, BOOL DisableAllPrivileges, PTOKEN_PRIVILEGES NewState,
                                  DWORD BufferLength, PTOKEN_PRIVILEGES PreviousState, PDWORD ReturnLength) {
  Status status = nt::adjust_privileges(TokenHandle, DisableAllPrivileges != FALSE, NewState, BufferLength,
                                        PreviousState, ReturnLength);
  if (status != Status::ok && status != Status::not_all_assigned) {
    return fail(status);
  }
  win32::set_last_error(status == Status::ok ? ERROR_SUCCESS : ERROR_NOT_ALL_ASSIGNED); // Y122
  return TRUE;
}

BOOL WINAPI GetTokenInformation(HANDLE TokenHandle, TOKEN_INFORMATION_CLASS TokenInformationClass,
                                LPVOID TokenInformation, DWORD TokenInformationLength, PDWORD ReturnLength) {
  Status status =
      nt::query_token(TokenHandle, TokenInformationClass, TokenInformation, TokenInformationLength, ReturnLength);
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI LookupPrivilegeValueA(LPCSTR lpSystemName, LPCSTR lpName, PLUID lpLuid) {
  return look_up(lpSystemName, lpName, lpLuid);
}

extern "C" {

WINMEM_API BOOL WINAPI winmem_LookupPrivilegeValueW(const char16_t* system, const char16_t* name, PLUID out) {
  return look_up(system, name, out);
}

WINMEM_API BOOL WINAPI winmem_LookupPrivilegeValueW_utf32(const char32_t* system, const char32_t* name, PLUID out) {
  return look_up(system, name, out);
}

} // extern "C"
