// The kernel's calls on files, one function each.
//
// Owns:      the translation of errno to Status for files, and where descriptors lie: above 1023, closed by exec, so
//            that select() and programs that count through theirs do not meet them. The soft limit is raised when it is
//            reached; past the hard one the answer is insufficient_resources.
// Used:      by file. Nothing here allocates or takes a lock. Paths are the kernel's own, ending in 0.
#pragma once

#include "../base/address.h"
#include "../base/status.h"

namespace winmem::host {

struct Opening {
  bool reads = false;
  bool writes = false;
  bool creates = false;   // a file that is not there yet; one that is there is object_name_collision
  bool read_only = false; // the new file may not be written by later openers
  bool appends = false;   // each write goes to the end
  bool writes_through = false;
};

struct OpenedFile {
  Status status = Status::ok;
  int file = -1;
};

// Neither reads nor writes: the file can only be asked about.
OpenedFile open_file(const char* path, Opening how);

// What `file` is open for, opened once more: with a position and locks of its own. Where that cannot be had (no /proc,
// a file that nobody may open so any more) it is the same open file under another number: is_own tells.
struct OpenedAgain {
  Status status = Status::ok;
  int file = -1;
  bool is_own = true;
};
OpenedAgain open_again(int file, bool writes);

// The same file, opened once more, whatever its name is now.
OpenedFile reopen_file(int file, Opening how);
void close_file(int file);

enum class FileKind : std::uint8_t { regular, directory, character, pipe, other };

struct FileStatus {
  std::uint64_t device;
  std::uint64_t inode;
  std::uint64_t size;
  FileKind kind;
  bool may_be_written; // by anybody, as its mode says
};

Status file_status(int file, FileStatus& out);
Status file_status(const char* path, FileStatus& out);

// What tells one file from all others; all zero: none.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
// False when the descriptor is not open.
bool identify(int file, FileIdentity& out);

struct Transferred {
  Status status = Status::ok;
  Bytes bytes = 0;
};

// At the file's position, which moves on; or at `offset`, and the position stays. access_violation: the buffer is bad.
inline constexpr std::int64_t kAtPosition = -1;
Transferred read_file(int file, void* to, Bytes size, std::int64_t offset = kAtPosition);
Transferred write_file(int file, const void* from, Bytes size, std::int64_t offset = kAtPosition);

enum class SeekFrom : std::uint8_t { begin, position, end };
// invalid_parameter: before the beginning. invalid_device_request: it has no position.
Status seek_file(int file, std::int64_t distance, SeekFrom from, std::int64_t& position);

// Where it grows its blocks are reserved, so that a full disk is found here; it is as before when that fails.
Status resize_file(int file, std::uint64_t old_size, std::uint64_t size);
Status flush_file(int file);

// Writes what was changed through a shared mapping of a file, and waits for it. not_mapped_view: nothing is mapped
// there.
Status flush_mapping(AddressRange range);

// Locks of an open file (F_OFD_...): they belong to what was opened, go with its last descriptor, and meet those of
// other programs. A shared one needs a file that is open for reading, an exclusive one for writing.
enum class RangeLock : std::uint8_t { shared, exclusive, none };
struct FileRange {
  std::int64_t begin;
  std::int64_t size; // 0: to the end of all offsets
};
enum class IfLocked : bool { fail, wait };
// file_lock_conflict: another has it. invalid_device_request: this file or file system has no locks. access_denied: the
// file is not open for reading, or writing.
Status lock_range(int file, FileRange range, RangeLock lock, IfLocked if_locked = IfLocked::fail);
// Whether another open file has a lock that would not go together with `lock`. False where there are no locks.
bool is_range_taken(int file, FileRange range, RangeLock lock);

Status remove_name(const char* path);

// The path by which the kernel knows the file now; false when it has none any more, or it does not fit.
bool path_of_file(int file, char* to, Bytes room);

} // namespace winmem::host
