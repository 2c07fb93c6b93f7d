// The directory in which names of objects are files: one for each user, winmem-UID in /dev/shm or in WINMEM_NAMES.
//
// Owns:      the directory, its lock, and the rule of who holds a name: a shared lock on the whole file (F_OFD_SETLK),
//            by a descriptor that is never mapped. The kernel takes it back when the last copy of that descriptor goes,
//            by close, by exec or by kill -9. A file that nobody has locked is what a dead holder left.
// Used:      by object/names.cpp, one thread at a time (its names_lock), which knows what is in the files.
// Holds:     D1  a directory that is not this user's alone (a link, another owner, another mode than 0700) is refused,
//                at each use; so no other user can have put a file there.
//            D2  all but lock_name_directory() is called under the directory's lock. That is a POSIX lock: a fork's
//                child does not inherit it, and the kernel takes it back from who dies. Whoever waits for it waits for
//                a few system calls of another process.
// Surprise:  a POSIX lock goes when the process closes any descriptor of the file: nothing else here opens `.lock`.
#pragma once

#include "file.h"

namespace winmem::host {

// access_denied: there is no directory that is this user's alone, and none can be made. insufficient_resources: the
// file system is full, or no descriptors.
Status lock_name_directory();
void unlock_name_directory();

struct NameFile {
  Status status = Status::ok;
  int file = -1;
};

// A name that somebody holds; from now on the caller does, too. object_name_not_found: nobody does, and what was left
// of the name is gone. access_denied: it is no file of ours.
NameFile hold_name(const char* name);

// A new name, which the caller holds; an empty file. There is no file of that name (hold_name said so).
NameFile make_name(const char* name);

// Whether another descriptor than this, and its copies, holds the name.
bool is_held_by_others(int file);

// The file goes if nobody holds it, which is what this answers. For who has closed, or never had, a descriptor of it.
bool remove_unheld_name(const char* name);

// Removes files that nobody holds, among the next ones of the directory: all of it if `whole`, else about twenty.
void sweep_names(bool whole);

// Memory for a part of the file, so that a mapping of it does not fault. insufficient_resources: there is none.
Status provide_name_pages(int file, Bytes offset, Bytes size);

// A page of the file, shared by all who map it; by a descriptor of its own, as a mapping would keep the lock.
void* map_name_page(const char* name, Bytes offset);
bool unmap_name_page(void* page); // false: it is still there

// A file that another process has open under `number`, opened once more. Negative when that process is gone, does not
// let us (it is not dumpable, or in another namespace), or has another file there.
int open_file_of_process(std::uint32_t process, int number, const FileIdentity& expected, bool writes);

// False also for a process that this one cannot see.
bool is_process_alive(std::uint32_t process);

} // namespace winmem::host
