// GetFileAttributes, GetFileInformationByHandle and their Ex forms.
#include "../nt/file_information.h"
#include "../file/path.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <windows.h>

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

template <typename Character> Status ask(const Character* name, WIN32_FILE_ATTRIBUTE_DATA& out) {
  char path[file::kPathRoom];
  Status status = file::to_path(name, path);
  return status == Status::ok ? nt::file_attributes(path, out) : status;
}

template <typename Character> DWORD attributes(const Character* name) {
  WIN32_FILE_ATTRIBUTE_DATA data{};
  if (Status status = ask(name, data); status != Status::ok) {
    fail(status);
    return INVALID_FILE_ATTRIBUTES;
  }
  return data.dwFileAttributes;
}

template <typename Character>
BOOL attributes_ex(const Character* name, GET_FILEEX_INFO_LEVELS level, LPVOID information) {
  if (level != GetFileExInfoStandard) {
    return fail(Status::invalid_parameter);
  }
  WIN32_FILE_ATTRIBUTE_DATA data{};
  Status status = ask(name, data);
  if (status == Status::ok && !nt::write_to_user(static_cast<WIN32_FILE_ATTRIBUTE_DATA*>(information), data)) {
    status = Status::access_violation;
  }
  return status == Status::ok ? TRUE : fail(status);
}

template <class Information> BOOL tell(HANDLE handle, LPVOID to, DWORD room) {
  if (room < sizeof(Information)) {
    set_last_error(ERROR_BAD_LENGTH);
    return FALSE;
  }
  Information information{};
  Status status = nt::file_information(handle, information);
  if (status == Status::ok && !nt::write_to_user(static_cast<Information*>(to), information)) {
    status = Status::access_violation;
  }
  return status == Status::ok ? TRUE : fail(status);
}

} // namespace

DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName) { return attributes(lpFileName); }

BOOL WINAPI GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId, LPVOID lpFileInformation) {
  return attributes_ex(lpFileName, fInfoLevelId, lpFileInformation);
}

WINMEM_BEGIN_C

WINMEM_API DWORD WINAPI winmem_GetFileAttributesW(const char16_t* lpFileName) { return attributes(lpFileName); }
WINMEM_API DWORD WINAPI winmem_GetFileAttributesW_utf32(const char32_t* lpFileName) { return attributes(lpFileName); }

WINMEM_API BOOL WINAPI winmem_GetFileAttributesExW(const char16_t* lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                                   LPVOID lpFileInformation) {
  return attributes_ex(lpFileName, fInfoLevelId, lpFileInformation);
}

WINMEM_API BOOL WINAPI winmem_GetFileAttributesExW_utf32(const char32_t* lpFileName,
                                                         GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                                         LPVOID lpFileInformation) {
  return attributes_ex(lpFileName, fInfoLevelId, lpFileInformation);
}

WINMEM_END_C

BOOL WINAPI GetFileInformationByHandle(HANDLE hFile, LPBY_HANDLE_FILE_INFORMATION lpFileInformation) {
  return tell<BY_HANDLE_FILE_INFORMATION>(hFile, lpFileInformation, sizeof *lpFileInformation);
}

BOOL WINAPI GetFileInformationByHandleEx(HANDLE hFile, FILE_INFO_BY_HANDLE_CLASS FileInformationClass,
                                         LPVOID lpFileInformation, DWORD dwBufferSize) {
  switch (FileInformationClass) {
  case FileBasicInfo:
    return tell<FILE_BASIC_INFO>(hFile, lpFileInformation, dwBufferSize);
  case FileStandardInfo:
    return tell<FILE_STANDARD_INFO>(hFile, lpFileInformation, dwBufferSize);
  default:
    return fail(Status::invalid_parameter);
  }
}
