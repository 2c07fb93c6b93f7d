#include "directory_count.h"

#include "syscall.h"
#include "text_file.h"

#include <cstddef>
#include <fcntl.h>

namespace winmem::host {

namespace {

// What the kernel writes, one behind the other.
struct Entry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

bool is_number(const char* text) {
  if (*text == 0) {
    return false;
  }
  for (; *text != 0; ++text) {
    if (*text < '0' || *text > '9') {
      return false;
    }
  }
  return true;
}

} // namespace

std::uint64_t count_numbered(const char* directory, const char* prefix) {
  long file = system_call(SYS_openat, AT_FDCWD, as_argument(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  std::uint64_t count = 0;
  alignas(Entry) char buffer[4096];
  for (;;) {
    long filled = system_call(SYS_getdents64, file, as_argument(buffer), sizeof buffer);
    if (filled <= 0) {
      break;
    }
    for (long at = 0; at < filled;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      const char* rest = nullptr;
      if (after_prefix(buffer + at + offsetof(Entry, name), prefix, rest) && is_number(rest)) {
        ++count;
      }
      at += entry->length;
    }
  }
  system_call(SYS_close, file);
  return count;
}

} // namespace winmem::host
