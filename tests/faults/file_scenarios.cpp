// Files: creating, writing, sizing, sharing, deleting. Each call leaves no file open, and none behind.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <io.h>
#include <sys/resource.h>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::uint32_t kFileErrors[] = {
    ERROR_FILE_NOT_FOUND,    ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED,       ERROR_NOT_ENOUGH_MEMORY,
    ERROR_SHARING_VIOLATION, ERROR_DISK_FULL,      ERROR_NO_SYSTEM_RESOURCES, ERROR_WRITE_PROTECT,
    ERROR_INVALID_FUNCTION,  ERROR_NOACCESS,       ERROR_INVALID_USER_BUFFER, ERROR_IO_DEVICE,
    ERROR_INVALID_PARAMETER,
};
constexpr DWORD kReadWrite = GENERIC_READ | GENERIC_WRITE;
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

const char* name() {
  static char path[64];
  std::snprintf(path, sizeof path, "/tmp/winmem-faults-%d", static_cast<int>(getpid()));
  return path;
}

// errno stays: trials look at it.
void take_away() {
  int before = errno;
  static_cast<void>(unlink(name()));
  errno = before;
}

bool is_there() {
  int before = errno;
  bool there = access(name(), F_OK) == 0;
  errno = before;
  return there;
}

// A success of CreateFile sets the last error to 0, which trials would take for a mistake.
class LastError {
public:
  LastError() : before_(GetLastError()) {}
  bool finish(bool succeeded) const {
    if (succeeded) {
      SetLastError(before_);
    }
    return succeeded;
  }

private:
  DWORD before_;
};

HANDLE create(DWORD disposition, DWORD share = kShareAll, DWORD flags = 0) {
  return CreateFileA(name(), kReadWrite, share, nullptr, disposition, flags, nullptr);
}

// Closes the file and takes it away, and keeps the last error of what went before.
bool finish(HANDLE file, bool succeeded) {
  DWORD error = GetLastError();
  FAULTS_REQUIRE(CloseHandle(file));
  take_away();
  SetLastError(error);
  return succeeded;
}

SCENARIO(a_file_is_created_and_closed, kFileErrors) {
  take_away(); // what a process of this number left, if it was killed
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_NEW, 0); // refused if a failed call had left it there
    return last.finish(file != INVALID_HANDLE_VALUE && finish(file, true));
  });
}

SCENARIO(a_file_is_written_and_read, kFileErrors) {
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_ALWAYS);
    if (file == INVALID_HANDLE_VALUE) {
      take_away();
      return false;
    }
    char text[] = "abc";
    OVERLAPPED where{};
    where.Offset = 3;
    DWORD count = 0;
    return last.finish(finish(file, WriteFile(file, text, 3, &count, nullptr) && count == 3 &&
                                        WriteFile(file, text, 3, &count, &where) && count == 3 &&
                                        SetFilePointer(file, 0, nullptr, FILE_BEGIN) == 0 &&
                                        ReadFile(file, text, 3, &count, nullptr) &&
                                        ReadFile(file, text, 3, &count, &where) && FlushFileBuffers(file)));
  });
}

SCENARIO(a_file_grows_and_shrinks, kFileErrors) {
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_ALWAYS);
    if (file == INVALID_HANDLE_VALUE) {
      take_away();
      return false;
    }
    bool grew = SetFilePointer(file, 100000, nullptr, FILE_BEGIN) == 100000 && SetEndOfFile(file);
    FAULTS_REQUIRE(grew || GetFileSize(file, nullptr) != 100000);
    return last.finish(finish(file, grew && SetFilePointer(file, 10, nullptr, FILE_BEGIN) == 10 && SetEndOfFile(file)));
  });
}

SCENARIO(a_file_is_deleted, kFileErrors) {
  trial.call([] {
    close(open(name(), O_CREAT | O_WRONLY, 0600));
    bool deleted = DeleteFileA(name()) != 0;
    FAULTS_REQUIRE(is_there() != deleted);
    take_away();
    return deleted;
  });
}

// Where its name cannot be found out the file stays; the close has succeeded all the same.
SCENARIO(a_file_is_deleted_on_close, kFileErrors) {
  take_away(); // what a process of this number left, if it was killed
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_NEW, kShareAll, FILE_FLAG_DELETE_ON_CLOSE);
    return last.finish(file != INVALID_HANDLE_VALUE && finish(file, true));
  });
}

SCENARIO(a_file_is_opened_twice_without_sharing, kFileErrors) {
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_ALWAYS, 0);
    if (file == INVALID_HANDLE_VALUE) {
      take_away();
      return false;
    }
    HANDLE second = create(OPEN_EXISTING);
    if (second != INVALID_HANDLE_VALUE) { // without locks nobody is kept out
      FAULTS_REQUIRE(CloseHandle(second));
    }
    return last.finish(finish(file, true));
  });
}

SCENARIO(a_file_is_opened_when_the_soft_limit_is_low, kFileErrors) {
  rlimit limit{};
  FAULTS_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = 256;
  FAULTS_REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_ALWAYS);
    return last.finish(file != INVALID_HANDLE_VALUE && finish(file, true));
  });
}

// What exec hands on is noted as well as it goes: a handle that cannot be noted works all the same.
SCENARIO(a_file_is_opened_that_may_be_inherited, kFileErrors) {
  trial.call([] {
    LastError last;
    HANDLE file = create(CREATE_ALWAYS);
    if (file == INVALID_HANDLE_VALUE) {
      take_away();
      return false;
    }
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    HANDLE second = CreateFileA(name(), GENERIC_READ, kShareAll, &inherited, OPEN_EXISTING, 0, nullptr);
    bool done = second != INVALID_HANDLE_VALUE;
    if (done) {
      done = SetHandleInformation(file, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) != 0;
      FAULTS_REQUIRE(CloseHandle(second));
    }
    return last.finish(finish(file, done));
  });
}

// Below the hard limit, so that it can be raised.
void lower_soft_limit() {
  rlimit limit{};
  FAULTS_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = 1024;
  FAULTS_REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

// The note of what exec hands on has the first number that the limit may forbid.
SCENARIO(a_handle_is_to_be_inherited_when_the_soft_limit_is_low, kFileErrors) {
  HANDLE file = create(CREATE_ALWAYS);
  FAULTS_REQUIRE(file != INVALID_HANDLE_VALUE);
  take_away();
  lower_soft_limit();
  trial.call([=] {
    return SetHandleInformation(file, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) != 0 &&
           SetHandleInformation(file, HANDLE_FLAG_INHERIT, 0) != 0;
  });
}

// The functions of C's library tell by errno; trials look at the last error.
SCENARIO(a_descriptor_gets_a_handle_and_that_a_descriptor, kFileErrors) {
  lower_soft_limit();
  trial.call([] {
    LastError last;
    int number = errno;
    int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
    auto handle = _get_osfhandle(before);
    HANDLE file = CreateFileA("/dev/null", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
    int after = file != INVALID_HANDLE_VALUE ? _open_osfhandle(reinterpret_cast<intptr_t>(file), 0) : -1;
    close(before);
    if (after >= 0) {
      close(after);
    }
    FAULTS_REQUIRE(handle == -1 || CloseHandle(reinterpret_cast<HANDLE>(handle)));
    FAULTS_REQUIRE(file == INVALID_HANDLE_VALUE || CloseHandle(file));
    errno = number;
    SetLastError(ERROR_NO_SYSTEM_RESOURCES);
    return last.finish(handle != -1 && after >= 0);
  });
}

} // namespace
} // namespace faults
