#include "descriptor_copies.h"

#include "high_file.h"
#include "syscall.h"

#include <fcntl.h>

namespace winmem::host {

namespace {

int copy(int file, long command) {
  long made = system_call(SYS_fcntl, file, command, 0);
  while (made == -EMFILE && raise_descriptor_limit()) {
    made = system_call(SYS_fcntl, file, command, 0);
  }
  return made < 0 ? -1 : static_cast<int>(made);
}

} // namespace

int copy_high(int file) {
  int made = copy(file, F_DUPFD_CLOEXEC);
  return made < 0 ? -1 : move_high_or_raise(made);
}

int copy_low(int file, Inherited inherited) {
  return copy(file, inherited == Inherited::yes ? F_DUPFD : F_DUPFD_CLOEXEC);
}

bool descriptor_access(int file, bool& reads, bool& writes) {
  long flags = system_call(SYS_fcntl, file, F_GETFL);
  if (flags < 0) {
    return false;
  }
  long access = flags & O_ACCMODE;
  reads = access == O_RDONLY || access == O_RDWR;
  writes = access == O_WRONLY || access == O_RDWR;
  return true;
}

} // namespace winmem::host
