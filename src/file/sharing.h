// Who has a file open for what, and what he lets others do meanwhile (FILE_SHARE_...).
//
// How:       who opens a file puts read locks of the open file (OFD) on bytes far behind every file's end: one byte for
//            each kind of access that he has, one for each that he denies others. Then he looks whether another has a
//            lock where his own would not go together with it. Locks vanish with the open file, also by kill -9, and
//            programs other than winmem's do not see them.
// Surprise:  of two that collide at the same moment each may see the other; both step back and try again, and only who
//            meets a mark several times gives up. Files that cannot be read, and file systems without locks, have no
//            marks.
#pragma once

#include "file.h"

namespace winmem::file {

// sharing_violation: it does not go together with somebody else's open file.
Status mark_sharing(int descriptor, object::AccessMask access, std::uint32_t share);

// Whether someone else has the file open without sharing deletion.
bool is_deletion_denied(int descriptor);

} // namespace winmem::file
