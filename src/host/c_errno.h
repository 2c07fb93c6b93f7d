// libc's errno, for the rooms that have functions of C's library.
#pragma once

namespace winmem::host {

enum class CError : unsigned char { no_memory, invalid_argument, not_supported }; // ENOMEM, EINVAL, ENOSYS

void set_errno(CError error);

// The number itself, for functions that return it.
int number_of(CError error);

} // namespace winmem::host
