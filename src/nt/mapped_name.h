// Which file is mapped at an address (V114's class 2).
#pragma once

#include "../base/address.h"
#include "../base/status.h"
#include "../file/path.h"

#include <winnt.h>

namespace winmem::nt {

// The file's path on Linux. invalid_address: no section is mapped there; file_invalid: it is of the page file, or has
// no name.
Status mapped_name(HANDLE process, Address at, char (&path)[file::kPathRoom]);

// Writes a UNICODE_STRING and, behind it, its text; how much that is or would be goes to *returned (may be NULL).
// buffer_overflow: the text does not fit, and nothing is written.
Status query_mapped_name(HANDLE process, Address at, void* buffer, Bytes length, SIZE_T* returned);

} // namespace winmem::nt
