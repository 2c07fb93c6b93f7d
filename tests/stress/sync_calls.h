// Events, mutexes, semaphores and waits: each thread its own, and one mutex that all threads want.
#pragma once

#include "check.h"

namespace stress {

void own_events(Random& random);
void own_mutexes_and_semaphores(Random& random);
void shared_mutex(Random& random);
void named_objects(Random& random);
void short_sleeps(Random& random);

} // namespace stress
