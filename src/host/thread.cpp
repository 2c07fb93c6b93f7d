#include "thread.h"

#include "syscall.h"

namespace winmem::host {

void yield() { system_call(SYS_sched_yield); }

} // namespace winmem::host
