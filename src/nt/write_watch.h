// Which pages of watched memory were written, with Windows' arguments (V70 to V76, C30).
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

// `*count`: room in `addresses`, then how many there are. The pointers may be bad.
Status get_write_watch(HANDLE process, ULONG flags, Address base, Bytes size, PVOID* addresses, ULONG_PTR* count,
                       ULONG* granularity);

Status reset_write_watch(HANDLE process, Address base, Bytes size);

} // namespace winmem::nt
