// Holds the whole picture of one or more players beside what winmem answers and what the kernel has.
//
// Owns:      compare_everything. To be called while no player is making calls.
// Compares:  for every page: the kernel's access (mapping and marker) with the protection; the contents of readable
// pages;
//            for every run: VirtualQuery at its start and inside; a walk from 0 to the top of user space, which visits
//            every byte once and shows our runs and nothing else of ours; the number of mappings with what the runs
//            need.
#pragma once

#include "player.h"

namespace model {

enum class Depth : std::uint8_t {
  usual, // contents of all pages that were written and of some of the others
  full,  // contents of all pages
};

// `mappings_before` is the number of mappings before the first operation.
void compare_everything(const std::vector<Player*>& players, const Windows& windows, std::size_t mappings_before,
                        Depth depth);

std::size_t count_mappings();

} // namespace model
