#include "absent_pages.h"

#include "features.h"
#include "file.h"
#include "high_file.h"
#include "syscall.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

namespace winmem::host {

namespace {

constinit std::atomic<int> watcher{-1};

long ask(int file, unsigned long request, void* argument) {
  return system_call(SYS_ioctl, file, static_cast<long>(request), as_argument(argument));
}

// For faults of the program's own instructions alone, as everybody may have it (K50).
int open_watcher() {
  long file = system_call(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
  if (file < 0) {
    return -1;
  }
  uffdio_api api{};
  api.api = UFFD_API;
  api.features = UFFD_FEATURE_SIGBUS;
  if (ask(static_cast<int>(file), UFFDIO_API, &api) != 0) {
    system_call(SYS_close, file);
    return -1;
  }
  return move_high(static_cast<int>(file));
}

// The descriptor, opened by the first who needs it.
int get_watcher() {
  int file = watcher.load(std::memory_order_acquire);
  if (file >= 0) {
    return file;
  }
  int opened = open_watcher();
  if (opened < 0) {
    return -1;
  }
  if (watcher.compare_exchange_strong(file, opened, std::memory_order_acq_rel)) {
    return opened;
  }
  close_file(opened); // another thread was faster
  return file;
}

} // namespace

bool watch_absent_pages(AddressRange range) {
  if (disabled(Feature::uffd)) {
    return false;
  }
  int file = get_watcher();
  uffdio_register wanted{};
  wanted.range = {range.begin, range.size()};
  wanted.mode = UFFDIO_REGISTER_MODE_MISSING;
  return file >= 0 && ask(file, UFFDIO_REGISTER, &wanted) == 0;
}

void forget_watches_in_child() {
  int file = watcher.exchange(-1, std::memory_order_acq_rel);
  // The program may have closed it, and the number be something else by now: a userfaultfd in use refuses this so.
  uffdio_api api{};
  api.api = UFFD_API;
  if (file >= 0 && ask(file, UFFDIO_API, &api) == -EINVAL) {
    close_file(file);
  }
}

} // namespace winmem::host
