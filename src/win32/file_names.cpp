// GetTempPath, GetTempFileName, GetFullPathName, MoveFile (fileapi.h, winbase.h).
#include "../file/full_path.h"
#include "../file/move.h"
#include "../file/temporary.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <cstring>
#include <windows.h>

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

// The text and its length; or how much room it takes, its end included, where there is less.
template <typename Character> DWORD tell(const char* path, DWORD room, Character* to) {
  Character text[file::kPathRoom];
  auto length = static_cast<DWORD>(file::length_as<Character>(path));
  if (length >= room) {
    return length + 1;
  }
  file::copy_as(path, text);
  if (!nt::write_array_to_user(to, text, length + std::size_t{1})) {
    fail(Status::access_violation);
    return 0;
  }
  return length;
}

template <typename Character> DWORD temporary_directory(DWORD room, Character* to) {
  char path[file::kPathRoom];
  if (Status status = file::temporary_directory(path); status != Status::ok) {
    fail(status);
    return 0;
  }
  return tell(path, room, to);
}

template <typename Character> DWORD full_name(const Character* name, DWORD room, Character* to, Character** last_part) {
  char path[file::kPathRoom];
  char full[file::kPathRoom];
  Status status = name == nullptr || *name == 0 ? Status::object_name_invalid : file::to_path(name, path);
  if (status == Status::ok) {
    status = file::to_full_path(path, full);
  }
  if (status != Status::ok) {
    fail(status);
    return 0;
  }
  DWORD length = tell(full, room, to);
  if (length != 0 && length < room && last_part != nullptr) {
    const char* slash = std::strrchr(full, '/'); // there is one
    char up_to_it[file::kPathRoom];
    auto before = static_cast<std::size_t>(slash + 1 - full);
    std::memcpy(up_to_it, full, before);
    up_to_it[before] = 0;
    Character* part = slash[1] != 0 ? to + file::length_as<Character>(up_to_it) : nullptr;
    if (!nt::write_to_user(last_part, part)) {
      fail(Status::access_violation);
      return 0;
    }
  }
  return length;
}

template <typename Character>
UINT temporary_name(const Character* directory, const Character* prefix, UINT number, Character* to) {
  char path[file::kPathRoom];
  char start[file::kPathRoom] = "";
  if (directory == nullptr || prefix == nullptr || to == nullptr) {
    fail(Status::invalid_parameter);
    return 0;
  }
  Status status = file::to_path(directory, path);
  if (status == Status::ok && file::length_as<Character>(path) > MAX_PATH - 14) {
    set_last_error(ERROR_BUFFER_OVERFLOW);
    return 0;
  }
  Character three[4] = {};
  for (unsigned i = 0; i < 3 && prefix[i] != 0; ++i) {
    three[i] = prefix[i];
  }
  if (status == Status::ok && three[0] != 0) {
    status = file::to_path(three, start);
  }
  char name[file::kPathRoom];
  file::TemporaryFile made;
  if (status == Status::ok) {
    made = file::name_temporary_file(path, start, static_cast<std::uint16_t>(number), name);
    status = made.status;
  }
  if (status != Status::ok) {
    fail(status);
    return 0;
  }
  Character text[file::kPathRoom];
  file::copy_as(name, text);
  if (!nt::write_array_to_user(to, text, file::length_as<Character>(name) + 1)) {
    if (made.was_created) {
      static_cast<void>(host::remove_name(name));
    }
    fail(Status::access_violation);
    return 0;
  }
  return made.was_created ? made.number : number;
}

template <typename Character> BOOL move(const Character* from, const Character* to, DWORD flags) {
  constexpr DWORD kKnown =
      MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED | MOVEFILE_WRITE_THROUGH | MOVEFILE_FAIL_IF_NOT_TRACKABLE;
  if ((flags & MOVEFILE_DELAY_UNTIL_REBOOT) != 0) {
    return fail((flags & MOVEFILE_COPY_ALLOWED) != 0 ? Status::invalid_parameter : Status::not_supported);
  }
  if ((flags & ~kKnown) != 0 || to == nullptr) {
    return fail(Status::invalid_parameter);
  }
  char source[file::kPathRoom];
  char target[file::kPathRoom];
  Status status = file::to_path(from, source);
  status = status == Status::ok ? file::to_path(to, target) : status;
  if (status == Status::ok) {
    auto if_there = (flags & MOVEFILE_REPLACE_EXISTING) != 0 ? host::IfThere::replace : host::IfThere::fail;
    status = file::move(source, target,
                        {.if_there = if_there,
                         .may_copy = (flags & MOVEFILE_COPY_ALLOWED) != 0,
                         .writes_through = (flags & MOVEFILE_WRITE_THROUGH) != 0});
  }
  return status == Status::ok ? TRUE : fail(status);
}

} // namespace

DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer) { return temporary_directory(nBufferLength, lpBuffer); }

UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName) {
  return temporary_name(lpPathName, lpPrefixString, uUnique, lpTempFileName);
}

DWORD WINAPI GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer, LPSTR* lpFilePart) {
  return full_name(lpFileName, nBufferLength, lpBuffer, lpFilePart);
}

BOOL WINAPI MoveFileA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName) {
  return move(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI MoveFileExA(LPCSTR lpExistingFileName, LPCSTR lpNewFileName, DWORD dwFlags) {
  return move(lpExistingFileName, lpNewFileName, dwFlags);
}

WINMEM_BEGIN_C

WINMEM_API DWORD WINAPI winmem_GetTempPathW(DWORD nBufferLength, char16_t* lpBuffer) {
  return temporary_directory(nBufferLength, lpBuffer);
}
WINMEM_API DWORD WINAPI winmem_GetTempPathW_utf32(DWORD nBufferLength, char32_t* lpBuffer) {
  return temporary_directory(nBufferLength, lpBuffer);
}

WINMEM_API UINT WINAPI winmem_GetTempFileNameW(const char16_t* lpPathName, const char16_t* lpPrefixString, UINT uUnique,
                                               char16_t* lpTempFileName) {
  return temporary_name(lpPathName, lpPrefixString, uUnique, lpTempFileName);
}
WINMEM_API UINT WINAPI winmem_GetTempFileNameW_utf32(const char32_t* lpPathName, const char32_t* lpPrefixString,
                                                     UINT uUnique, char32_t* lpTempFileName) {
  return temporary_name(lpPathName, lpPrefixString, uUnique, lpTempFileName);
}

WINMEM_API DWORD WINAPI winmem_GetFullPathNameW(const char16_t* lpFileName, DWORD nBufferLength, char16_t* lpBuffer,
                                                char16_t** lpFilePart) {
  return full_name(lpFileName, nBufferLength, lpBuffer, lpFilePart);
}
WINMEM_API DWORD WINAPI winmem_GetFullPathNameW_utf32(const char32_t* lpFileName, DWORD nBufferLength,
                                                      char32_t* lpBuffer, char32_t** lpFilePart) {
  return full_name(lpFileName, nBufferLength, lpBuffer, lpFilePart);
}

WINMEM_API BOOL WINAPI winmem_MoveFileW(const char16_t* lpExistingFileName, const char16_t* lpNewFileName) {
  return move(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}
WINMEM_API BOOL WINAPI winmem_MoveFileW_utf32(const char32_t* lpExistingFileName, const char32_t* lpNewFileName) {
  return move(lpExistingFileName, lpNewFileName, MOVEFILE_COPY_ALLOWED);
}

WINMEM_API BOOL WINAPI winmem_MoveFileExW(const char16_t* lpExistingFileName, const char16_t* lpNewFileName,
                                          DWORD dwFlags) {
  return move(lpExistingFileName, lpNewFileName, dwFlags);
}
WINMEM_API BOOL WINAPI winmem_MoveFileExW_utf32(const char32_t* lpExistingFileName, const char32_t* lpNewFileName,
                                                DWORD dwFlags) {
  return move(lpExistingFileName, lpNewFileName, dwFlags);
}

WINMEM_END_C
