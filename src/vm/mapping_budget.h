// How many kernel mappings winmem causes, against vm.max_map_count (65,530 by default).
//
// An estimate: borders between stretches of different kernel protection, counted as they come and go, by threads that
// do not wait for each other. It decides two things that need no exactness: when to open the gaps between chunks, so
// that islands cost no mapping any more, and when to refuse what would cost one, so that libc, thread stacks and our
// own undoing still get theirs (K112).
#pragma once

#include <cstdint>

namespace winmem::vm::mapping_budget {

void add(std::int64_t borders);

// Past half of the limit.
bool tight();

// Within a thousand of the limit.
bool exhausted();

std::int64_t estimate();

} // namespace winmem::vm::mapping_budget
