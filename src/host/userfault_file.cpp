#include "userfault_file.h"

#include "high_file.h"
#include "syscall.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

namespace winmem::host {

int open_userfault(std::uint64_t features) {
  long file = system_call(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
  if (file < 0) {
    return -1;
  }
  uffdio_api api{};
  api.api = UFFD_API;
  api.features = features;
  if (ask_userfault(static_cast<int>(file), UFFDIO_API, &api) != 0) {
    system_call(SYS_close, file);
    return -1;
  }
  return move_high(static_cast<int>(file));
}

long ask_userfault(int file, unsigned long request, void* argument) {
  return system_call(SYS_ioctl, file, static_cast<long>(request), as_argument(argument));
}

bool is_userfault(int file) {
  uffdio_api api{};
  api.api = UFFD_API;
  return ask_userfault(file, UFFDIO_API, &api) == -EINVAL; // as one in use answers
}

} // namespace winmem::host
