// Sections of files: each thread makes its own, of the same functions.
#pragma once

#include "check.h"

namespace stress {

void file_sections(Random& random);
void file_mappings(Random& random);

} // namespace stress
