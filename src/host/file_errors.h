// errno, as calls on files answer it, becomes a Status.
#pragma once

#include "../base/status.h"

namespace winmem::host {

// `answer` is a system call's. io_device_error for what no row knows.
Status file_status_of(long answer);

} // namespace winmem::host
