// Waiting until objects are signalled, and taking them.
//
// Used:      by nt. Any object may be waited for: events, mutexes and semaphores by their slots; a process and a thread
//            until they are gone, which is asked for every few milliseconds; memory until it is scarce or plentiful,
//            ten times a second; all others (files) are always signalled.
// Holds:     a wait for all takes all of them or none, and none before all are signalled: it locks each for the few
//            instructions that it takes to see that (slot.h), and nobody can see a part.
// Order:     who comes first is not served first: a thread that does not sleep may take what another was woken for,
//            which then sleeps on.
#pragma once

#include "../host/shared_word.h"
#include "../object/object.h"

namespace winmem::sync {

inline constexpr std::uint32_t kMostObjects = host::kMostWatched;

struct Outcome {
  Status status; // ok, abandoned: taken; timeout: nothing was; mutant_limit_exceeded
  std::uint32_t index = 0;
};

// How long to wait, in nanoseconds: 0 is a test, host::kNever without end.
using Patience = std::uint64_t;

Outcome wait_for_one(object::Object& object, Patience patience);
// The first of those that are signalled.
Outcome wait_for_any(object::Object* const* objects, std::uint32_t count, Patience patience);
// No object twice.
Outcome wait_for_all(object::Object* const* objects, std::uint32_t count, Patience patience);

} // namespace winmem::sync
