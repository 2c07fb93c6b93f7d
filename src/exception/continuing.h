// What a filter may not do: continue an exception that forbids it.
#pragma once

#include <winnt.h>

namespace winmem::exception {

// Raises STATUS_NONCONTINUABLE_EXCEPTION, with the exception in question linked to it, if `info` is one that forbids to
// continue. Returns otherwise.
void refuse_noncontinuable(const EXCEPTION_POINTERS& info);

} // namespace winmem::exception
