// Calls about the memory of the process and of the system, as stress makes them.
#pragma once

#include "check.h"

namespace stress {

void process_memory(Random& random);
void system_figures(Random& random);
void numa_nodes(Random& random);
void memory_notifications(Random& random);
void working_set(Random& random);
void tokens(Random& random);

} // namespace stress
