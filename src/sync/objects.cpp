#include "objects.h"

#include "../host/own_process.h"
#include "../host/shared_word.h"
#include "bell.h"
#include "pool.h"

namespace winmem::sync {

namespace {

constinit object::Cells event_cells(sizeof(Waitable));
constinit object::Cells mutex_cells(sizeof(Waitable));
constinit object::Cells semaphore_cells(sizeof(Waitable));

void give_back(Waitable& waitable, object::Cells& cells) {
  give_slot(*waitable.slot, waitable.taken_at);
  cells.give(&waitable);
}

void end_event(object::Object& object) { give_back(static_cast<Waitable&>(object), event_cells); }
void end_semaphore(object::Object& object) { give_back(static_cast<Waitable&>(object), semaphore_cells); }

// A slot that another thread owns stays in that thread's list until the thread ends, so it is not used again.
void end_mutex(object::Object& object) {
  auto& mutex = static_cast<Waitable&>(object);
  std::uint32_t thread = host::thread_id();
  std::uint32_t owner = read(*mutex.slot).owner();
  if (owner == thread && !is_shared(mutex)) {
    mutex.slot->recursion = 1;
    static_cast<void>(release_mutex(*mutex.slot, thread));
    host::conclude();
    owner = 0;
  }
  if (owner == 0) {
    give_slot(*mutex.slot, mutex.taken_at);
  }
  mutex_cells.give(&mutex);
}

object::Ref<Waitable> make(object::Cells& cells, const object::Type& type, Kind kind, std::uint32_t value,
                           std::int32_t limit) {
  std::uint32_t forks = fork_count();
  Slot* slot = take_slot();
  if (slot == nullptr) {
    return {};
  }
  slot->kind = kind;
  slot->limit = limit;
  slot->state.store(to_word(value), std::memory_order_relaxed);
  auto made = object::make<Waitable>(cells, type, *slot, forks);
  if (!made) {
    give_slot(*slot, forks);
  }
  return made;
}

constexpr object::AccessMask kAll = object::kStandardRights;
constexpr object::AccessMask kQuery = 0x1;
constexpr object::AccessMask kReadControl = 0x20000;

} // namespace

constinit const object::Type kEventType = {
    .name = "Event",
    .rights = {.read = kReadControl | kQuery,
               .write = kReadControl | kModifyEvent,
               .execute = kReadControl | kSynchronize,
               .all = kAll | kQuery | kModifyEvent},
    .end = end_event,
};
constinit const object::Type kMutexType = {
    .name = "Mutant",
    .rights = {.read = kReadControl | kQuery,
               .write = kReadControl,
               .execute = kReadControl | kSynchronize,
               .all = kAll | kQuery},
    .end = end_mutex,
};
constinit const object::Type kSemaphoreType = {
    .name = "Semaphore",
    .rights = {.read = kReadControl | kQuery,
               .write = kReadControl | kModifySemaphore,
               .execute = kReadControl | kSynchronize,
               .all = kAll | kQuery | kModifySemaphore},
    .end = end_semaphore,
};

object::Ref<Waitable> make_event(bool stays_set, bool is_set) {
  return make(event_cells, kEventType, stays_set ? Kind::notification_event : Kind::synchronization_event,
              is_set ? 1 : 0, 0);
}

object::Ref<Waitable> make_mutex(bool is_owned) {
  object::Ref<Waitable> mutex = make(mutex_cells, kMutexType, Kind::mutex, 0, 0);
  if (mutex && is_owned) {
    static_cast<void>(try_take(*mutex->slot, host::thread_id()));
  }
  return mutex;
}

object::Ref<Waitable> make_semaphore(std::int32_t count, std::int32_t limit) {
  return make(semaphore_cells, kSemaphoreType, Kind::semaphore, static_cast<std::uint32_t>(count), limit);
}

bool is_shared(const Waitable& waitable) { return waitable.taken_at != fork_count(); }

bool has_name(const Waitable&) { return false; }

bool is_waitable_type(const object::Type& type) {
  return &type == &kEventType || &type == &kMutexType || &type == &kSemaphoreType;
}

void wake(const Waitable& waitable, std::uint32_t count) {
  Slot& slot = *waitable.slot;
  if (count == 0 || slot.sleepers.load(std::memory_order_seq_cst) == 0) {
    return;
  }
  host::wake(kernel_word(slot), is_shared(waitable) ? host::kAllSleepers : count);
  if (slot.crowd.load(std::memory_order_seq_cst) != 0) {
    ring_bell();
  }
}

std::int32_t set_event(Waitable& event) {
  Signalled done = set(*event.slot);
  wake(event, done.wakes);
  return static_cast<std::int32_t>(done.previous);
}

std::int32_t reset_event(Waitable& event) { return static_cast<std::int32_t>(reset(*event.slot)); }

void pulse_event(Waitable& event) {
  Slot& slot = *event.slot;
  reset(slot);
  bool frees_all = slot.kind == Kind::notification_event;
  slot.tokens.store(1, std::memory_order_relaxed);
  slot.pulses.fetch_add(1, std::memory_order_release);
  wake(event, frees_all ? host::kAllSleepers : 1);
}

Status release_mutex(Waitable& mutex, std::int32_t& previous) {
  Signalled done = release_mutex(*mutex.slot, host::thread_id());
  if (!done.changed) {
    return Status::mutant_not_owned;
  }
  wake(mutex, done.wakes);
  host::conclude(); // not before: should this thread die here, the kernel wakes somebody instead
  previous = static_cast<std::int32_t>(done.previous);
  return Status::ok;
}

Status release_semaphore(Waitable& semaphore, std::int32_t count, std::int32_t& previous) {
  Signalled done = release(*semaphore.slot, count);
  previous = static_cast<std::int32_t>(done.previous);
  wake(semaphore, done.wakes);
  return done.changed ? Status::ok : Status::semaphore_limit_exceeded;
}

} // namespace winmem::sync
