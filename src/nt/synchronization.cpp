#include "synchronization.h"

#include "../sync/objects.h"
#include "handles.h"
#include "user_memory.h"

#include <winbase.h>

#include <array>
#include <limits>

namespace winmem::nt {

namespace {

using object::Object;
using object::Ref;
using sync::Waitable;

object::Flags flags_of(const NewHandle& wanted) {
  return wanted.is_inherited ? object::Flags::inherit : object::Flags::none;
}

Status open_by_name(const NewHandle& wanted, object::Finding finding, const sync::Recipe& recipe, HANDLE& out) {
  const object::Type& type = sync::type_of(recipe.kind);
  object::NameAnswer answer =
      sync::open_named({.name = wanted.name,
                        .type = type,
                        .finding = finding,
                        .granted = object::map_generic(type.rights, wanted.access, type.rights.all),
                        .flags = flags_of(wanted)},
                       recipe);
  out = reinterpret_cast<HANDLE>(answer.handle);
  return answer.status == Status::ok && answer.existed && finding == object::Finding::create_or_open
             ? Status::object_name_exists
             : answer.status;
}

Status create(const NewHandle& wanted, const sync::Recipe& recipe, HANDLE& out) {
  if (!wanted.name.is_empty()) {
    return open_by_name(wanted, object::Finding::create_or_open, recipe, out);
  }
  Ref<Waitable> made = sync::make(recipe);
  if (!made) {
    return Status::no_memory;
  }
  const object::GenericRights& rights = made->type->rights;
  object::Handle handle = 0;
  Status status = object::open(made, object::map_generic(rights, wanted.access, rights.all), flags_of(wanted), handle);
  out = reinterpret_cast<HANDLE>(handle);
  return status;
}

Status open(const NewHandle& wanted, sync::Kind kind, HANDLE& out) {
  if (wanted.name.is_empty()) {
    return Status::object_name_invalid;
  }
  return open_by_name(wanted, object::Finding::open, {.kind = kind}, out);
}

Status find_event(HANDLE handle, Ref<Waitable>& out) {
  return object::reference(to_handle(handle), sync::kEventType, EVENT_MODIFY_STATE, out);
}

std::uint32_t to_answer(const sync::Outcome& outcome) {
  auto status = static_cast<std::uint32_t>(outcome.status);
  return outcome.status == Status::ok || outcome.status == Status::abandoned ? status + outcome.index : status;
}

std::uint32_t to_answer(Status status) { return static_cast<std::uint32_t>(status); }

// The same object under two handles counts, too.
bool has_twins(const std::array<Ref<Object>, sync::kMostObjects>& found, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      if (found[i].get() == found[j].get()) {
        return true;
      }
    }
  }
  return false;
}

// Signals any of the three kinds; what the handle must grant depends on which it is.
Status signal(HANDLE handle) {
  Ref<Object> object;
  object::AccessMask granted = 0;
  if (Status status = object::reference(to_handle(handle), nullptr, 0, object, &granted); status != Status::ok) {
    return status;
  }
  if (!sync::is_waitable_type(*object->type)) {
    return Status::object_type_mismatch;
  }
  auto& waitable = static_cast<Waitable&>(*object);
  std::int32_t previous = 0;
  if (waitable.type == &sync::kMutexType) {
    return sync::release_mutex(waitable, previous);
  }
  static_assert(EVENT_MODIFY_STATE == SEMAPHORE_MODIFY_STATE);
  if ((granted & EVENT_MODIFY_STATE) == 0) {
    return Status::access_denied;
  }
  if (waitable.type == &sync::kSemaphoreType) {
    return sync::release_semaphore(waitable, 1, previous);
  }
  sync::set_event(waitable);
  return Status::ok;
}

} // namespace

Status create_event(const NewHandle& wanted, bool stays_set, bool is_set, HANDLE& out) {
  sync::Kind kind = stays_set ? sync::Kind::notification_event : sync::Kind::synchronization_event;
  return create(wanted, {.kind = kind, .value = is_set ? 1U : 0U}, out);
}

Status create_mutex(const NewHandle& wanted, bool is_owned, HANDLE& out) {
  return create(wanted, {.kind = sync::Kind::mutex, .is_owned = is_owned}, out);
}

Status create_semaphore(const NewHandle& wanted, LONG count, LONG limit, HANDLE& out) {
  if (limit <= 0 || count < 0 || count > limit) {
    return Status::invalid_parameter;
  }
  auto value = static_cast<std::uint32_t>(count);
  return create(wanted, {.kind = sync::Kind::semaphore, .value = value, .limit = limit}, out);
}

Status open_event(const NewHandle& wanted, HANDLE& out) { return open(wanted, sync::Kind::notification_event, out); }

Status open_mutex(const NewHandle& wanted, HANDLE& out) { return open(wanted, sync::Kind::mutex, out); }

Status open_semaphore(const NewHandle& wanted, HANDLE& out) { return open(wanted, sync::Kind::semaphore, out); }

Status set_event(HANDLE event) {
  Ref<Waitable> found;
  Status status = find_event(event, found);
  if (status == Status::ok) {
    sync::set_event(*found);
  }
  return status;
}

Status reset_event(HANDLE event) {
  Ref<Waitable> found;
  Status status = find_event(event, found);
  if (status == Status::ok) {
    sync::reset_event(*found);
  }
  return status;
}

Status pulse_event(HANDLE event) {
  Ref<Waitable> found;
  Status status = find_event(event, found);
  if (status == Status::ok) {
    sync::pulse_event(*found);
  }
  return status;
}

Status release_mutex(HANDLE mutex) {
  Ref<Waitable> found;
  Status status = object::reference(to_handle(mutex), sync::kMutexType, 0, found); // no right is needed
  std::int32_t previous = 0;
  return status == Status::ok ? sync::release_mutex(*found, previous) : status;
}

Status release_semaphore(HANDLE semaphore, LONG count, LONG& previous) {
  if (count <= 0) {
    return Status::invalid_parameter;
  }
  Ref<Waitable> found;
  Status status = object::reference(to_handle(semaphore), sync::kSemaphoreType, SEMAPHORE_MODIFY_STATE, found);
  return status == Status::ok ? sync::release_semaphore(*found, count, previous) : status;
}

std::uint32_t wait_for_one(HANDLE handle, sync::Patience patience) {
  Ref<Object> found;
  if (Status status = object::reference(to_handle(handle), nullptr, SYNCHRONIZE, found); status != Status::ok) {
    return to_answer(status);
  }
  return to_answer(sync::wait_for_one(*found, patience));
}

std::uint32_t wait_for_many(const HANDLE* handles, std::uint32_t count, bool for_all, sync::Patience patience) {
  static_assert(sync::kMostObjects == MAXIMUM_WAIT_OBJECTS);
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS) {
    return to_answer(Status::invalid_parameter_1);
  }
  std::array<Ref<Object>, sync::kMostObjects> found;
  std::array<Object*, sync::kMostObjects> objects;
  for (std::uint32_t i = 0; i < count; ++i) {
    HANDLE handle = nullptr;
    if (!read_from_user(handle, handles + i)) {
      return to_answer(Status::access_violation);
    }
    if (Status status = object::reference(to_handle(handle), nullptr, SYNCHRONIZE, found[i]); status != Status::ok) {
      return to_answer(status);
    }
    objects[i] = found[i].get();
  }
  if (for_all && has_twins(found, count)) {
    return to_answer(Status::invalid_parameter_mix);
  }
  return to_answer(for_all ? sync::wait_for_all(objects.data(), count, patience)
                           : sync::wait_for_any(objects.data(), count, patience));
}

std::uint32_t signal_and_wait(HANDLE to_signal, HANDLE to_wait_for, sync::Patience patience) {
  Ref<Object> awaited;
  Status status = object::reference(to_handle(to_wait_for), nullptr, SYNCHRONIZE, awaited);
  status = status == Status::ok ? signal(to_signal) : status;
  return status == Status::ok ? to_answer(sync::wait_for_one(*awaited, patience)) : to_answer(status);
}

sync::Patience patience_of(DWORD milliseconds) {
  return milliseconds == INFINITE ? host::kNever : sync::Patience{milliseconds} * 1'000'000;
}

} // namespace winmem::nt
