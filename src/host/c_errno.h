// libc's errno, for the rooms that have functions of C's library.
#pragma once

namespace winmem::host {

// ENOMEM, EINVAL, ENOSYS, EBADF, EMFILE
enum class CError : unsigned char { no_memory, invalid_argument, not_supported, bad_descriptor, no_descriptors };

void set_errno(CError error);

// The number itself, for functions that return it.
int number_of(CError error);

} // namespace winmem::host
