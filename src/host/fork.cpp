#include "fork.h"

#include <pthread.h>

namespace winmem::host {

void at_fork(void (*prepare)(), void (*parent)(), void (*child)()) {
  // Fails only for want of memory at program start. Then a child of a threaded parent may find a lock taken, as with
  // any library without handlers; there is nobody to tell.
  static_cast<void>(pthread_atfork(prepare, parent, child));
}

} // namespace winmem::host
