#include "memory_notification.h"

#include "../host/machine_memory.h"
#include "objects.h"

namespace winmem::sync {

namespace {

constinit object::Cells cells(sizeof(MemoryNotification));

void end(object::Object& object) { cells.give(&object); }

constexpr object::AccessMask kReadControl = 0x20000;

} // namespace

// On Windows they are events, which nobody else can set.
constinit const object::Type kMemoryNotificationType = {
    .name = "Event",
    .rights = {.read = kReadControl | kQueryNotification,
               .write = kReadControl,
               .execute = kReadControl | kSynchronize,
               .all = object::kStandardRights | kQueryNotification},
    .end = end,
};

MemoryNotification::MemoryNotification(MemoryLevel its_level) : Object(kMemoryNotificationType), level(its_level) {}

object::Ref<MemoryNotification> make_memory_notification(MemoryLevel level) {
  return object::make<MemoryNotification>(cells, level);
}

bool is_signalled(const MemoryNotification& notification) {
  host::MemoryFigures figures = host::memory_figures();
  return figures.physical != 0 && is_at(notification.level, figures.physical, figures.available);
}

} // namespace winmem::sync
