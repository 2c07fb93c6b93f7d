// Reads /proc/self/maps. The text is read into one buffer first, so that the list holds what was there at one moment,
// as nearly as the kernel gives it.
#include "linux_process_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace apitest {

std::vector<KernelMapping> kernel_mappings() {
  static char text[8 << 20];
  const int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::size_t length = 0;
  for (ssize_t got = 1; got > 0 && length + 1 < sizeof text; length += static_cast<std::size_t>(got)) {
    got = read(file, text + length, sizeof text - 1 - length);
    if (got < 0) {
      std::perror("/proc/self/maps");
      std::abort();
    }
  }
  close(file);
  text[length] = '\0';

  std::vector<KernelMapping> mappings;
  for (char* line = text; *line != '\0';) {
    char* end = std::strchr(line, '\n');
    if (end == nullptr) {
      break;
    }
    *end = '\0';
    KernelMapping mapping;
    char* rest = nullptr;
    mapping.start = std::strtoull(line, &rest, 16);
    mapping.end = std::strtoull(rest + 1, &rest, 16);
    mapping.readable = rest[1] == 'r';
    mapping.writable = rest[2] == 'w';
    mapping.executable = rest[3] == 'x';
    // permissions, offset, device, inode: the name follows the fourth
    rest += 1;
    for (int field = 0; field < 4; ++field) {
      rest += std::strcspn(rest, " ");
      rest += std::strspn(rest, " ");
    }
    mapping.name = rest;
    mappings.push_back(mapping);
    line = end + 1;
  }
  return mappings;
}

} // namespace apitest
