#include "high_file.h"

#include "syscall.h"

#include <cstdint>
#include <fcntl.h>
#include <sys/resource.h>

namespace winmem::host {

namespace {

constexpr int kHighNumber = 1025; // above what select() can hold; 1024 is for what exec hands on

long duplicate_from(int file, long number) { return system_call(SYS_fcntl, file, F_DUPFD_CLOEXEC, number); }

// From kHighNumber on that was not to be had.
long duplicate_near_limit(int file) {
  struct rlimit64 limit {};
  constexpr std::uint64_t kRoom = 32;
  if (system_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, as_argument(&limit)) != 0 || limit.rlim_cur <= 2 * kRoom) {
    return -EINVAL;
  }
  return duplicate_from(file, static_cast<long>(limit.rlim_cur - kRoom));
}

int replace(int file, long high) {
  if (high < 0) {
    return file;
  }
  system_call(SYS_close, file);
  return static_cast<int>(high);
}

} // namespace

bool raise_descriptor_limit() {
  struct rlimit64 limit {};
  if (system_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, as_argument(&limit)) != 0 || limit.rlim_cur >= limit.rlim_max) {
    return false;
  }
  std::uint64_t more = limit.rlim_cur < 2 * kHighNumber ? 4 * kHighNumber : 2 * limit.rlim_cur;
  limit.rlim_cur = more < limit.rlim_max ? more : limit.rlim_max;
  return system_call(SYS_prlimit64, 0, RLIMIT_NOFILE, as_argument(&limit), 0) == 0;
}

int move_high_or_raise(int file) {
  long high = duplicate_from(file, kHighNumber);
  while ((high == -EMFILE || high == -EINVAL) && raise_descriptor_limit()) {
    high = duplicate_from(file, kHighNumber);
  }
  return replace(file, high == -EINVAL ? duplicate_near_limit(file) : high);
}

int move_high(int file) {
  long high = duplicate_from(file, kHighNumber);
  return replace(file, high < 0 ? duplicate_near_limit(file) : high);
}

} // namespace winmem::host
