// NtQueryVirtualMemory's class 4: which of many pages are in physical memory, and what they are (V116).
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

// `buffer` is an array of MEMORY_WORKING_SET_EX_INFORMATION: addresses in, attributes out. A last entry that is cut off
// by `length` stays as it is. *returned (may be NULL) gets the bytes of the others.
Status query_working_set(HANDLE process, void* buffer, Bytes length, SIZE_T* returned);

} // namespace winmem::nt
