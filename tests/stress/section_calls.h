// Sections and views: each thread makes its own, of the same functions.
#pragma once

#include "check.h"

namespace stress {

void mapped_views(Random& random);
void reserved_views(Random& random);
void copied_views(Random& random);
void section_forms(Random& random);
void named_sections(Random& random);
void native_sections(Random& random);

} // namespace stress
