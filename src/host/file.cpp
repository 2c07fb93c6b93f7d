#include "file.h"

#include "file_errors.h"
#include "formatted_text.h"
#include "high_file.h"
#include "syscall.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace winmem::host {

namespace {

int flags_of(Opening how) {
  int flags = O_CLOEXEC | O_NOCTTY;
  if (how.writes) {
    flags |= how.reads ? O_RDWR : O_WRONLY;
  } else {
    flags |= how.reads ? O_RDONLY : O_PATH;
  }
  flags |= how.creates ? O_CREAT | O_EXCL : 0;
  flags |= how.appends ? O_APPEND : 0;
  flags |= how.writes_through ? O_DSYNC : 0;
  return flags;
}

FileKind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return FileKind::regular;
  case S_IFDIR:
    return FileKind::directory;
  case S_IFCHR:
    return FileKind::character;
  case S_IFIFO:
  case S_IFSOCK:
    return FileKind::pipe;
  default:
    return FileKind::other;
  }
}

Status ask_status(int file, const char* path, int flags, FileStatus& out) {
  struct stat status {};
  long answer = system_call(SYS_newfstatat, file, as_argument(path), as_argument(&status), flags);
  if (answer == 0) {
    constexpr mode_t kAnyWrite = S_IWUSR | S_IWGRP | S_IWOTH;
    out = {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), kind_of(status.st_mode),
           (status.st_mode & kAnyWrite) != 0};
  }
  return file_status_of(answer);
}

struct flock lock_of(FileRange range, RangeLock lock) {
  struct flock wanted {};
  wanted.l_type = static_cast<short>(lock == RangeLock::none ? F_UNLCK : lock == RangeLock::shared ? F_RDLCK : F_WRLCK);
  wanted.l_whence = SEEK_SET;
  wanted.l_start = range.begin;
  wanted.l_len = range.size;
  return wanted;
}

// The name that /proc has for a descriptor.
struct FileLink {
  explicit FileLink(int file) { format_text(path, sizeof path, "/proc/self/fd/%d", file); }
  char path[32];
};

Transferred to_transferred(long answer) {
  return answer >= 0 ? Transferred{Status::ok, static_cast<Bytes>(answer)} : Transferred{file_status_of(answer), 0};
}

} // namespace

OpenedFile open_file(const char* path, Opening how) {
  constexpr long kMode = 0666;
  constexpr long kReadOnlyMode = 0444;
  long mode = how.read_only ? kReadOnlyMode : kMode;
  long file = 0;
  do {
    file = system_call(SYS_openat, AT_FDCWD, as_argument(path), flags_of(how), mode);
  } while (file == -EINTR || (file == -EMFILE && raise_descriptor_limit()));
  if (file < 0) {
    return {file_status_of(file)};
  }
  return {Status::ok, move_high_or_raise(static_cast<int>(file))};
}

OpenedAgain open_again(int file, bool writes) {
  OpenedFile opened = open_file(FileLink(file).path, {.reads = true, .writes = writes});
  if (opened.status == Status::ok) {
    return {Status::ok, opened.file};
  }
  long same = 0;
  do {
    same = system_call(SYS_fcntl, file, F_DUPFD_CLOEXEC, 0);
  } while (same == -EMFILE && raise_descriptor_limit());
  return same >= 0 ? OpenedAgain{Status::ok, move_high_or_raise(static_cast<int>(same)), false}
                   : OpenedAgain{Status::insufficient_resources};
}
OpenedFile reopen_file(int file, Opening how) { return open_file(FileLink(file).path, how); }

void close_file(int file) { system_call(SYS_close, file); }

Status file_status(int file, FileStatus& out) { return ask_status(file, "", AT_EMPTY_PATH, out); }
Status file_status(const char* path, FileStatus& out) { return ask_status(AT_FDCWD, path, 0, out); }

bool identify(int file, FileIdentity& out) {
  FileStatus status{};
  if (file_status(file, status) != Status::ok) {
    return false;
  }
  out = {status.device, status.inode};
  return true;
}

Transferred read_file(int file, void* to, Bytes size, std::int64_t offset) {
  long number = offset == kAtPosition ? SYS_read : SYS_pread64;
  long answer = 0;
  do {
    answer = system_call(number, file, as_argument(to), static_cast<long>(size), offset);
  } while (answer == -EINTR);
  return to_transferred(answer);
}

Transferred write_file(int file, const void* from, Bytes size, std::int64_t offset) {
  long number = offset == kAtPosition ? SYS_write : SYS_pwrite64;
  long answer = 0;
  do {
    answer = system_call(number, file, as_argument(from), static_cast<long>(size), offset);
  } while (answer == -EINTR);
  return to_transferred(answer);
}

Status seek_file(int file, std::int64_t distance, SeekFrom from, std::int64_t& position) {
  constexpr long kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  long answer = system_call(SYS_lseek, file, distance, kWhence[static_cast<unsigned>(from)]);
  position = answer >= 0 ? answer : position;
  return file_status_of(answer);
}

Status resize_file(int file, std::uint64_t old_size, std::uint64_t size) {
  if (size > old_size) {
    long answer = 0;
    do {
      answer = system_call(SYS_fallocate, file, 0, static_cast<long>(old_size), static_cast<long>(size - old_size));
    } while (answer == -EINTR);
    if (answer == 0) {
      return Status::ok;
    }
    if (answer != -EOPNOTSUPP && answer != -ENOSYS) {
      system_call(SYS_ftruncate, file, static_cast<long>(old_size)); // what was reserved of it
      return file_status_of(answer);
    }
  }
  long answer = 0;
  do {
    answer = system_call(SYS_ftruncate, file, static_cast<long>(size));
  } while (answer == -EINTR);
  return file_status_of(answer);
}

// What has nothing to flush (a pipe, a console) says EINVAL or EROFS.
Status flush_file(int file) {
  long answer = system_call(SYS_fsync, file);
  return answer == -EINVAL || answer == -EROFS ? Status::ok : file_status_of(answer);
}

Status flush_mapping(AddressRange range) {
  long answer = system_call(SYS_msync, static_cast<long>(range.begin), static_cast<long>(range.size()), MS_SYNC);
  return answer == -ENOMEM ? Status::not_mapped_view : file_status_of(answer);
}

Status lock_range(int file, FileRange range, RangeLock lock, IfLocked if_locked) {
  struct flock wanted = lock_of(range, lock);
  long answer = 0;
  if (if_locked == IfLocked::wait) {
    do {
      answer = system_call(SYS_fcntl, file, F_OFD_SETLKW, as_argument(&wanted));
    } while (answer == -EINTR);
  } else {
    answer = system_call(SYS_fcntl, file, F_OFD_SETLK, as_argument(&wanted));
  }
  if (answer == -EACCES) {
    return Status::file_lock_conflict; // some systems say this for EAGAIN
  }
  return answer == -EINVAL ? Status::invalid_device_request : file_status_of(answer);
}

bool is_range_taken(int file, FileRange range, RangeLock lock) {
  struct flock wanted = lock_of(range, lock);
  return system_call(SYS_fcntl, file, F_OFD_GETLK, as_argument(&wanted)) == 0 && wanted.l_type != F_UNLCK;
}

Status remove_name(const char* path) {
  return file_status_of(system_call(SYS_unlinkat, AT_FDCWD, as_argument(path), 0));
}

bool path_of_file(int file, char* to, Bytes room) {
  FileLink link(file);
  long length = system_call(SYS_readlinkat, AT_FDCWD, as_argument(link.path), as_argument(to), static_cast<long>(room));
  if (length <= 0 || static_cast<Bytes>(length) >= room) {
    return false;
  }
  to[length] = 0;
  return to[0] == '/';
}

} // namespace winmem::host
