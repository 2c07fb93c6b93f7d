// Notifications of low and high memory: legality (Y60 to Y63).
#pragma once

#include "../base/status.h"

#include <memoryapi.h>

namespace winmem::nt {

// invalid_parameter: another type; else no_memory, insufficient_resources.
Status create_memory_notification(MEMORY_RESOURCE_NOTIFICATION_TYPE type, HANDLE& out);
Status query_memory_notification(HANDLE notification, bool& is_signalled);

} // namespace winmem::nt
