// Locks of bytes as Linux sees them: other processes and their deaths, programs that lock by fcntl. Linux only.
#include "file_test_support.h"

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace apitest {
namespace {

class LinuxFileLocks : public Files {
protected:
  LinuxFileLocks() : file(with_text(std::string(100, 'x').c_str())) {}
  ~LinuxFileLocks() override { CloseHandle(file); }

  BOOL lock(DWORD offset, DWORD size, DWORD flags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY) const {
    OVERLAPPED at{};
    at.Offset = offset;
    return LockFileEx(file, flags, 0, size, 0, &at);
  }

  // As a program does that knows nothing of winmem: the answer of fcntl.
  int lock_as_others_do(int command, short type, off_t start, off_t size) const {
    int other = ::open(name(), O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = size;
    int answer = fcntl(other, command, &lock);
    ::close(other);
    return answer;
  }

  // What `body` answers in a child.
  template <class Body> static int in_child(Body body) {
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      _exit(body());
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  }

  HANDLE file;
};

TEST_F(LinuxFileLocks, programs_that_lock_by_fcntl_meet_them_and_are_met) {
  EXPECT_OK(lock(10, 10));

  EXPECT_EQ(lock_as_others_do(F_OFD_SETLK, F_RDLCK, 19, 1), -1);
  EXPECT_EQ(lock_as_others_do(F_SETLK, F_WRLCK, 0, 11), -1);
  EXPECT_EQ(lock_as_others_do(F_SETLK, F_WRLCK, 20, 10), 0);
  EXPECT_EQ(lock_as_others_do(F_OFD_SETLK, F_RDLCK, 0, 10), 0);

  EXPECT_OK(UnlockFile(file, 10, 0, 10, 0));
  EXPECT_EQ(lock_as_others_do(F_OFD_SETLK, F_WRLCK, 0, 100), 0);
}

TEST_F(LinuxFileLocks, a_shared_lock_is_a_read_lock_for_other_programs) {
  EXPECT_OK(lock(10, 10, LOCKFILE_FAIL_IMMEDIATELY));

  EXPECT_EQ(lock_as_others_do(F_SETLK, F_RDLCK, 0, 0), 0);
  EXPECT_EQ(lock_as_others_do(F_OFD_SETLK, F_WRLCK, 15, 1), -1);
}

TEST_F(LinuxFileLocks, a_posix_lock_of_another_process_is_in_the_way_until_it_dies) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    int other = ::open(name(), O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 50;
    lock.l_len = 10;
    bool told = fcntl(other, F_SETLK, &lock) == 0 && write(ready[1], "y", 1) == 1;
    _exit(told && pause() != 0 ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);

  EXPECT_ERROR(33, lock(0, 51));
  EXPECT_OK(lock(60, 10));
  kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);

  EXPECT_OK(lock(0, 51));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(LinuxFileLocks, locks_of_a_killed_process_are_gone_and_who_waited_has_them) {
  for (int round = 0; round < 10; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      HANDLE own = open(kReadWrite, OPEN_EXISTING);
      bool told = LockFile(own, 0, 0, 10, 0) && write(ready[1], "y", 1) == 1;
      usleep(10000);
      _exit(told && kill(getpid(), SIGKILL) == 0 ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);

    EXPECT_OK(lock(5, 10, LOCKFILE_EXCLUSIVE_LOCK)); // waits

    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_OK(UnlockFile(file, 5, 0, 10, 0));
    ::close(ready[0]);
    ::close(ready[1]);
  }
}

TEST_F(LinuxFileLocks, processes_take_turns_by_a_lock) {
  constexpr int kProcesses = 4;
  constexpr int kTurns = 200;
  pid_t children[kProcesses];
  for (pid_t& child : children) {
    child = fork();
    if (child == 0) {
      alarm(60);
      HANDLE own = open(kReadWrite, OPEN_EXISTING);
      bool right = true;
      for (int turn = 0; turn < kTurns; ++turn) {
        OVERLAPPED lock_at{};
        lock_at.Offset = 1000;
        right = right && LockFileEx(own, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &lock_at);
        unsigned value = 0;
        DWORD count = 0;
        OVERLAPPED at{};
        at.Offset = 96;
        right = right && ReadFile(own, &value, 4, &count, &at) && count == 4;
        ++value;
        right = right && WriteFile(own, &value, 4, &count, &at) && UnlockFile(own, 1000, 0, 1, 0);
      }
      _exit(right ? 0 : 1);
    }
  }
  for (pid_t child : children) {
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  unsigned value = 0;
  DWORD count = 0;
  OVERLAPPED at{};
  at.Offset = 96;
  EXPECT_OK(ReadFile(file, &value, 4, &count, &at));
  EXPECT_EQ(value, 0x78787878u + kProcesses * kTurns);
}

TEST_F(LinuxFileLocks, the_child_of_a_fork_has_the_same_open_file_and_its_locks) {
  EXPECT_OK(lock(10, 10));

  EXPECT_EQ(in_child([this] {
              char byte = 0;
              DWORD count = 0;
              OVERLAPPED at{};
              at.Offset = 15;
              HANDLE own = open(kReadWrite, OPEN_EXISTING);
              bool right = ReadFile(file, &byte, 1, &count, &at) && !ReadFile(own, &byte, 1, &count, &at);
              return right && GetLastError() == ERROR_LOCK_VIOLATION ? 0 : 1;
            }),
            0);

  EXPECT_EQ(lock_as_others_do(F_OFD_SETLK, F_RDLCK, 10, 1), -1);
}

TEST_F(LinuxFileLocks, a_lock_of_all_offsets_leaves_the_marks_of_sharing_alone) {
  OVERLAPPED begin{};
  EXPECT_OK(LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 0xFFFFFFFF, 0xFFFFFFFF, &begin));
  EXPECT_OK(UnlockFileEx(file, 0, 0xFFFFFFFF, 0xFFFFFFFF, &begin));

  EXPECT_FALSE(opens(GENERIC_READ, FILE_SHARE_READ)); // `file` has it open for writing
  EXPECT_EQ(GetLastError(), 32u);
  EXPECT_TRUE(opens(GENERIC_READ, kShareAll));
}

} // namespace
} // namespace apitest
