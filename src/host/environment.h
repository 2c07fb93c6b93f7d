// What the process was started with: WINMEM_... variables and the limit of its address space.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// The variable's text, or nullptr. Always nullptr in set-user-id programs. Works before constructors run.
const char* environment(const char* name);

// Eight bytes that the kernel chose for this program at its start, never zero.
std::uint64_t process_secret();

// "1G", "512M", "65536"; 0 for what is no size, all ones for what is too large.
Bytes parse_size(const char* text);

// Bytes that RLIMIT_AS leaves, counting nothing as used; all ones when there is no limit.
Bytes address_space_left();

} // namespace winmem::host
