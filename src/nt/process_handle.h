// Which process a call is about: the one place where a process handle is judged.
#pragma once

#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

namespace detail {
Status check_real_process(HANDLE process, ACCESS_MASK access);
Status check_real_process_query(HANDLE process, ACCESS_MASK access);
} // namespace detail

// Ok if it is this process, by the pseudo handle or by a real one that grants `access` (PROCESS_...). Other processes
// are not reached yet: invalid_handle, as for what is no handle or no process's.
inline Status check_process(HANDLE process, ACCESS_MASK access) {
  bool is_pseudo = process == reinterpret_cast<HANDLE>(LONG_PTR{-1});
  return is_pseudo ? Status::ok : detail::check_real_process(process, access);
}

// The same for questions that either PROCESS_QUERY_INFORMATION or PROCESS_QUERY_LIMITED_INFORMATION allows, and all of
// `access` beside it.
inline Status check_process_query(HANDLE process, ACCESS_MASK access = 0) {
  bool is_pseudo = process == reinterpret_cast<HANDLE>(LONG_PTR{-1});
  return is_pseudo ? Status::ok : detail::check_real_process_query(process, access);
}

} // namespace winmem::nt
