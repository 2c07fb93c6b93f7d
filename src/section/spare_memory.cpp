#include "spare_memory.h"

#include "../host/file.h"
#include "../host/section_memory.h"
#include "../vm/fork_gate.h"

#include <atomic>

namespace winmem::section::spare_memory {

namespace {

// A file and the number of forks before it was left; 0: none.
using Place = std::atomic<std::uint64_t>;
constinit Place places[kMost] = {};

std::uint64_t entry_of(int file, std::uint32_t forks) {
  return std::uint64_t{forks} << 32 | static_cast<std::uint32_t>(file + 1);
}
int file_of(std::uint64_t entry) { return static_cast<int>(entry & 0xFFFFFFFF) - 1; }
std::uint32_t forks_of(std::uint64_t entry) { return static_cast<std::uint32_t>(entry >> 32); }

} // namespace

int take(Bytes size) {
  for (Place& place : places) {
    if (place.load(std::memory_order_relaxed) == 0) {
      continue;
    }
    std::uint64_t entry = place.exchange(0, std::memory_order_acquire);
    if (entry == 0) {
      continue;
    }
    int file = file_of(entry);
    if (forks_of(entry) == vm::forks() && host::resize_file(file, size) == host::Kernel::ok) {
      return file;
    }
    host::close_file(file);
  }
  return host::make_memory_file(size);
}

void give(int file, std::uint32_t alone_since) {
  if (alone_since == vm::forks() && host::resize_file(file, 0) == host::Kernel::ok) {
    for (Place& place : places) {
      std::uint64_t empty = 0;
      if (place.compare_exchange_strong(empty, entry_of(file, alone_since), std::memory_order_release,
                                        std::memory_order_relaxed)) {
        return;
      }
    }
  }
  host::close_file(file);
}

} // namespace winmem::section::spare_memory
