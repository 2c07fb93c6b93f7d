// stdlib.h, direct.h, stdio.h: paths, in the program's room or in a block that it is to free (H167).
#include "../file/full_path.h"
#include "../host/c_errno.h"
#include "../host/environment.h"
#include "../host/file_names.h"
#include "../host/formatted_text.h"
#include "../host/own_process.h"
#include "given_text.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <stdlib.h>

using namespace winmem;
using crt::Allocate;

namespace {

constexpr unsigned kMostTried = 0x7FFF;

constinit std::atomic<unsigned> asked{0};

std::nullptr_t fail(Status status) {
  switch (status) {
  case Status::name_too_long:
    host::set_errno(host::CError::no_room);
    break;
  case Status::no_memory:
    host::set_errno(host::CError::no_memory);
    break;
  case Status::access_denied:
    host::set_errno(host::CError::no_access);
    break;
  default:
    host::set_errno(host::CError::not_found);
  }
  return nullptr;
}

// In the `room` characters of `buffer`; or, where that is nullptr, in a new block of as many or more.
template <typename Character> Character* put(Allocate allocate, const char* path, Character* buffer, std::size_t room) {
  std::size_t needed = file::length_as<Character>(path) + 1;
  if (buffer == nullptr) {
    buffer = crt::new_text<Character>(allocate, std::max(needed, room));
    if (buffer == nullptr) {
      return fail(Status::no_memory);
    }
  } else if (needed > room) {
    return fail(Status::name_too_long);
  }
  file::copy_as(path, buffer);
  return buffer;
}

template <typename Character> Character* current_directory(Allocate allocate, Character* buffer, int room) {
  if (room < 0 || (room == 0 && buffer != nullptr)) {
    crt::invalid_parameter();
    return nullptr;
  }
  char path[file::kPathRoom];
  Status status = host::current_directory(path, sizeof path);
  return status == Status::ok ? put(allocate, path, buffer, static_cast<std::size_t>(room)) : fail(status);
}

template <typename Character>
Character* full_path(Allocate allocate, Character* buffer, const Character* path, std::size_t room) {
  if (buffer != nullptr && room == 0) {
    crt::invalid_parameter();
    return nullptr;
  }
  std::size_t wanted = buffer != nullptr ? room : _MAX_PATH;
  if (path == nullptr || *path == 0) {
    constexpr std::size_t kMostRoom = 0x7FFFFFFF;
    return current_directory(allocate, buffer, static_cast<int>(std::min(wanted, kMostRoom)));
  }
  char bytes[file::kPathRoom];
  char full[file::kPathRoom];
  Status status = file::to_path(path, bytes);
  status = status == Status::ok ? file::to_full_path(bytes, full) : status;
  return status == Status::ok ? put(allocate, full, buffer, wanted) : fail(status);
}

// Whether it is there; then `full` is it, from the root.
bool is_directory(const char* path, char (&full)[file::kPathRoom]) {
  host::FileStatus there{};
  return file::to_full_path(path, full) == Status::ok && host::file_status(full, there) == Status::ok &&
         there.kind == host::FileKind::directory;
}

// Where a name is looked for: the environment's directory goes before the caller's.
template <typename Character> Status directory_for_names(const Character* directory, char (&full)[file::kPathRoom]) {
  char bytes[file::kPathRoom];
  const char* variable = host::environment("TMP");
  if (variable != nullptr && file::to_path(variable, bytes) == Status::ok && is_directory(bytes, full)) {
    return Status::ok;
  }
  if (directory == nullptr) {
    return host::current_directory(full, sizeof full);
  }
  Status status = file::to_path(directory, bytes);
  return status == Status::ok && !is_directory(bytes, full) ? Status::object_path_not_found : status;
}

template <typename Character>
Character* free_name(Allocate allocate, const Character* directory, const Character* prefix) {
  char full[file::kPathRoom];
  char start[file::kPathRoom] = "";
  Status status = directory_for_names(directory, full);
  if (status == Status::ok && prefix != nullptr && *prefix != 0) {
    status = file::to_path(prefix, start);
  }
  if (status != Status::ok) {
    return fail(status);
  }
  bool has_slash = full[std::strlen(full) - 1] == '/';
  for (unsigned tried = 0; tried < kMostTried; ++tried) {
    char name[file::kPathRoom];
    constexpr std::size_t kRoomForNumbers = 32;
    if (std::strlen(full) + std::strlen(start) + kRoomForNumbers > sizeof name) {
      return fail(Status::name_too_long);
    }
    host::format_text(name, sizeof name, "%s%s%s%u%u", full, has_slash ? "" : "/", start, host::process_id(),
                      asked.fetch_add(1, std::memory_order_relaxed));
    host::FileStatus there{};
    Status found = host::file_status(name, there);
    if (found == Status::object_name_not_found) {
      return put<Character>(allocate, name, nullptr, 0);
    }
    if (found != Status::ok) {
      return fail(found);
    }
  }
  return fail(Status::object_name_collision);
}

} // namespace

extern "C" {

WINMEM_API char* winmem__fullpath_by(Allocate _Allocate, char* _Buffer, const char* _Path, std::size_t _BufferCount) {
  return full_path(_Allocate, _Buffer, _Path, _BufferCount);
}
WINMEM_API char* winmem__fullpath(char* buffer, const char* path, std::size_t room) {
  return full_path(winmem_malloc, buffer, path, room);
}

WINMEM_API char16_t* winmem__wfullpath_by(Allocate allocate, char16_t* buffer, const char16_t* path, std::size_t room) {
  return full_path(allocate, buffer, path, room);
}
WINMEM_API char16_t* winmem__wfullpath(char16_t* buffer, const char16_t* path, std::size_t room) {
  return full_path(winmem_malloc, buffer, path, room);
}
WINMEM_API char32_t* winmem__wfullpath_by_utf32(Allocate allocate, char32_t* buffer, const char32_t* path,
                                                std::size_t room) {
  return full_path(allocate, buffer, path, room);
}
WINMEM_API char32_t* winmem__wfullpath_utf32(char32_t* buffer, const char32_t* path, std::size_t room) {
  return full_path(winmem_malloc, buffer, path, room);
}

WINMEM_API char* winmem__getcwd_by(Allocate allocate, char* buffer, int room) {
  return current_directory(allocate, buffer, room);
}
WINMEM_API char* winmem__getcwd(char* buffer, int room) { return current_directory(winmem_malloc, buffer, room); }

WINMEM_API char16_t* winmem__wgetcwd_by(Allocate allocate, char16_t* buffer, int room) {
  return current_directory(allocate, buffer, room);
}
WINMEM_API char16_t* winmem__wgetcwd(char16_t* buffer, int room) {
  return current_directory(winmem_malloc, buffer, room);
}
WINMEM_API char32_t* winmem__wgetcwd_by_utf32(Allocate allocate, char32_t* buffer, int room) {
  return current_directory(allocate, buffer, room);
}
WINMEM_API char32_t* winmem__wgetcwd_utf32(char32_t* buffer, int room) {
  return current_directory(winmem_malloc, buffer, room);
}

WINMEM_API char* winmem__tempnam_by(Allocate _Allocate, const char* _DirectoryName, const char* _FilePrefix) {
  return free_name(_Allocate, _DirectoryName, _FilePrefix);
}
WINMEM_API char* winmem__tempnam(const char* directory, const char* prefix) {
  return free_name(winmem_malloc, directory, prefix);
}

WINMEM_API char16_t* winmem__wtempnam_by(Allocate allocate, const char16_t* directory, const char16_t* prefix) {
  return free_name(allocate, directory, prefix);
}
WINMEM_API char16_t* winmem__wtempnam(const char16_t* directory, const char16_t* prefix) {
  return free_name(winmem_malloc, directory, prefix);
}
WINMEM_API char32_t* winmem__wtempnam_by_utf32(Allocate allocate, const char32_t* directory, const char32_t* prefix) {
  return free_name(allocate, directory, prefix);
}
WINMEM_API char32_t* winmem__wtempnam_utf32(const char32_t* directory, const char32_t* prefix) {
  return free_name(winmem_malloc, directory, prefix);
}

} // extern "C"
