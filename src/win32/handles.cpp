// handleapi.h: nt judges, this sets the last error.
#include "../nt/handles.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <windows.h>

using namespace winmem;
using win32::fail;

BOOL WINAPI CloseHandle(HANDLE hObject) {
  Status status = nt::close_handle(hObject);
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                            LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwOptions) {
  Status status = nt::duplicate_handle(hSourceProcessHandle, hSourceHandle, hTargetProcessHandle, lpTargetHandle,
                                       dwDesiredAccess, bInheritHandle != FALSE ? OBJ_INHERIT : 0, dwOptions);
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle) {
  bool are_same = false;
  return nt::are_same_object(hFirstObjectHandle, hSecondObjectHandle, are_same) == Status::ok && are_same ? TRUE
                                                                                                          : FALSE;
}

BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags) {
  DWORD flags = 0;
  Status status = nt::handle_flags(hObject, flags);
  if (status == Status::ok && !nt::write_to_user(lpdwFlags, flags)) {
    status = Status::access_violation;
  }
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags) {
  Status status = nt::change_handle_flags(hObject, dwMask, dwFlags);
  return status == Status::ok ? TRUE : fail(status);
}
