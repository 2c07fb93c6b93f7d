#include "file_names.h"

#include "file_errors.h"
#include "syscall.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace winmem::host {

namespace {

constexpr long kNoReplace = 1; // RENAME_NOREPLACE

FileTime to_time(const statx_timestamp& time) { return {time.tv_sec, time.tv_nsec}; }
FileTime to_time(const timespec& time) { return {time.tv_sec, static_cast<std::uint32_t>(time.tv_nsec)}; }

bool is_before(const FileTime& a, const FileTime& b) {
  return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds;
}

FileTime oldest_of(const FileDetails& details) {
  FileTime oldest = is_before(details.written, details.changed) ? details.written : details.changed;
  return is_before(details.accessed, oldest) ? details.accessed : oldest;
}

constexpr Bytes kBlock = 512; // st_blocks counts these

// Where the kernel, or a sandbox, has no statx.
Status ask_as_before(int file, const char* path, int flags, FileDetails& out) {
  struct stat status {};
  long answer = system_call(SYS_newfstatat, file, as_argument(path), as_argument(&status), flags);
  if (answer == 0) {
    out.accessed = to_time(status.st_atim);
    out.written = to_time(status.st_mtim);
    out.changed = to_time(status.st_ctim);
    out.created = oldest_of(out);
    out.allocated = static_cast<std::uint64_t>(status.st_blocks) * kBlock;
    out.links = static_cast<std::uint32_t>(status.st_nlink);
  }
  return file_status_of(answer);
}

Status ask_details(int file, const char* path, int flags, FileDetails& out) {
  struct statx status {};
  long answer =
      system_call(SYS_statx, file, as_argument(path), flags, STATX_BASIC_STATS | STATX_BTIME, as_argument(&status));
  if (answer == -ENOSYS || answer == -EPERM) {
    return ask_as_before(file, path, flags, out);
  }
  if (answer == 0) {
    out.accessed = to_time(status.stx_atime);
    out.written = to_time(status.stx_mtime);
    out.changed = to_time(status.stx_ctime);
    out.created = (status.stx_mask & STATX_BTIME) != 0 ? to_time(status.stx_btime) : oldest_of(out);
    out.allocated = status.stx_blocks * kBlock;
    out.links = status.stx_nlink;
  }
  return file_status_of(answer);
}

} // namespace

Status file_details(int file, FileDetails& out) {
  Status status = file_status(file, out.status);
  return status == Status::ok ? ask_details(file, "", AT_EMPTY_PATH, out) : status;
}

Status file_details(const char* path, FileDetails& out) {
  Status status = file_status(path, out.status);
  return status == Status::ok ? ask_details(AT_FDCWD, path, 0, out) : status;
}

Status rename(const char* from, const char* to, IfThere if_there) {
  long flags = if_there == IfThere::fail ? kNoReplace : 0;
  long answer = system_call(SYS_renameat2, AT_FDCWD, as_argument(from), AT_FDCWD, as_argument(to), flags);
  if (answer == -ENOSYS || (answer == -EINVAL && if_there == IfThere::fail)) {
    FileStatus there; // a file system that cannot do both in one step
    if (if_there == IfThere::fail && file_status(to, there) == Status::ok) {
      return Status::object_name_collision;
    }
    answer = system_call(SYS_renameat, AT_FDCWD, as_argument(from), AT_FDCWD, as_argument(to));
  }
  switch (answer) {
  case -ENOTEMPTY:
    return Status::object_name_collision;
  case -EISDIR:
    return Status::access_denied;
  case -EXDEV:
    return Status::not_same_device;
  default:
    return file_status_of(answer);
  }
}

Status current_directory(char* to, Bytes room) {
  long length = system_call(SYS_getcwd, as_argument(to), static_cast<long>(room));
  if (length == -ERANGE) {
    return Status::name_too_long;
  }
  if (length == -ENOENT || (length > 0 && to[0] != '/')) { // it was removed, or lies outside of the root
    return Status::object_path_not_found;
  }
  return file_status_of(length);
}

} // namespace winmem::host
