// Events, mutexes and semaphores: the objects that handles stand for, and what changes them.
//
// Owns:      the three kinds of objects. An object is this process's; its slot may be shared with others.
// Used:      by nt, which judges arguments; waits are waiting.h's.
// Lock:      none.
#pragma once

#include "../object/names.h"
#include "slot.h"

namespace winmem::sync {

struct Waitable : object::Named {
  Waitable(const object::Type& kind, Slot& where, std::uint32_t forks, bool has_page)
      : Named(kind), slot(&where), taken_at(forks) {
    is_named = has_page;
  }

  Slot* const slot;             // in the pool, or at the beginning of its name's page
  const std::uint32_t taken_at; // pool.h; of one in the pool
};

extern const object::Type kEventType;
extern const object::Type kMutexType;
extern const object::Type kSemaphoreType;

// As they are in an access mask of a handle.
inline constexpr object::AccessMask kModifyEvent = 0x2;
inline constexpr object::AccessMask kModifySemaphore = 0x2;
inline constexpr object::AccessMask kSynchronize = 0x00100000;

// Of all that can be waited for.
bool is_waitable_type(const object::Type& type);

// What a new object is like.
struct Recipe {
  Kind kind = Kind::none;
  std::uint32_t value = 0; // 1: set; the count
  std::int32_t limit = 0;
  bool is_owned = false;
};

// Null when there is no memory.
object::Ref<Waitable> make(const Recipe& recipe);

// The object of that name, made by the recipe if there is none and the request allows it. As object::open_named.
object::NameAnswer open_named(const object::NameRequest& request, const Recipe& recipe);

const object::Type& type_of(Kind kind);

// Whether another process may know the state, so that its death may keep a wake-up from us.
bool is_shared(const Waitable& waitable);

// Wakes up to `count` sleepers, all of a shared one.
void wake(const Waitable& waitable, std::uint32_t count);

// Each tells how it was before: 1 set, 0 not; how often the thread owned the mutex; the count.
std::int32_t set_event(Waitable& event);
std::int32_t reset_event(Waitable& event);
// Frees who waits now, all or one, and leaves the event reset.
void pulse_event(Waitable& event);
// mutant_not_owned
Status release_mutex(Waitable& mutex, std::int32_t& previous);
// semaphore_limit_exceeded; count is above 0
Status release_semaphore(Waitable& semaphore, std::int32_t count, std::int32_t& previous);

} // namespace winmem::sync
