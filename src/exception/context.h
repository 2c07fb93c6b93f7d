// A thread's registers as Windows lays them out, and as Linux does.
#pragma once

#include "../host/faults.h"

#include <winnt.h>

namespace winmem::exception {

// All that Linux knows of the interrupted code. The debug registers read as zero: they belong to debuggers.
void from_signal(const ucontext_t& from, CONTEXT& to);

// What ContextFlags names goes back, for the return from the signal. Registers that a CONTEXT has no place for (the
// upper halves of vector registers, for one) stay as they were.
void to_signal(const CONTEXT& from, ucontext_t& to);

// The registers of the caller, as after the return from this call; returns a second time when they are restored.
[[gnu::returns_twice]] void capture(CONTEXT& to);

// Goes on where `context` says. Needs 72 writable bytes below the red zone of its stack.
[[noreturn]] void restore(const CONTEXT& context);

} // namespace winmem::exception
