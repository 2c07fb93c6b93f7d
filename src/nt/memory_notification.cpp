#include "memory_notification.h"

#include "../sync/memory_notification.h"
#include "../sync/objects.h"
#include "handles.h"

namespace winmem::nt {

Status create_memory_notification(MEMORY_RESOURCE_NOTIFICATION_TYPE type, HANDLE& out) {
  if (type != LowMemoryResourceNotification && type != HighMemoryResourceNotification) {
    return Status::invalid_parameter;
  }
  auto made = sync::make_memory_notification(type == LowMemoryResourceNotification ? sync::MemoryLevel::low
                                                                                   : sync::MemoryLevel::high);
  if (!made) {
    return Status::no_memory;
  }
  object::Handle handle = 0;
  Status status = object::open(made, sync::kQueryNotification | sync::kSynchronize, object::Flags::none, handle);
  out = reinterpret_cast<HANDLE>(handle);
  return status;
}

Status query_memory_notification(HANDLE notification, bool& is_signalled) {
  object::Ref<sync::MemoryNotification> found;
  Status status =
      object::reference(to_handle(notification), sync::kMemoryNotificationType, sync::kQueryNotification, found);
  if (status == Status::ok) {
    is_signalled = sync::is_signalled(*found);
  }
  return status;
}

} // namespace winmem::nt
