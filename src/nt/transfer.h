// Copying between places of which either may be bad: what ReadProcessMemory and WriteProcessMemory are about.
#pragma once

#include "../base/status.h"
#include "../vm/vm.h"

#include <winnt.h>

namespace winmem::nt {

// `done`: how many bytes were copied, also where the status is partial_copy; it goes to the caller on any outcome.
struct Transfer {
  Status status = Status::ok;
  Bytes done = 0;
};

// V120 to V122, C31. partial_copy: a side ends early; access_violation: it is not in user space.
Transfer read_memory(HANDLE process, Address from, Address to, Bytes size);

// V123, C31, C32. The protection of what is written to holds.
Transfer write_memory(HANDLE process, Address to, Address from, Bytes size);

// The same, but that private pages which may be executed can be written. access_violation where nothing was, as the
// first page cannot be written.
Transfer write_memory_and_code(HANDLE process, Address to, Address from, Bytes size);

} // namespace winmem::nt
