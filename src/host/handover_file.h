// A note that this process leaves for the program that replaces it (exec): a file in memory under a fixed number.
//
// Used:      by object (handover.h). The number is 1024: above what programs count through, below all other
//            descriptors of winmem's (high_file.h). Where somebody else has it, or the hard limit is lower, there is no
//            note.
// Holds:     a note never changes; a new one takes its place in one step. So a child's table of descriptors and the
//            note that it was forked with belong together.
#pragma once

#include "file.h"

namespace winmem::host {

struct NoteParts {
  const void* first;
  Bytes first_size;
  const void* second;
  Bytes second_size;
};

// The two parts, one behind the other, become the note. `note` is what leave_note() found or made before, all zero at
// first. False: there is the old one, or none.
bool leave_note(FileIdentity& note, const NoteParts& parts);
void take_note_away(FileIdentity& note);

// What the last program left, from `offset` on: as many bytes as fit, 0 without a note, or when this program has more
// rights than who started it.
Bytes read_note(FileIdentity& note, void* to, Bytes room, Bytes offset);

enum class OnExec : bool { close, keep };
void set_on_exec(int file, OnExec on_exec);

} // namespace winmem::host
