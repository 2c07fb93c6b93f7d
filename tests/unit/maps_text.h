// /proc/self/maps as the C library reads it: what the tests compare with.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

struct MapsLine {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string access; // "rw-p"
  unsigned long offset = 0;
  unsigned major = 0;
  unsigned minor = 0;
  unsigned long inode = 0;
  std::string name;

  bool operator==(const MapsLine&) const = default;
};

inline std::vector<MapsLine> read_maps() {
  std::vector<MapsLine> lines;
  std::FILE* file = std::fopen("/proc/self/maps", "re");
  char* text = nullptr;
  std::size_t room = 0;
  while (file != nullptr && getline(&text, &room, file) > 0) {
    MapsLine line;
    char access[5] = {};
    int name = 0;
    if (std::sscanf(text, "%lx-%lx %4s %lx %x:%x %lu %n", &line.begin, &line.end, access, &line.offset, &line.major,
                    &line.minor, &line.inode, &name) < 7) {
      break;
    }
    line.access = access;
    line.name = text + name;
    while (!line.name.empty() && line.name.back() == '\n') {
      line.name.pop_back();
    }
    if (line.begin >> 63 == 0) { // not [vsyscall], in the kernel's half
      lines.push_back(line);
    }
  }
  std::free(text);
  if (file != nullptr) {
    std::fclose(file);
  }
  return lines;
}

// The line that covers the address; an empty one if none does.
inline MapsLine maps_line_at(const void* address) {
  auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const MapsLine& line : read_maps()) {
    if (at >= line.begin && at < line.end) {
      return line;
    }
  }
  return {};
}
