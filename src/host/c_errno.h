// libc's errno, for the rooms that have functions of C's library.
#pragma once

namespace winmem::host {

// ENOMEM, EINVAL, ENOSYS, EBADF, EMFILE, ERANGE, ENOENT, EACCES, ENOSPC, EIO
enum class CError : unsigned char {
  no_memory,
  invalid_argument,
  not_supported,
  bad_descriptor,
  no_descriptors,
  no_room,
  not_found,
  no_access,
  disk_full,
  io_error
};

void set_errno(CError error);

// Where this thread's errno is.
int* errno_place();

// The number itself, for functions that return it.
int number_of(CError error);

} // namespace winmem::host
