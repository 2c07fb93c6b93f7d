#include "name_directory.h"

#include "environment.h"
#include "formatted_text.h"
#include "high_file.h"
#include "memory.h"
#include "syscall.h"

#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace winmem::host {

namespace {

constexpr unsigned kPathRoom = 512;
constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kReadWrite = 0600;
constexpr mode_t kModeBits = 07777;
constexpr int kOpenFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

// What is known of the directory; one thread at a time.
struct Directory {
  char path[kPathRoom];
  int folder = -1;
  int lock = -1;
  FileIdentity identity;
  std::uint32_t user = 0;
};
constinit Directory directory{};

Status status_of(long answer) {
  switch (answer) {
  case -ENOENT:
    return Status::object_name_not_found;
  case -EMFILE:
  case -ENFILE:
  case -ENOSPC:
  case -EDQUOT:
    return Status::insufficient_resources;
  case -ENOMEM:
    return Status::no_memory;
  default:
    return answer < 0 ? Status::access_denied : Status::ok;
  }
}

long open_at(int folder, const char* name, int flags) {
  long file = 0;
  do {
    file = system_call(SYS_openat, folder, as_argument(name), flags, kReadWrite);
  } while (file == -EINTR || (file == -EMFILE && raise_descriptor_limit()));
  return file;
}

long ask(int file, struct stat& out) {
  return system_call(SYS_newfstatat, file, as_argument(""), as_argument(&out), AT_EMPTY_PATH);
}

bool is_own_directory(const struct stat& status, std::uint32_t user) {
  return S_ISDIR(status.st_mode) && status.st_uid == user && (status.st_mode & kModeBits) == kOwnerOnly;
}

void forget_directory() {
  if (directory.folder >= 0) {
    close_file(directory.folder);
    close_file(directory.lock);
  }
  directory.folder = -1;
}

// A file of ours, which is where no other descriptor than ours would be looked for.
Status accept(long opened, std::uint32_t user, int& out) {
  if (opened < 0) {
    return status_of(opened);
  }
  int file = static_cast<int>(opened);
  struct stat status {};
  if (long answer = ask(file, status); answer != 0 || !S_ISREG(status.st_mode) || status.st_uid != user) {
    close_file(file);
    return answer == -ENOMEM ? Status::no_memory : Status::access_denied;
  }
  if ((status.st_mode & kReadWrite) != kReadWrite) {
    system_call(SYS_fchmod, file, kReadWrite); // a umask that hides files from their owner
  }
  out = move_high_or_raise(file);
  return Status::ok;
}

// `directory.path` is there and this user's alone.
Status open_directory(std::uint32_t user) {
  const char* parent = environment("WINMEM_NAMES");
  parent = parent != nullptr && *parent != 0 ? parent : "/dev/shm";
  constexpr unsigned kLongestParent = kPathRoom - 64;
  if (std::strlen(parent) > kLongestParent) {
    return Status::access_denied;
  }
  format_text(directory.path, sizeof directory.path, "%s/winmem-%u", parent, user);
  system_call(SYS_mkdirat, AT_FDCWD, as_argument(directory.path), kOwnerOnly);
  long opened = open_at(AT_FDCWD, directory.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) {
    Status status = status_of(opened);
    return status == Status::object_name_not_found ? Status::access_denied : status;
  }
  int folder = static_cast<int>(opened);
  struct stat status {};
  bool is_ours = ask(folder, status) == 0 && is_own_directory(status, user);
  if (!is_ours && status.st_uid == user && (status.st_mode & kModeBits & ~kOwnerOnly) == 0) {
    // Made under a umask that takes rights from their owner. Nobody else ever had one.
    is_ours =
        system_call(SYS_fchmod, folder, kOwnerOnly) == 0 && ask(folder, status) == 0 && is_own_directory(status, user);
  }
  int lock = -1;
  Status answer = is_ours ? Status::ok : Status::access_denied;
  if (answer == Status::ok) {
    answer = accept(open_at(folder, ".lock", kOpenFlags | O_CREAT), user, lock);
  }
  if (answer != Status::ok) {
    close_file(folder);
    return answer == Status::object_name_not_found ? Status::access_denied : answer;
  }
  directory.folder = move_high_or_raise(folder);
  directory.lock = lock;
  directory.identity = {status.st_dev, status.st_ino};
  directory.user = user;
  return Status::ok;
}

// D1, and whether it is still the one that is open here.
bool is_current(std::uint32_t user) {
  struct stat status {};
  return directory.folder >= 0 && directory.user == user &&
         system_call(SYS_newfstatat, AT_FDCWD, as_argument(directory.path), as_argument(&status),
                     AT_SYMLINK_NOFOLLOW) == 0 &&
         is_own_directory(status, user) && directory.identity == FileIdentity{status.st_dev, status.st_ino};
}

long lock_file(short kind) {
  struct flock wanted {};
  wanted.l_type = kind;
  long answer = 0;
  do {
    answer = system_call(SYS_fcntl, directory.lock, F_SETLKW, as_argument(&wanted));
  } while (answer == -EINTR);
  return answer;
}

long hold_file(int file) {
  struct flock wanted {};
  wanted.l_type = F_RDLCK;
  return system_call(SYS_fcntl, file, F_OFD_SETLK, as_argument(&wanted));
}

NameFile open_name(const char* name, int flags) {
  NameFile result;
  result.status = accept(open_at(directory.folder, name, kOpenFlags | flags), directory.user, result.file);
  return result;
}

void unlink_name(const char* name) { system_call(SYS_unlinkat, directory.folder, as_argument(name), 0); }

} // namespace

Status lock_name_directory() {
  auto user = static_cast<std::uint32_t>(system_call(SYS_geteuid));
  if (!is_current(user)) {
    forget_directory();
    if (Status status = open_directory(user); status != Status::ok) {
      return status;
    }
  }
  if (lock_file(F_WRLCK) != 0) {
    forget_directory(); // the program has closed what it did not open: the next call opens it again
    return Status::access_denied;
  }
  return Status::ok;
}

void unlock_name_directory() { lock_file(F_UNLCK); }

NameFile hold_name(const char* name) {
  NameFile found = open_name(name, 0);
  if (found.status != Status::ok) {
    return found;
  }
  if (!is_held_by_others(found.file)) {
    close_file(found.file);
    unlink_name(name);
    return {Status::object_name_not_found};
  }
  if (hold_file(found.file) != 0) {
    close_file(found.file);
    return {Status::insufficient_resources};
  }
  return found;
}

NameFile make_name(const char* name) {
  NameFile made = open_name(name, O_CREAT | O_EXCL);
  if (made.status == Status::ok && hold_file(made.file) != 0) {
    close_file(made.file);
    unlink_name(name);
    return {Status::insufficient_resources};
  }
  return made;
}

// A kernel that cannot say counts as yes: a name that lives too long does less harm than one that is lost.
bool is_held_by_others(int file) {
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  return system_call(SYS_fcntl, file, F_OFD_GETLK, as_argument(&wanted)) != 0 || wanted.l_type != F_UNLCK;
}

bool remove_unheld_name(const char* name) {
  NameFile found = open_name(name, 0);
  if (found.status != Status::ok) {
    return false;
  }
  bool is_unheld = !is_held_by_others(found.file);
  if (is_unheld) {
    unlink_name(name);
  }
  close_file(found.file);
  return is_unheld;
}

void sweep_names(bool whole) {
  constexpr unsigned kMostRounds = 256; // some ten thousand names
  alignas(dirent64) char entries[1024];
  if (whole) {
    system_call(SYS_lseek, directory.folder, 0, SEEK_SET);
  }
  for (unsigned round = 0; round < (whole ? kMostRounds : 1); ++round) {
    long filled = system_call(SYS_getdents64, directory.folder, as_argument(entries), sizeof entries);
    if (filled <= 0) {
      system_call(SYS_lseek, directory.folder, 0, SEEK_SET); // from the beginning next time
      return;
    }
    for (long at = 0; at < filled;) {
      auto* entry = reinterpret_cast<dirent64*>(entries + at);
      at += entry->d_reclen;
      if (entry->d_name[0] != '.') {
        static_cast<void>(remove_unheld_name(entry->d_name));
      }
    }
  }
}

Status provide_name_pages(int file, Bytes offset, Bytes size) {
  long answer = 0;
  do {
    answer = system_call(SYS_fallocate, file, 0, static_cast<long>(offset), static_cast<long>(size));
  } while (answer == -EINTR);
  return answer == 0 ? Status::ok : Status::insufficient_resources;
}

void* map_name_page(const char* name, Bytes offset) {
  NameFile opened = open_name(name, 0);
  if (opened.status != Status::ok) {
    return nullptr;
  }
  long page =
      system_call(SYS_mmap, 0, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, opened.file, static_cast<long>(offset));
  close_file(opened.file);
  return page < 0 && page > -static_cast<long>(kPage) ? nullptr : reinterpret_cast<void*>(page);
}

bool unmap_name_page(void* page) {
  auto at = reinterpret_cast<Address>(page);
  return unmap({at, at + kPage}) == Kernel::ok;
}

int open_file_of_process(std::uint32_t process, int number, const FileIdentity& expected, bool writes) {
  char path[64];
  format_text(path, sizeof path, "/proc/%u/fd/%d", process, number);
  long opened = open_at(AT_FDCWD, path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0) {
    return -1;
  }
  FileIdentity found;
  if (!identify(static_cast<int>(opened), found) || found != expected) {
    close_file(static_cast<int>(opened));
    return -1;
  }
  return move_high_or_raise(static_cast<int>(opened));
}

bool is_process_alive(std::uint32_t process) { return system_call(SYS_kill, static_cast<long>(process), 0) != -ESRCH; }

} // namespace winmem::host
