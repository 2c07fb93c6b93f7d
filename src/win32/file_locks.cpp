// LockFile and its kin (fileapi.h).
#include "../nt/file_locks.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <windows.h>

using namespace winmem;
using win32::fail;

namespace {

ULONGLONG join(DWORD low, DWORD high) { return ULONGLONG{high} << 32 | low; }

BOOL finish(Status status) { return status == Status::ok ? TRUE : fail(status); }

Status read_overlapped(const OVERLAPPED* overlapped, DWORD reserved, OVERLAPPED& out) {
  if (overlapped == nullptr || reserved != 0) {
    return Status::invalid_parameter;
  }
  return nt::read_from_user(out, overlapped) ? Status::ok : Status::access_violation;
}

ULONGLONG offset_of(const OVERLAPPED& overlapped) { return join(overlapped.Offset, overlapped.OffsetHigh); }

} // namespace

BOOL WINAPI LockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh, DWORD nNumberOfBytesToLockLow,
                     DWORD nNumberOfBytesToLockHigh) {
  return finish(nt::lock_file(hFile, join(dwFileOffsetLow, dwFileOffsetHigh),
                              join(nNumberOfBytesToLockLow, nNumberOfBytesToLockHigh), nt::LockKind::exclusive,
                              nt::IfTaken::fail, nullptr));
}

BOOL WINAPI LockFileEx(HANDLE hFile, DWORD dwFlags, DWORD dwReserved, DWORD nNumberOfBytesToLockLow,
                       DWORD nNumberOfBytesToLockHigh, LPOVERLAPPED lpOverlapped) {
  OVERLAPPED given;
  if (Status status = read_overlapped(lpOverlapped, dwReserved, given); status != Status::ok) {
    return fail(status);
  }
  auto kind = (dwFlags & LOCKFILE_EXCLUSIVE_LOCK) != 0 ? nt::LockKind::exclusive : nt::LockKind::shared;
  auto if_taken = (dwFlags & LOCKFILE_FAIL_IMMEDIATELY) != 0 ? nt::IfTaken::fail : nt::IfTaken::wait;
  return finish(nt::lock_file(hFile, offset_of(given), join(nNumberOfBytesToLockLow, nNumberOfBytesToLockHigh), kind,
                              if_taken, given.hEvent));
}

BOOL WINAPI UnlockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh, DWORD nNumberOfBytesToUnlockLow,
                       DWORD nNumberOfBytesToUnlockHigh) {
  return finish(nt::unlock_file(hFile, join(dwFileOffsetLow, dwFileOffsetHigh),
                                join(nNumberOfBytesToUnlockLow, nNumberOfBytesToUnlockHigh)));
}

BOOL WINAPI UnlockFileEx(HANDLE hFile, DWORD dwReserved, DWORD nNumberOfBytesToUnlockLow,
                         DWORD nNumberOfBytesToUnlockHigh, LPOVERLAPPED lpOverlapped) {
  OVERLAPPED given;
  if (Status status = read_overlapped(lpOverlapped, dwReserved, given); status != Status::ok) {
    return fail(status);
  }
  return finish(nt::unlock_file(hFile, offset_of(given), join(nNumberOfBytesToUnlockLow, nNumberOfBytesToUnlockHigh)));
}
