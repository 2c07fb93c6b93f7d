// What the processor does not say about a fault, read from the instruction that faulted.
//
// Windows' kernel does the same: Linux reports every general protection fault alike, and every #DE as a division by
// zero. Only the first bytes of the instruction are read, which can be: the processor just did.
#pragma once

#include <winnt.h>

namespace winmem::exception {

// An instruction that only the kernel may execute (hlt, cli, in, wrmsr ...).
bool is_privileged(const void* instruction);

// Whether the division at context.Rip has zero as its divisor. Also true when the operand cannot be told.
bool divides_by_zero(const CONTEXT& context);

} // namespace winmem::exception
