#include "machine_census.h"

#include "directory_count.h"
#include "features.h"
#include "syscall.h"
#include "text_file.h"

#include <sys/sysinfo.h>

namespace winmem::host {

namespace {

// "0.29 0.51 0.36 1/143 1180": of 143 threads one is running.
bool read_threads(std::uint64_t& threads) {
  TextFile file("/proc/loadavg");
  const char* line = file.next_line();
  while (line != nullptr && *line != 0 && *line != '/') {
    ++line;
  }
  return line != nullptr && *line == '/' && parse_number(line + 1, threads);
}

// In hexadecimal without a prefix, as sysfs writes it.
bool read_block_size(std::uint64_t& size) {
  TextFile file("/sys/devices/system/memory/block_size_bytes");
  const char* line = file.next_line();
  if (line == nullptr) {
    return false;
  }
  size = 0;
  for (; *line != 0; ++line) {
    char c = *line;
    unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a') + 10
                                            : 16;
    if (digit == 16) {
      return false;
    }
    size = size * 16 + digit;
  }
  return true;
}

} // namespace

Census census() {
  Census all;
  struct sysinfo info {};
  if (system_call(SYS_sysinfo, as_argument(&info)) == 0) {
    all.threads = info.procs; // 16 bits of it
  }
  if (!disabled(Feature::proc)) {
    std::uint64_t processes = count_numbered("/proc", "");
    all.processes = processes != 0 ? processes : 1;
    read_threads(all.threads);
    if (!read_number("/proc/sys/fs/file-nr", all.open_files)) {
      all.open_files = 0;
    }
  }
  all.threads = all.threads > all.processes ? all.threads : all.processes;
  return all;
}

Bytes installed_memory() {
  std::uint64_t block = 0;
  return read_block_size(block) ? block * count_numbered("/sys/devices/system/memory", "memory") : 0;
}

} // namespace winmem::host
