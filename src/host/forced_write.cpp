#include "forced_write.h"

#include "features.h"
#include "syscall.h"

#include <fcntl.h>

namespace winmem::host {

Bytes forced_write(Address at, const void* from, Bytes size) {
  if (disabled(Feature::proc)) {
    return 0;
  }
  long file = system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/mem"), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  Bytes done = 0;
  while (done < size) {
    long written = system_call(SYS_pwrite64, file, as_argument(from) + static_cast<long>(done),
                               static_cast<long>(size - done), static_cast<long>(at + done));
    if (written <= 0) {
      break;
    }
    done += static_cast<Bytes>(written);
  }
  system_call(SYS_close, file);
  return done;
}

} // namespace winmem::host
