// The lists of vectored handlers, in the order in which they are asked.
//
// Owns:      one list for exceptions, one for continuing. Readers (dispatch) hold nothing while a handler runs: they
//            remember its place and ask for the next one, so handlers may be added and removed meanwhile, also by
//            themselves.
// Lock:      list_lock, for changes; taken inside a vm::Change, so that fork finds it free.
#pragma once

#include "exception.h"

#include <cstdint>

namespace winmem::exception {

using Place = std::int64_t;
inline constexpr Place kBeforeAll = INT64_MIN;

// The handler after `place`, which becomes its place; nullptr behind the last. Safe in a fault of this thread.
PVECTORED_EXCEPTION_HANDLER next_handler(Kind kind, Place& place);

bool has_handlers(Kind kind);

} // namespace winmem::exception
