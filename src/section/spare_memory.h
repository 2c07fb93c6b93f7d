// The memory files of ended sections, emptied, for the next sections: a call to make one, and one to move it above the
// program's descriptors, are saved.
//
// Owns:      up to kMost files without contents.
// Lock:      none; a place is taken and left by one exchange. Callers are in a vm::Change, so no fork comes between.
// Fork:      both processes have the files that there are, so neither uses those again: each file is marked with the
//            number of forks until then.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::section::spare_memory {

inline constexpr unsigned kMost = 8;

// A file of `size` zero bytes, spare or new; negative when it cannot be had.
int take(Bytes size);

// The caller's file is kept or closed. `alone_since`: the number of forks (vm/fork_gate.h) when it was made, if only a
// later one may have brought it to another process; vm::kNoFork: another may have it, or it is of another kind.
void give(int file, std::uint32_t alone_since);

} // namespace winmem::section::spare_memory
