// Filters of running winmem_try calls: what stands on Windows in frames of the stack.
#pragma once

#include "exception.h"

namespace winmem::exception {

enum class FilterAnswer : std::uint8_t { go_on, nobody };

// Asks the calling thread's filters, innermost first. One that takes the exception unwinds to its winmem_try, and the
// call does not return. `stack` is the interrupted code's: calls below it were left by longjmp and are forgotten.
FilterAnswer ask_filters(EXCEPTION_POINTERS& info, Address stack);

bool has_filters();

} // namespace winmem::exception
