#include "file_errors.h"

#include "syscall.h"

#include <cerrno>

namespace winmem::host {

namespace {

struct Meaning {
  int error;
  Status status;
};

constexpr Meaning kMeanings[] = {
    {ENOENT, Status::object_name_not_found},
    {ENOTDIR, Status::object_path_not_found},
    {EEXIST, Status::object_name_collision},
    {EACCES, Status::access_denied},
    {EPERM, Status::access_denied},
    {EISDIR, Status::file_is_a_directory},
    {EROFS, Status::media_write_protected},
    {ETXTBSY, Status::sharing_violation},
    {EBUSY, Status::sharing_violation},
    {ENAMETOOLONG, Status::name_too_long},
    {ELOOP, Status::object_path_not_found},
    {EMFILE, Status::insufficient_resources},
    {ENFILE, Status::insufficient_resources},
    {ENOMEM, Status::no_memory},
    {ENOSPC, Status::disk_full},
    {EDQUOT, Status::disk_full},
    {EFBIG, Status::disk_full},
    {EFAULT, Status::access_violation},
    {EINVAL, Status::invalid_parameter},
    {ESPIPE, Status::invalid_device_request},
    {EAGAIN, Status::file_lock_conflict},
    {ENXIO, Status::object_name_not_found},
    {ENODEV, Status::object_name_not_found},
    {EOPNOTSUPP, Status::invalid_device_request},
    {ENOSYS, Status::invalid_device_request},
    {EBADF, Status::access_denied},
    {ENOLCK, Status::invalid_device_request},
};

} // namespace

Status file_status_of(long answer) {
  if (answer >= 0) {
    return Status::ok;
  }
  for (const Meaning& row : kMeanings) {
    if (answer == -row.error) {
      return row.status;
    }
  }
  return Status::io_device_error;
}

} // namespace winmem::host
