#include "objects.h"

#include "../host/own_process.h"
#include "../host/shared_word.h"
#include "bell.h"
#include "pool.h"

#include <new>

namespace winmem::sync {

namespace {

constinit object::Cells event_cells(sizeof(Waitable));
constinit object::Cells mutex_cells(sizeof(Waitable));
constinit object::Cells semaphore_cells(sizeof(Waitable));

object::Cells& cells_of(const object::Type& type) {
  if (&type == &kEventType) {
    return event_cells;
  }
  return &type == &kMutexType ? mutex_cells : semaphore_cells;
}

void give_back_slot(Waitable& waitable) {
  if (waitable.is_named) {
    object::end_named(waitable);
  } else {
    give_slot(*waitable.slot, waitable.taken_at);
  }
}

void end(object::Object& object) {
  auto& waitable = static_cast<Waitable&>(object);
  give_back_slot(waitable);
  cells_of(*waitable.type).give(&waitable);
}

// The slot leaves the list of the calling thread, its owner. Nobody else can know of it.
void disown(Waitable& mutex) {
  mutex.slot->recursion = 1;
  static_cast<void>(release_mutex(*mutex.slot, host::thread_id()));
  host::conclude();
}

bool is_owned(const Waitable& mutex) { return read(*mutex.slot).owner() != 0; }
bool is_owned_here(const Waitable& mutex) { return read(*mutex.slot).owner() == host::thread_id(); }

// A slot that another thread owns, or that is another process's, too, stays in its owner's list until that thread ends:
// it is not used again, and its page, if it has one, stays mapped.
void end_mutex(object::Object& object) {
  auto& mutex = static_cast<Waitable&>(object);
  if (is_owned_here(mutex) && (mutex.outlived_name || !is_shared(mutex))) {
    disown(mutex);
  }
  if (!is_owned(mutex)) {
    give_back_slot(mutex);
  }
  mutex_cells.give(&mutex);
}

void last_handle_closed(object::Object& object) {
  if (static_cast<Waitable&>(object).is_named) {
    object::release_name(object);
  }
}

std::size_t name_of(const object::Object& object, char16_t* to, std::size_t room) {
  return static_cast<const Waitable&>(object).is_named ? object::name_of(object, to, room) : 0;
}

Slot* write_slot(void* memory, const Recipe& recipe) {
  auto* slot = new (memory) Slot{};
  slot->kind = recipe.kind;
  slot->limit = recipe.limit;
  slot->state.store(to_word(recipe.value), std::memory_order_relaxed);
  return slot;
}

void own_if_asked(Waitable& waitable, const Recipe& recipe) {
  if (recipe.is_owned) {
    static_cast<void>(try_take(*waitable.slot, host::thread_id()));
  }
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
    .last_handle_closed = last_handle_closed,
    .end = end,
    .name_of = name_of,
    .name_kind = object::kEventNames,
    .shares_state = true,
};
constinit const object::Type kMutexType = {
    .name = "Mutant",
    .rights = {.read = kReadControl | kQuery,
               .write = kReadControl,
               .execute = kReadControl | kSynchronize,
               .all = kAll | kQuery},
    .last_handle_closed = last_handle_closed,
    .end = end_mutex,
    .name_of = name_of,
    .name_kind = object::kMutexNames,
    .shares_state = true,
};
constinit const object::Type kSemaphoreType = {
    .name = "Semaphore",
    .rights = {.read = kReadControl | kQuery,
               .write = kReadControl | kModifySemaphore,
               .execute = kReadControl | kSynchronize,
               .all = kAll | kQuery | kModifySemaphore},
    .last_handle_closed = last_handle_closed,
    .end = end,
    .name_of = name_of,
    .name_kind = object::kSemaphoreNames,
    .shares_state = true,
};

const object::Type& type_of(Kind kind) {
  switch (kind) {
  case Kind::mutex:
    return kMutexType;
  case Kind::semaphore:
    return kSemaphoreType;
  case Kind::none:
  case Kind::notification_event:
  case Kind::synchronization_event:
    break;
  }
  return kEventType;
}

object::Ref<Waitable> make(const Recipe& recipe) {
  std::uint32_t forks = fork_count();
  Slot* slot = take_slot();
  if (slot == nullptr) {
    return {};
  }
  const object::Type& type = type_of(recipe.kind);
  write_slot(slot, recipe);
  auto made = object::make<Waitable>(cells_of(type), type, *slot, forks, false);
  if (!made) {
    give_slot(*slot, forks);
    return {};
  }
  own_if_asked(*made, recipe);
  return made;
}

object::NameAnswer open_named(const object::NameRequest& request, const Recipe& recipe) {
  object::Ref<Waitable> owned; // new, and this thread's: that must be so before anybody else can see it
  object::NameAnswer answer = object::open_named(request, [&](object::Shared& shared, object::Ref<object::Named>& out) {
    Slot* slot = shared.is_new ? write_slot(shared.state, recipe) : static_cast<Slot*>(shared.state);
    auto made = object::make<Waitable>(cells_of(request.type), request.type, *slot, 0U, true);
    if (!made) {
      return Status::no_memory;
    }
    if (shared.is_new && recipe.is_owned) {
      own_if_asked(*made, recipe);
      made->add_reference();
      owned = object::Ref<Waitable>(made.get());
    }
    out = object::Ref<object::Named>(made.release());
    return Status::ok;
  });
  if (answer.status != Status::ok && owned) {
    disown(*owned);
  }
  return answer;
}

bool is_shared(const Waitable& waitable) { return waitable.is_named || waitable.taken_at != fork_count(); }

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
