// Names of files in the kernel's directories, and all that is noted of a file beside its bytes.
//
// Used:      by file. Nothing here allocates or takes a lock. Paths are the kernel's own, ending in 0.
#pragma once

#include "file.h"

namespace winmem::host {

struct FileTime {
  std::int64_t seconds; // since 1970
  std::uint32_t nanoseconds;
};

struct FileDetails {
  FileStatus status;
  FileTime created; // the oldest time known where the file system does not note it
  FileTime accessed;
  FileTime written;
  FileTime changed;
  std::uint64_t allocated; // bytes on the disk
  std::uint32_t links;
};

Status file_details(int file, FileDetails& out);
Status file_details(const char* path, FileDetails& out);

enum class IfThere : bool { fail, replace };
// object_name_collision: there is something, and it is not to be replaced, or is a directory with files in it.
// access_denied: a file and a directory cannot replace each other. not_same_device: another file system.
Status rename(const char* from, const char* to, IfThere if_there);

// Absolute, as the kernel knows it. name_too_long: it has no room. object_path_not_found: it was removed.
Status current_directory(char* to, Bytes room);

} // namespace winmem::host
