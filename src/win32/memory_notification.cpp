// CreateMemoryResourceNotification, QueryMemoryResourceNotification (rules Y60 to Y63).
#include "../nt/memory_notification.h"
#include "../nt/user_memory.h"
#include "last_error.h"

using namespace winmem;
using win32::fail;

HANDLE WINAPI CreateMemoryResourceNotification(MEMORY_RESOURCE_NOTIFICATION_TYPE NotificationType) {
  HANDLE handle = nullptr;
  Status status = nt::create_memory_notification(NotificationType, handle);
  if (status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return handle;
}

BOOL WINAPI QueryMemoryResourceNotification(HANDLE ResourceNotificationHandle, PBOOL ResourceState) {
  if (ResourceNotificationHandle == nullptr || ResourceState == nullptr) {
    return fail(Status::invalid_parameter); // Y62
  }
  bool is_signalled = false;
  Status status = nt::query_memory_notification(ResourceNotificationHandle, is_signalled);
  if (status != Status::ok) {
    return fail(status);
  }
  return nt::write_to_user(ResourceState, BOOL{is_signalled ? TRUE : FALSE}) ? TRUE : fail(Status::access_violation);
}
