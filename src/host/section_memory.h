// The memory of sections: files without a name, and mappings of them and of real files.
//
// Owns:      the translation of errno to `Kernel`. Ranges and offsets are page aligned.
// Used:      by section (the files) and vm (the mappings). Nothing here allocates or takes a lock.
#pragma once

#include "memory.h"

#include <cstdint>

namespace winmem::host {

// A file in memory, of `size` bytes that are zero; it has no name, is closed on exec, and takes memory page by page as
// it is written. Negative when it cannot be had: no descriptors, no memory.
int make_memory_file(Bytes size);

// Gives the file its memory from `offset` on, which is zero where it had none: all of it, or nothing.
Kernel allocate_file(int file, std::uint64_t offset, Bytes size);

// Read-write memory that all who map this part of the file share, wherever the kernel likes. nullptr when it cannot be
// had.
void* map_shared(int file, std::uint64_t offset, Bytes size);

// Sets the size; what is behind it goes, what is new is zero.
Kernel resize_file(int file, Bytes size);

enum class Sharing : std::uint8_t { shared, copy_on_write };

struct FileMapping {
  int file;
  std::uint64_t offset;
  Sharing sharing;
  Access access;
};

// Maps exactly `range`, or nothing. in_use: something is there.
Kernel map_file_at(AddressRange range, const FileMapping& mapping);

// The same in place of what is mapped there.
Kernel replace_by_file(AddressRange range, const FileMapping& mapping);

} // namespace winmem::host
