#include "c_errno.h"

#include <cerrno>

namespace winmem::host {

int number_of(CError error) {
  switch (error) {
  case CError::no_memory:
    return ENOMEM;
  case CError::invalid_argument:
    return EINVAL;
  case CError::not_supported:
    return ENOSYS;
  case CError::bad_descriptor:
    return EBADF;
  case CError::no_descriptors:
    return EMFILE;
  case CError::no_room:
    return ERANGE;
  case CError::not_found:
    return ENOENT;
  case CError::no_access:
    return EACCES;
  case CError::disk_full:
    return ENOSPC;
  case CError::io_error:
    return EIO;
  }
  return EINVAL;
}

int* errno_place() { return &errno; }

void set_errno(CError error) { errno = number_of(error); }

} // namespace winmem::host
