// Whether a program may touch what a pointer points to, as the IsBad...Ptr calls ask: found out without touching it
// where winmem's books tell, else by the kernel. As a touch would, a test takes the guard off a guard page (V64).
#pragma once

#include "../vm/vm.h"

namespace winmem::nt {

// Every page with a byte of [at, at + size), in order, up to the first that is bad. Size 0 is fine anywhere (C35).
bool is_bad_to_read(Address at, Bytes size);
bool is_bad_to_write(Address at, Bytes size);

// The characters from `at` on, `width` bytes each, up to the first that is zero, and at most `most` of them.
bool is_bad_string(Address at, Bytes most, unsigned width);

} // namespace winmem::nt
