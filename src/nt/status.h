// NTSTATUS becomes a Win32 error: the one table, and the rules around it.
//
// Used:      by win32, which sets the last error, and by RtlNtStatusToDosError (rules Y112 and section 1 of the virtual
//            memory rules).
#pragma once

#include "../base/status.h"

#include <cstdint>

namespace winmem::nt {

// ERROR_MR_MID_NOT_FOUND, for a status that has no error of its own.
inline constexpr std::uint32_t kNoError = 317;

std::uint32_t win32_error(std::uint32_t status);

inline std::uint32_t win32_error(Status status) { return win32_error(static_cast<std::uint32_t>(status)); }

namespace detail {
extern thread_local constinit std::uint32_t last_status;
} // namespace detail

// What RtlGetLastNtStatus tells: the status that this thread last turned into an error (Y111).
inline void note_status(std::uint32_t status) { detail::last_status = status; }

} // namespace winmem::nt
