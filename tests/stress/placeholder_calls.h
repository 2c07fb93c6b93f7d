// Placeholders: a thread's own, and a field that all threads split, fill and join at once.
#pragma once

#include "check.h"

namespace stress {

void own_placeholders(Random& random);
void shared_placeholders(Random& random);

} // namespace stress
