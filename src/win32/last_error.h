// The last error of the calling thread (rules Y110, Y111): 32 bits, 0 in a new thread, set on failure only.
//
// Used:      by the functions of win32, which turn an NTSTATUS into it, once, on their way out. Rooms below never see
//            it.
// Cost:      one store; thread-local in the initial-exec model, so there is nothing to call, allocate or initialise.
#pragma once

#include "../nt/status.h"

#include <windows.h>
#include <winternl.h>

namespace winmem::win32 {

namespace detail {
extern thread_local constinit DWORD last_error;
} // namespace detail

inline void set_last_error(DWORD error) { detail::last_error = error; }

// Notes why a call failed. `return fail(status);` ends a function that returns BOOL.
inline BOOL fail(Status status) {
  nt::note_status(static_cast<std::uint32_t>(status));
  set_last_error(nt::win32_error(status));
  return FALSE;
}

inline BOOL fail(NTSTATUS status) { return fail(static_cast<Status>(status)); }

} // namespace winmem::win32
