// Writing to pages of this process that are mapped, whatever their protection.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// Writes through /proc/self/mem, which asks no page's protection and changes none; returns how many bytes. `from` may
// be bad, which ends it. 0 where /proc is not there, and where the kernel was told to refuse.
//
// Inaccessible pages are written as well, so the caller knows what the pages are and keeps them so.
Bytes forced_write(Address at, const void* from, Bytes size);

} // namespace winmem::host
