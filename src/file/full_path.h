// A path from the root, without "." and "..".
#pragma once

#include "path.h"

namespace winmem::file {

// From the root or, where `path` is not, from the current directory. Only the text is looked at, as on Windows: what it
// names need not be there, and links are not followed. name_too_long; object_path_not_found: the current directory is
// gone.
Status to_full_path(const char* path, char (&out)[kPathRoom]);

} // namespace winmem::file
