// The process's mappings as the kernel tells them, for tests that compare VirtualQuery with the truth.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apitest {

struct KernelMapping {
  std::uintptr_t start = 0;
  std::uintptr_t end = 0;
  bool readable = false;
  bool writable = false;
  bool executable = false;
  std::string name; // the file, "[stack]" and the like, or empty
};

// /proc/self/maps, read before anything else is allocated, in order of addresses.
std::vector<KernelMapping> kernel_mappings();

} // namespace apitest
