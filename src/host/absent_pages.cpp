#include "absent_pages.h"

#include "features.h"
#include "file.h"
#include "userfault_file.h"

#include <atomic>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

namespace winmem::host {

namespace {

constinit std::atomic<int> watcher{-1};

// The descriptor, opened by the first who needs it.
int get_watcher() {
  int file = watcher.load(std::memory_order_acquire);
  if (file >= 0) {
    return file;
  }
  int opened = open_userfault(UFFD_FEATURE_SIGBUS);
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
  return file >= 0 && ask_userfault(file, UFFDIO_REGISTER, &wanted) == 0;
}

void forget_watches_in_child() {
  int file = watcher.exchange(-1, std::memory_order_acq_rel);
  if (file >= 0 && is_userfault(file)) {
    close_file(file);
  }
}

} // namespace winmem::host
