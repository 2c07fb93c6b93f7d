// The exported calls about the process: the last error, ids, modules, the system. One function per group.
#pragma once

#include "check.h"

namespace stress {

void last_error(Random& random);
void handles(Random& random);
void ids(Random& random);
void real_handles(Random& random);
void files(Random& random);
void file_locks(Random& random);
void descriptors(Random& random);
void file_names(Random& random);
void system_info(Random& random);
void modules(Random& random);
void libraries(Random& random);
void statuses(Random& random);
void small_native_calls(Random& random);
void native_handlers(Random& random);

} // namespace stress
