// psapi.h: which file is mapped at an address. K32GetMappedFileName and GetMappedFileName are the same.
#include "../nt/mapped_name.h"
#include "../host/safe_copy.h"
#include "last_error.h"

#include <psapi.h>

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

template <typename Character> DWORD mapped_name(HANDLE process, const void* at, Character* to, DWORD room) {
  if (to == nullptr) {
    fail(Status::invalid_parameter);
    return 0;
  }
  if (room == 0) {
    set_last_error(ERROR_INSUFFICIENT_BUFFER);
    return 0;
  }
  char path[file::kPathRoom];
  if (Status status = nt::mapped_name(process, reinterpret_cast<Address>(at), path); status != Status::ok) {
    fail(status);
    return 0;
  }
  Character name[file::kPathRoom];
  std::size_t count = file::length_as<Character>(path);
  file::copy_as(path, name);
  std::size_t copied = count < room ? count : room - 1;
  name[copied] = 0;
  if (!host::copy_to(reinterpret_cast<Address>(to), name, (copied + 1) * sizeof(Character))) {
    fail(Status::access_violation);
    return 0;
  }
  if (copied == count) {
    return static_cast<DWORD>(count);
  }
  set_last_error(ERROR_INSUFFICIENT_BUFFER);
  return room;
}

} // namespace

DWORD WINAPI K32GetMappedFileNameA(HANDLE hProcess, LPVOID lpv, LPSTR lpFilename, DWORD nSize) {
  return mapped_name(hProcess, lpv, lpFilename, nSize);
}

DWORD WINAPI GetMappedFileNameA(HANDLE hProcess, LPVOID lpv, LPSTR lpFilename, DWORD nSize) {
  return mapped_name(hProcess, lpv, lpFilename, nSize);
}

extern "C" {

WINMEM_API DWORD WINAPI winmem_K32GetMappedFileNameW(HANDLE process, LPVOID at, char16_t* name, DWORD room) {
  return mapped_name(process, at, name, room);
}

WINMEM_API DWORD WINAPI winmem_K32GetMappedFileNameW_utf32(HANDLE process, LPVOID at, char32_t* name, DWORD room) {
  return mapped_name(process, at, name, room);
}

WINMEM_API DWORD WINAPI winmem_GetMappedFileNameW(HANDLE process, LPVOID at, char16_t* name, DWORD room) {
  return mapped_name(process, at, name, room);
}

WINMEM_API DWORD WINAPI winmem_GetMappedFileNameW_utf32(HANDLE process, LPVOID at, char32_t* name, DWORD room) {
  return mapped_name(process, at, name, room);
}

} // extern "C"
