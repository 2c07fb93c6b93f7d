// Descriptors of C's library and handles of files: each for the other.
//
// Owns:      which handle stands for which descriptor below 1024, both ways.
// Lock:      descriptors_lock, a leaf over the list; fork takes it.
// Surprise:  libc closes a descriptor without telling. The handle of a closed one stays until the next call of
//            descriptor_of, or until somebody asks for the handle of what has the number then.
#pragma once

#include "../base/status.h"

#include <winnt.h>

namespace winmem::nt {

// The same handle as long as the descriptor is open. invalid_handle: it is not; insufficient_resources.
Status handle_of(int descriptor, HANDLE& out);

// A new descriptor of the handle's file, which then owns the handle. invalid_handle: it is no file's.
// insufficient_resources: there is no number below 1024.
enum class OnExec : bool { keep, close };
Status descriptor_of(HANDLE handle, OnExec on_exec, int& out);

// What SetStdHandle said, or the handle of descriptor 0, 1, 2; null when that is not open. `which` is 0, 1, 2.
HANDLE standard_handle(int which);
void set_standard_handle(int which, HANDLE handle);

} // namespace winmem::nt
