// Locks of bytes in files with Windows' arguments.
#pragma once

#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

enum class LockKind : bool { shared, exclusive };
enum class IfTaken : bool { fail, wait };

// Any `first` and `size` whose end is at most 2^64; else invalid_lock_range. file_lock_conflict: it is taken.
// `event` is an OVERLAPPED's, or null (W48).
Status lock_file(HANDLE handle, ULONGLONG first, ULONGLONG size, LockKind kind, IfTaken if_taken, HANDLE event);

// range_not_locked: no lock of this file's has exactly that range.
Status unlock_file(HANDLE handle, ULONGLONG first, ULONGLONG size);

} // namespace winmem::nt
