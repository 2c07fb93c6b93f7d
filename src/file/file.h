// Files as objects: opening them by path, and what an open one is.
//
// Owns:      File and its type; the descriptor in it. A File is one open file of the kernel's, with one position,
//            however many handles it has.
// Used:      by nt, which judges arguments and turns names into paths (path.h) first.
// Lock:      none; fields but the last two are fixed after init. Transfers of one file take turns in the kernel.
// Surprise:  who may write is opened for reading too where that is allowed, since marks of sharing (sharing.h) need it;
//            what a handle may do is what it was granted.
#pragma once

#include "../host/file_names.h"
#include "../object/object.h"

#include <atomic>

namespace winmem::file {

// Rights, as Windows numbers them.
inline constexpr object::AccessMask kReadData = 0x1;
inline constexpr object::AccessMask kWriteData = 0x2;
inline constexpr object::AccessMask kAppendData = 0x4;
inline constexpr object::AccessMask kExecute = 0x20;
inline constexpr object::AccessMask kReadAttributes = 0x80;
inline constexpr object::AccessMask kWriteAttributes = 0x100;
inline constexpr object::AccessMask kDelete = 0x10000;
inline constexpr object::AccessMask kSynchronize = 0x100000;

// What others may do with the file meanwhile (FILE_SHARE_...).
inline constexpr std::uint32_t kShareRead = 1;
inline constexpr std::uint32_t kShareWrite = 2;
inline constexpr std::uint32_t kShareDelete = 4;

enum class Disposition : std::uint8_t { create_new = 1, create_always, open_existing, open_always, truncate_existing };

struct Request {
  object::AccessMask access = 0; // not generic any more
  std::uint32_t share = 0;
  Disposition disposition = Disposition::open_existing;
  bool may_be_directory = false;
  bool read_only = false; // a new file's attribute
  bool writes_through = false;
  bool deletes_on_close = false;
  bool unbuffered = false; // transfers are of whole sectors
};

extern const object::Type kFileType;

struct LockedRange; // byte_locks.cpp

struct File : object::Object {
  File() : Object(kFileType) {}

  int descriptor = -1;
  host::FileKind kind = host::FileKind::other;
  object::AccessMask most_access = 0; // of any handle to it
  bool deletes_on_close = false;
  bool is_unbuffered = false;
  std::uint32_t process = 0;                 // that opened it, and takes its name
  std::atomic<int> lock_descriptor{-1};      // has the locks of ranges; `descriptor` while it is -1
  std::atomic<LockedRange*> locked{nullptr}; // guarded by ranges_lock (byte_locks.cpp); null or not is read without
};

enum class Existed : bool { no, yes };

struct Opened {
  Status status = Status::ok;
  object::Ref<File> file;
  Existed existed = Existed::no;
};

// A file for what a descriptor of the program's has open: the same open file under a number of winmem's.
// invalid_handle: it is not open.
Opened adopt(int descriptor);

// With disposition create_always or truncate_existing the old contents are still there: truncate() is the caller's last
// step. undo_creation() takes a new file away again where a later step fails.
Opened open(const char* path, const Request& request);
Status truncate(File& file);
void undo_creation(const char* path, const Opened& opened);

// What is known of a file by its name. object_path_not_found: a directory of the path is missing.
Status status_of(const char* path, host::FileStatus& out);
Status details_of(const char* path, host::FileDetails& out);

// Whether somebody has the file open without sharing deletion, so that it keeps its name; or also whether a section
// shows it, so that nothing may take its place.
enum class Keeping : bool { name, contents };
bool is_kept(const char* path, Keeping keeping);

// Removes a file's name. sharing_violation: somebody has it open and does not share deletion.
Status remove(const char* path);

} // namespace winmem::file
