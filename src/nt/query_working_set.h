// NtQueryVirtualMemory's classes 1 and 4: which pages are in physical memory, of all or of chosen ones, and what they
// are (Y55, V116).
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

// `buffer` is an array of MEMORY_WORKING_SET_EX_INFORMATION: addresses in, attributes out. A last entry that is cut off
// by `length` stays as it is. *returned (may be NULL) gets the bytes of the others.
Status query_working_set(HANDLE process, void* buffer, Bytes length, SIZE_T* returned);

// `buffer` is a number, and behind it an entry (MEMORY_WORKING_SET_BLOCK) for each page that is there: the number is
// how many there are, and those are written that fit. *returned (may be NULL) gets the bytes that all take.
// info_length_mismatch: not all fit, or not even the number.
Status list_working_set(HANDLE process, void* buffer, Bytes length, SIZE_T* returned);

} // namespace winmem::nt
