// Locks of bytes in files. Each call leaves no file open, and none behind.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::uint32_t kLockErrors[] = {
    ERROR_FILE_NOT_FOUND,    ERROR_PATH_NOT_FOUND,      ERROR_ACCESS_DENIED,
    ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_FUNCTION,
    ERROR_IO_DEVICE,         ERROR_INVALID_PARAMETER,   ERROR_SHARING_VIOLATION,
};
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

const char* name() {
  static char path[64];
  std::snprintf(path, sizeof path, "/tmp/winmem-faults-locks-%d", static_cast<int>(getpid()));
  return path;
}

// A file in which calls lock, open for `access`, and gone with its handle; the last error and errno stay.
class Locked {
public:
  explicit Locked(DWORD access) : last_(GetLastError()), number_(errno) {
    close(open(name(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    file_ = CreateFileA(name(), access, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
  }

  HANDLE file() const { return file_; }
  bool is_open() const { return file_ != INVALID_HANDLE_VALUE; }

  bool finish(bool succeeded) {
    DWORD error = GetLastError();
    FAULTS_REQUIRE(!is_open() || CloseHandle(file_));
    static_cast<void>(unlink(name()));
    errno = number_;
    SetLastError(succeeded ? last_ : error);
    return succeeded;
  }

private:
  DWORD last_;
  int number_;
  HANDLE file_;
};

BOOL lock(HANDLE file, DWORD flags, DWORD offset, DWORD size) {
  OVERLAPPED at{};
  at.Offset = offset;
  return LockFileEx(file, flags, 0, size, 0, &at);
}

// What is not locked cannot be unlocked: a lock that failed has left nothing.
bool is_free(HANDLE file, DWORD offset, DWORD size) {
  DWORD error = GetLastError();
  bool is = !UnlockFile(file, offset, 0, size, 0);
  SetLastError(error);
  return is;
}

SCENARIO(bytes_are_locked_and_unlocked, kLockErrors) {
  trial.call([] {
    Locked locked(GENERIC_READ | GENERIC_WRITE);
    if (!locked.is_open()) {
      return locked.finish(false);
    }
    HANDLE file = locked.file();
    bool first = lock(file, LOCKFILE_EXCLUSIVE_LOCK, 10, 10);
    FAULTS_REQUIRE(first || is_free(file, 10, 10));
    bool second = first && lock(file, 0, 5, 20);
    FAULTS_REQUIRE(second || is_free(file, 5, 20));
    return locked.finish(second && UnlockFile(file, 10, 0, 10, 0) && UnlockFile(file, 5, 0, 20, 0));
  });
}

SCENARIO(a_file_that_is_open_for_reading_is_locked_exclusively, kLockErrors) {
  trial.call([] {
    Locked locked(GENERIC_READ);
    if (!locked.is_open()) {
      return locked.finish(false);
    }
    HANDLE file = locked.file();
    bool shared = lock(file, LOCKFILE_FAIL_IMMEDIATELY, 0, 5);
    bool exclusive = shared && lock(file, LOCKFILE_EXCLUSIVE_LOCK, 10, 10);
    FAULTS_REQUIRE(exclusive || is_free(file, 10, 10));
    return locked.finish(exclusive);
  });
}

// Until the parent sleeps: in the lock, or after it failed in waitpid. Nothing here allocates.
void wait_for_sleeping_parent() {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(getppid()));
  for (char state = 'R'; state != 'S'; usleep(200)) {
    char text[256] = {};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_read = read(file, text, sizeof text - 1) > 0;
    close(file);
    const char* name_end = is_read ? std::strrchr(text, ')') : nullptr;
    state = name_end != nullptr ? name_end[2] : 'S';
  }
}

// Another process has the bytes, and ends when it is waited for.
SCENARIO(bytes_are_locked_when_another_process_lets_go, kLockErrors) {
  trial.call([] {
    Locked locked(GENERIC_READ | GENERIC_WRITE);
    if (!locked.is_open()) {
      return locked.finish(false);
    }
    int before = errno;
    int other = open(name(), O_RDWR | O_CLOEXEC);
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_len = 100;
    FAULTS_REQUIRE(other >= 0 && fcntl(other, F_OFD_SETLK, &range) == 0);
    pid_t child = _Fork();
    if (child == 0) {
      wait_for_sleeping_parent();
      _exit(0);
    }
    close(other);
    bool done = lock(locked.file(), LOCKFILE_EXCLUSIVE_LOCK, 10, 10);
    DWORD error = GetLastError();
    FAULTS_REQUIRE(done || is_free(locked.file(), 10, 10));
    FAULTS_REQUIRE(waitpid(child, nullptr, 0) == child);
    errno = before;
    SetLastError(error);
    return locked.finish(done);
  });
}

} // namespace
} // namespace faults
