// Reading and writing an open file, its size and its position.
//
// Used:      by nt, with a File whose handle grants what is asked for.
// Lock:      none; the kernel lets calls that move the position take turns.
// Surprise:  LockFile's locks hold for everybody on Windows, so each transfer looks for those of other open files
//            first (byte_locks.h): one question to the kernel while there are none.
#pragma once

#include "file.h"

namespace winmem::file {

// At the position, or at an offset, after which the position is moved behind what was transferred. end_of_file: nothing
// was read at an offset behind the end; at the position that is a success of 0 bytes. file_lock_conflict: somebody has
// locked a part.
host::Transferred read(File& file, void* to, Bytes size, std::int64_t offset = host::kAtPosition);
host::Transferred write(File& file, const void* from, Bytes size, std::int64_t offset = host::kAtPosition);

Status size_of(File& file, std::uint64_t& size);

// The file ends at its position from now on. disk_full: it is as it was.
Status end_at_position(File& file);
Status resize(File& file, std::uint64_t size);

} // namespace winmem::file
