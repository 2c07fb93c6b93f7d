// NtQueryVirtualMemory's class 3: the whole allocation around an address (V115).
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

// Writes as much of the structure as `length` has room for, and how much that is to *returned (may be NULL). Checks
// both pointers. invalid_address: nothing is allocated there.
Status query_region(HANDLE process, Address at, void* buffer, Bytes length, SIZE_T* returned);

} // namespace winmem::nt
