#include "high_file.h"

#include "syscall.h"

#include <cstdint>
#include <fcntl.h>
#include <sys/resource.h>

namespace winmem::host {

int move_high(int file) {
  constexpr int kHighNumber = 1024;
  long high = system_call(SYS_fcntl, file, F_DUPFD_CLOEXEC, kHighNumber);
  if (high < 0) {
    struct rlimit64 limit {};
    constexpr std::uint64_t kRoom = 32;
    if (system_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, as_argument(&limit)) == 0 && limit.rlim_cur > 2 * kRoom) {
      high = system_call(SYS_fcntl, file, F_DUPFD_CLOEXEC, static_cast<long>(limit.rlim_cur - kRoom));
    }
  }
  if (high < 0) {
    return file;
  }
  system_call(SYS_close, file);
  return static_cast<int>(high);
}

} // namespace winmem::host
