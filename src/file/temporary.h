// Files that are for a while: the directory for them, and names that nobody else has.
#pragma once

#include "path.h"

#include <cstdint>

namespace winmem::file {

// TMP, TEMP or TMPDIR of the environment, else /tmp; from the root, with a slash at the end. It need not be there.
Status temporary_directory(char (&out)[kPathRoom]);

struct TemporaryFile {
  Status status = Status::ok;
  std::uint16_t number = 0; // 0 only on failure
  bool was_created = false;
};

// "directory/startNUMBER.tmp", the number in hexadecimal digits. 0: one is looked for, and the file created, empty.
// not_a_directory; object_name_collision: all 65,535 are taken; else as open().
TemporaryFile name_temporary_file(const char* directory, const char* start, std::uint16_t number,
                                  char (&out)[kPathRoom]);

} // namespace winmem::file
