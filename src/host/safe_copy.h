// Copies to and from addresses that a caller gave us, which may be anything. A bad one gives false, never a signal.
//
// The kernel does the copy, at half a microsecond. Cheaper ways are tried first by those who know better: memory of
// winmem's own by its tables (nt/user_memory.h), and the calling thread's stack by on_own_stack().
#pragma once

#include "../base/address.h"

namespace winmem::host {

[[nodiscard]] bool copy_to(Address to, const void* from, Bytes size);
[[nodiscard]] bool copy_from(void* to, Address from, Bytes size);

// Copies from the first byte on until one side ends, and returns how many bytes that were: a page that cannot be read
// or written ends it at its border.
Bytes copy_as_far(Address to, Address from, Bytes size);

// How many bytes of [at, at + size) can be read, up to the first page that cannot. One byte of each page is.
Bytes readable_bytes(Address at, Bytes size);

// Whether the byte can be written, which brings its page in. It keeps its value; on kernels without
// MADV_POPULATE_WRITE it is written with that, and what another thread writes between may be lost.
[[nodiscard]] bool can_write_byte(Address at);

// Whether [at, at + size) lies between this call's frame and the end of the thread's stack; so it can be touched.
// False also when that is not known.
bool on_own_stack(Address at, Bytes size);

// The calling thread's stack as far as it is mapped; empty when the caller runs on another one, or that is not known.
AddressRange own_stack_pages();

} // namespace winmem::host
