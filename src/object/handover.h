// Handles that may be inherited, across exec: the program that replaces this one has them, with the same values.
//
// How:       for each such handle there is a record: its value, access and flags, its object's type, descriptors and
//            numbers. The descriptors stay open over exec, and all records stand in a note that does, too
//            (host/handover_file.h). A program finds the note when winmem is loaded, checks each descriptor, and opens
//            the handles again before it opens any of its own.
// Owns:      the records of this process. fork copies them with all else; posix_spawn and vfork need nothing, as their
//            child has its parent's descriptors and finds the note with them.
// Used:      by handle_table, when a handle that may be inherited comes, changes or goes.
// Lock:      handover_lock, a leaf over system calls: hand_over of a type is called under it, and must not open
//            handles.
// Surprise:  what cannot be handed on (more than kMostHandedOver handles, no descriptor for the note, a type without
//            hand_over) is not there after exec; nothing fails for it here.
#pragma once

#include "handle_table.h"

namespace winmem::object {

inline constexpr unsigned kMostHandedOver = 1024;

// What a type needs to make the object again. Descriptors that it lists stay open over exec; -1 is none.
struct Handover {
  int descriptors[2] = {-1, -1};
  std::uint64_t values[4] = {};
};

// The handle's flags or access, or the handle itself, came or went; `object` is or was behind it, and the caller has a
// reference or a handle's.
void note_inheritance(Handle handle, Object& object);

// From a constructor, before any handle is opened: objects of this type may come from the last program.
void expect_from_exec(const Type& type);

void lock_handover_for_fork();
void unlock_handover_after_fork();

} // namespace winmem::object
