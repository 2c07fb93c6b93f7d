// fileapi.h: names become paths here, nt judges the rest, this sets the last error.
#include "../nt/files.h"
#include "../file/path.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <limits>
#include <windows.h>

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

// Names that exist where none may: ERROR_FILE_EXISTS is CreateFile's own word for it.
HANDLE finish(const nt::CreatedFile& created, DWORD disposition) {
  if (created.status != Status::ok) {
    if (created.status == Status::object_name_collision) {
      set_last_error(ERROR_FILE_EXISTS);
    } else {
      fail(created.status);
    }
    return INVALID_HANDLE_VALUE;
  }
  bool tells = disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS;
  set_last_error(tells && created.existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return created.handle;
}

template <typename Character> HANDLE create(const Character* name, const nt::FileArguments& arguments) {
  char path[file::kPathRoom];
  if (Status status = file::to_path(name, path); status != Status::ok) {
    return finish({status}, arguments.disposition);
  }
  return finish(nt::create_file(path, arguments), arguments.disposition);
}

template <typename Character>
HANDLE create2(const Character* name, DWORD access, DWORD share, DWORD disposition,
               const CREATEFILE2_EXTENDED_PARAMETERS* parameters) {
  nt::FileArguments arguments{access, share, disposition};
  if (parameters != nullptr) {
    if (parameters->dwSize < sizeof *parameters) {
      return finish({Status::invalid_parameter}, disposition);
    }
    arguments.flags = parameters->dwFileAttributes | parameters->dwFileFlags;
    arguments.security = parameters->lpSecurityAttributes;
  }
  return create(name, arguments);
}

template <typename Character> BOOL delete_file(const Character* name) {
  char path[file::kPathRoom];
  Status status = file::to_path(name, path);
  if (status == Status::ok) {
    status = file::remove(path);
  }
  return status == Status::ok ? TRUE : fail(status);
}

// The count is cleared first, as documented; it may be NULL only beside an OVERLAPPED.
bool clear_count(DWORD* count, const OVERLAPPED* overlapped) {
  return (count == nullptr && overlapped != nullptr) || nt::write_to_user(count, DWORD{0});
}

BOOL finish(const nt::FileTransfer& transfer, DWORD* count) {
  if (transfer.status != Status::ok) {
    return fail(transfer.status);
  }
  if (count != nullptr) {
    static_cast<void>(nt::write_to_user(count, DWORD{transfer.bytes}));
  }
  return TRUE;
}

BOOL finish(Status status, nt::Moved moved) {
  if (status != Status::ok) {
    return fail(status);
  }
  if (moved == nt::Moved::ok) {
    return TRUE;
  }
  set_last_error(moved == nt::Moved::negative ? ERROR_NEGATIVE_SEEK : ERROR_INVALID_PARAMETER);
  return FALSE;
}

} // namespace

HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                          LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                          DWORD dwFlagsAndAttributes, HANDLE) {
  return create(lpFileName,
                {dwDesiredAccess, dwShareMode, dwCreationDisposition, dwFlagsAndAttributes, lpSecurityAttributes});
}

WINMEM_BEGIN_C

WINMEM_API HANDLE WINAPI winmem_CreateFileW(const char16_t* lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                            LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                                            DWORD dwFlagsAndAttributes, HANDLE) {
  return create(lpFileName,
                {dwDesiredAccess, dwShareMode, dwCreationDisposition, dwFlagsAndAttributes, lpSecurityAttributes});
}

WINMEM_API HANDLE WINAPI winmem_CreateFileW_utf32(const char32_t* lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                                  LPSECURITY_ATTRIBUTES lpSecurityAttributes,
                                                  DWORD dwCreationDisposition, DWORD dwFlagsAndAttributes, HANDLE) {
  return create(lpFileName,
                {dwDesiredAccess, dwShareMode, dwCreationDisposition, dwFlagsAndAttributes, lpSecurityAttributes});
}

WINMEM_API HANDLE WINAPI winmem_CreateFile2(const char16_t* lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                            DWORD dwCreationDisposition,
                                            LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams) {
  return create2(lpFileName, dwDesiredAccess, dwShareMode, dwCreationDisposition, pCreateExParams);
}

WINMEM_API HANDLE WINAPI winmem_CreateFile2_utf32(const char32_t* lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                                  DWORD dwCreationDisposition,
                                                  LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams) {
  return create2(lpFileName, dwDesiredAccess, dwShareMode, dwCreationDisposition, pCreateExParams);
}

WINMEM_API BOOL WINAPI winmem_DeleteFileW(const char16_t* lpFileName) { return delete_file(lpFileName); }
WINMEM_API BOOL WINAPI winmem_DeleteFileW_utf32(const char32_t* lpFileName) { return delete_file(lpFileName); }

WINMEM_END_C

BOOL WINAPI DeleteFileA(LPCSTR lpFileName) { return delete_file(lpFileName); }

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                     LPOVERLAPPED lpOverlapped) {
  if (!clear_count(lpNumberOfBytesRead, lpOverlapped)) {
    return fail(Status::access_violation);
  }
  return finish(nt::read_file(hFile, lpBuffer, nNumberOfBytesToRead, lpOverlapped), lpNumberOfBytesRead);
}

BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten,
                      LPOVERLAPPED lpOverlapped) {
  if (!clear_count(lpNumberOfBytesWritten, lpOverlapped)) {
    return fail(Status::access_violation);
  }
  return finish(nt::write_file(hFile, lpBuffer, nNumberOfBytesToWrite, lpOverlapped), lpNumberOfBytesWritten);
}

BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                             DWORD dwMoveMethod) {
  LARGE_INTEGER position{};
  nt::Moved moved = nt::Moved::ok;
  Status status = nt::move_position(hFile, liDistanceToMove.QuadPart, dwMoveMethod,
                                    std::numeric_limits<LONGLONG>::max(), position.QuadPart, moved);
  if (finish(status, moved) == FALSE) {
    return FALSE;
  }
  return lpNewFilePointer == nullptr || nt::write_to_user(lpNewFilePointer, position) ? TRUE
                                                                                      : fail(Status::access_violation);
}

// With lpDistanceToMoveHigh the distance has 64 bits; without it 32, and no position beyond 4 GiB can be reached.
DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh, DWORD dwMoveMethod) {
  LONGLONG distance = lDistanceToMove;
  LONGLONG most = 0xFFFFFFFF;
  if (lpDistanceToMoveHigh != nullptr) {
    LONG high = 0;
    if (!nt::read_from_user(high, lpDistanceToMoveHigh)) {
      fail(Status::access_violation);
      return INVALID_SET_FILE_POINTER;
    }
    distance = LONGLONG{high} << 32 | static_cast<DWORD>(lDistanceToMove);
    most = std::numeric_limits<LONGLONG>::max();
  }
  LONGLONG position = 0;
  nt::Moved moved = nt::Moved::ok;
  Status status = nt::move_position(hFile, distance, dwMoveMethod, most, position, moved);
  if (finish(status, moved) == FALSE) {
    return INVALID_SET_FILE_POINTER;
  }
  if (lpDistanceToMoveHigh != nullptr) {
    static_cast<void>(nt::write_to_user(lpDistanceToMoveHigh, static_cast<LONG>(position >> 32)));
  }
  auto low = static_cast<DWORD>(position);
  if (low == INVALID_SET_FILE_POINTER) {
    set_last_error(ERROR_SUCCESS); // it is a position, not a failure
  }
  return low;
}

BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize) {
  ULONGLONG bytes = 0;
  Status status = nt::file_size(hFile, bytes);
  LARGE_INTEGER size{};
  size.QuadPart = static_cast<LONGLONG>(bytes);
  if (status == Status::ok && !nt::write_to_user(lpFileSize, size)) {
    status = Status::access_violation;
  }
  return status == Status::ok ? TRUE : fail(status);
}

DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh) {
  ULONGLONG bytes = 0;
  Status status = nt::file_size(hFile, bytes);
  if (status == Status::ok && lpFileSizeHigh != nullptr &&
      !nt::write_to_user(lpFileSizeHigh, static_cast<DWORD>(bytes >> 32))) {
    status = Status::access_violation;
  }
  if (status != Status::ok) {
    fail(status);
    return INVALID_FILE_SIZE;
  }
  auto low = static_cast<DWORD>(bytes);
  if (low == INVALID_FILE_SIZE) {
    set_last_error(ERROR_SUCCESS);
  }
  return low;
}

BOOL WINAPI SetEndOfFile(HANDLE hFile) {
  Status status = nt::end_file_at_position(hFile);
  return status == Status::ok ? TRUE : fail(status);
}

BOOL WINAPI FlushFileBuffers(HANDLE hFile) {
  Status status = nt::flush_file(hFile);
  return status == Status::ok ? TRUE : fail(status);
}

DWORD WINAPI GetFileType(HANDLE hFile) {
  DWORD type = FILE_TYPE_UNKNOWN;
  Status status = nt::file_type(hFile, type);
  if (status != Status::ok) {
    fail(status);
  }
  return type;
}
