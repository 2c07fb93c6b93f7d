// Which of the kernel's newer mechanisms may be used: all, except those named in WINMEM_DISABLE.
//
//     WINMEM_DISABLE=procmap,guard      names from the table in features.cpp, comma separated; `old` means all of them
//
// Used:      by whoever owns a mechanism, before it tries it; the fallbacks are tested this way on new kernels.
// State:     read once from the environment; constant-initialised, no lock, may be asked in a signal handler.
// Surprise:  set-user-id programs ignore the variable: it comes from whoever started them.
#pragma once

#include <cstdint>

namespace winmem::host {

enum class Feature : std::uint8_t {
  guard,      // MADV_GUARD_INSTALL, Linux 6.13
  procmap,    // PROCMAP_QUERY, Linux 6.11
  wpasync,    // userfaultfd's asynchronous write protection with PAGEMAP_SCAN, Linux 6.7
  uffd,       // userfaultfd at all
  membarrier, // MEMBARRIER_CMD_PRIVATE_EXPEDITED, Linux 4.14
  populate,   // MADV_POPULATE_WRITE, Linux 5.14
  waitv,      // futex_waitv, Linux 5.16
  proc,       // /proc, as in a bare chroot; not part of `old`
};

bool disabled(Feature feature);

// The bits of WINMEM_DISABLE's text, one for each Feature; names that are unknown count for nothing.
std::uint32_t parse_disabled(const char* text);

} // namespace winmem::host
