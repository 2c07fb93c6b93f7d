// Who has a file open for what, and what he lets others do meanwhile (FILE_SHARE_...).
//
// How:       who opens a file puts read locks of the open file (OFD) on bytes far behind every file's end: one byte for
//            each kind of access that he has, one for each that he denies others. Then he looks whether another has a
//            lock where his own would not go together with it. Locks vanish with the open file, also by kill -9, and
//            programs other than winmem's do not see them. A section puts one lock where its number of pages says,
//            so that who would cut the file finds out by one question whether a section shows what would go.
// Surprise:  of two that collide at the same moment each may see the other; both step back and try again, and only who
//            meets a mark several times gives up. Files that cannot be read, and file systems without locks, have no
//            marks.
#pragma once

#include "file.h"

namespace winmem::file {

// Marks lie from here on. Locks of data end here: one that reached further would meet them.
inline constexpr std::int64_t kDataEnd = 0x7FF0000000000000;

// sharing_violation: it does not go together with somebody else's open file.
Status mark_sharing(int descriptor, object::AccessMask access, std::uint32_t share);

// Whether someone else has the file open without sharing deletion.
bool is_deletion_denied(int descriptor);

// There is a section of the first `size` bytes of the file. `descriptor` is an open file of the section's own, with
// which the mark goes: when no handle and no view is left, in whatever process.
void mark_mapped(int descriptor, Bytes size);

// Whether another open file's section has a page with bytes from `size` on (S45).
bool is_mapped_beyond(int descriptor, Bytes size);

} // namespace winmem::file
