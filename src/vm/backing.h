// What is behind the pages of a view, as vm needs to know it: a section, seen from below.
//
// Owned:     by whoever made it (src/section). Each view keeps one reference from its making to its end.
#pragma once

#include "commit_map.h"

namespace winmem::vm {

struct Backing {
  int file = -1;           // a descriptor of the memory; stays open while there is a view
  bool is_of_file = false; // a real file, whose pages may go while they are mapped; else memory of winmem's own

  // Attached where pages are committed one by one (SEC_RESERVE), before there is a view; detached when no reader can
  // see one any more.
  CommitMap commits;
  std::atomic<std::uint64_t> committed{0}; // pages that this process committed and that count against its limit

  // A view of it has ended. Called without a lock of vm's, and outside the fork gate.
  void (*drop)(Backing& backing) = nullptr;
};

} // namespace winmem::vm
