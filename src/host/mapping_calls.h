// What the calls on mappings say and are told, whatever is mapped.
#pragma once

#include "memory.h"

#include <cerrno>
#include <sys/mman.h>

namespace winmem::host {

inline bool is_error(long result) { return result < 0 && result > -4096; }

inline Kernel to_kernel(long result) {
  switch (result) {
  case 0:
    return Kernel::ok;
  case -ENOMEM:
  case -EAGAIN: // locked memory, by mlockall; or some pages could not be read in
    return Kernel::no_memory;
  case -EEXIST:
    return Kernel::in_use;
  case -ENODEV:
    return Kernel::no_device;
  default:
    return Kernel::refused;
  }
}

inline int protection_bits(Access access) {
  switch (access) {
  case Access::none:
    return PROT_NONE;
  case Access::read:
    return PROT_READ;
  case Access::read_write:
    return PROT_READ | PROT_WRITE;
  case Access::read_execute:
    return PROT_READ | PROT_EXEC;
  case Access::read_write_execute:
    return PROT_READ | PROT_WRITE | PROT_EXEC;
  }
  __builtin_unreachable();
}

} // namespace winmem::host
