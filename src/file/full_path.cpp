#include "full_path.h"

#include "../host/file_names.h"

#include <cstring>

namespace winmem::file {

namespace {

class FullPath {
public:
  explicit FullPath(char (&buffer)[kPathRoom]) : buffer_(buffer) {}

  // One part of a path, without slashes.
  void add(const char* part, std::size_t size) {
    if (size == 0 || (size == 1 && part[0] == '.')) {
      return;
    }
    if (size == 2 && part[0] == '.' && part[1] == '.') {
      while (length_ > 0 && buffer_[--length_] != '/') {
      }
      return;
    }
    if (length_ + 1 + size + 2 > kPathRoom) { // a slash may come, and the end
      fits_ = false;
      return;
    }
    buffer_[length_++] = '/';
    std::memcpy(buffer_ + length_, part, size);
    length_ += size;
  }

  void add_all(const char* path) {
    while (*path != 0) {
      std::size_t size = std::strcspn(path, "/");
      add(path, size);
      path += size;
      path += *path == '/' ? 1 : 0;
    }
  }

  Status finish(bool with_slash) {
    if (length_ == 0 || with_slash) {
      buffer_[length_++] = '/';
    }
    buffer_[length_] = 0;
    return fits_ ? Status::ok : Status::name_too_long;
  }

private:
  char (&buffer_)[kPathRoom];
  std::size_t length_ = 0;
  bool fits_ = true;
};

} // namespace

Status to_full_path(const char* path, char (&out)[kPathRoom]) {
  FullPath full(out);
  if (path[0] != '/') {
    char directory[kPathRoom];
    if (Status status = host::current_directory(directory, sizeof directory); status != Status::ok) {
      return status;
    }
    full.add_all(directory);
  }
  full.add_all(path);
  std::size_t length = std::strlen(path);
  return full.finish(length > 0 && path[length - 1] == '/');
}

} // namespace winmem::file
