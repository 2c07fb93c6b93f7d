// Files as Linux sees them: other processes and their deaths, descriptors and their limits, fork. Linux only.
#include "expect.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

namespace apitest {
namespace {

constexpr DWORD kReadWrite = GENERIC_READ | GENERIC_WRITE;
constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

class LinuxFiles : public ::testing::Test {
protected:
  LinuxFiles() : name_("winmem-linux-" + std::to_string(getpid()) + ".tmp") {
    HANDLE file = open(kShareAll, CREATE_ALWAYS);
    EXPECT_NE(file, INVALID_HANDLE_VALUE);
    CloseHandle(file);
  }
  ~LinuxFiles() override { std::remove(name_.c_str()); }

  HANDLE open(DWORD share, DWORD disposition = OPEN_EXISTING) const {
    return CreateFileA(name_.c_str(), kReadWrite, share, nullptr, disposition, 0, nullptr);
  }

  // The last error of an open that must fail; 0 if it succeeded.
  DWORD refusal(DWORD share) const {
    HANDLE file = open(share);
    DWORD error = GetLastError();
    return file == INVALID_HANDLE_VALUE ? error : (CloseHandle(file), 0);
  }

  const char* name() const { return name_.c_str(); }

private:
  std::string name_;
};

// A child that holds the file open until it is told to end, or is killed.
class Holder {
public:
  template <class Open> explicit Holder(Open open) {
    int ready[2];
    int end[2];
    EXPECT_EQ(pipe(ready), 0);
    EXPECT_EQ(pipe(end), 0);
    child_ = fork();
    if (child_ == 0) {
      alarm(60);
      close(end[1]);
      char byte = open() != INVALID_HANDLE_VALUE ? 'y' : 'n';
      bool told = write(ready[1], &byte, 1) == 1 && read(end[0], &byte, 1) >= 0;
      _exit(told ? 0 : 1);
    }
    close(ready[1]);
    close(end[0]);
    char byte = 0;
    opened_ = read(ready[0], &byte, 1) == 1 && byte == 'y';
    close(ready[0]);
    end_ = end[1];
  }
  ~Holder() {
    if (child_ > 0) {
      end_with(SIGKILL);
    }
    close(end_);
  }

  bool opened() const { return opened_; }

  void end_with(int signal) {
    kill(child_, signal);
    int status = 0;
    EXPECT_EQ(waitpid(child_, &status, 0), child_);
    child_ = -1;
  }

private:
  pid_t child_ = -1;
  int end_ = -1;
  bool opened_ = false;
};

TEST_F(LinuxFiles, share_modes_hold_between_processes_and_end_with_a_killed_one) {
  for (int round = 0; round < 20; ++round) {
    Holder holder([this] { return open(0); });
    ASSERT_TRUE(holder.opened());
    EXPECT_EQ(refusal(kShareAll), 32u);
    EXPECT_ERROR(32, DeleteFileA(name()));

    holder.end_with(SIGKILL);

    EXPECT_EQ(refusal(0), 0u);
  }
}

TEST_F(LinuxFiles, processes_that_share_all_open_it_together) {
  Holder first([this] { return open(kShareAll); });
  Holder second([this] { return open(kShareAll); });

  EXPECT_TRUE(first.opened());
  EXPECT_TRUE(second.opened());
  EXPECT_EQ(refusal(kShareAll), 0u);
  EXPECT_EQ(refusal(FILE_SHARE_READ), 32u);
}

TEST_F(LinuxFiles, a_lock_of_another_program_is_a_violation_for_who_meets_it) {
  int other = ::open(name(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(other, 0);
  HANDLE file = open(kShareAll);
  char bytes[100] = {};
  DWORD count = 0;
  EXPECT_OK(WriteFile(file, bytes, 100, &count, nullptr));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = 50;
  lock.l_len = 10;
  ASSERT_EQ(fcntl(other, F_OFD_SETLK, &lock), 0);

  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_BEGIN), 0u);
  EXPECT_OK(ReadFile(file, bytes, 50, &count, nullptr));
  EXPECT_ERROR(33, ReadFile(file, bytes, 1, &count, nullptr));
  EXPECT_ERROR(33, WriteFile(file, bytes, 1, &count, nullptr));
  EXPECT_EQ(SetFilePointer(file, 60, nullptr, FILE_BEGIN), 60u);
  EXPECT_OK(WriteFile(file, bytes, 1, &count, nullptr));

  close(other);
  EXPECT_EQ(SetFilePointer(file, 50, nullptr, FILE_BEGIN), 50u);
  EXPECT_OK(ReadFile(file, bytes, 1, &count, nullptr));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(LinuxFiles, the_child_of_a_fork_reads_on_with_the_handle) {
  HANDLE file = open(kShareAll);
  DWORD count = 0;
  EXPECT_OK(WriteFile(file, "abc", 3, &count, nullptr));
  pid_t child = fork();
  if (child == 0) {
    char byte = 0;
    bool right = SetFilePointer(file, 1, nullptr, FILE_BEGIN) == 1 && ReadFile(file, &byte, 1, &count, nullptr) &&
                 byte == 'b' && CloseHandle(file);
    _exit(right ? 0 : 1);
  }
  int status = 1;
  EXPECT_EQ(waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  EXPECT_EQ(GetFileSize(file, nullptr), 3u);
  EXPECT_OK(CloseHandle(file));
}

std::set<int> descriptors() {
  std::set<int> found;
  DIR* folder = opendir("/proc/self/fd");
  while (dirent* entry = readdir(folder)) {
    found.insert(std::atoi(entry->d_name));
  }
  closedir(folder);
  return found;
}

TEST_F(LinuxFiles, descriptors_lie_above_1023_and_are_closed_by_exec) {
  std::set<int> before = descriptors();
  HANDLE file = open(kShareAll);

  std::vector<int> fresh;
  for (int each : descriptors()) {
    if (before.count(each) == 0) {
      fresh.push_back(each);
    }
  }

  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_GE(fresh[0], 1024);
  EXPECT_EQ(fcntl(fresh[0], F_GETFD), FD_CLOEXEC);
  EXPECT_OK(CloseHandle(file));
  EXPECT_EQ(descriptors(), before);
}

// In a child, whose limits end with it.
TEST_F(LinuxFiles, the_soft_limit_is_raised_and_past_the_hard_one_there_are_no_resources) {
  constexpr unsigned kHard = 1100;
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    rlimit limit{100, kHard};
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
      _exit(2);
    }
    std::vector<HANDLE> files;
    HANDLE file = nullptr;
    while ((file = open(kShareAll)) != INVALID_HANDLE_VALUE) {
      files.push_back(file);
    }
    bool right = GetLastError() == 1450 && files.size() > kHard - 60 && files.size() < kHard;
    right = right && CloseHandle(files.back()) && open(kShareAll) != INVALID_HANDLE_VALUE;
    _exit(right ? 0 : 1);
  }
  int status = 1;
  EXPECT_EQ(waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
}

// Whether the file is there after a child has opened it so and ended in that way.
template <class End> bool stays_after(const char* name, End end) {
  std::fflush(nullptr); // the child would write it again
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    HANDLE file = CreateFileA(name, kReadWrite, kShareAll, nullptr, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
    if (file != INVALID_HANDLE_VALUE) {
      end();
    }
    _exit(1);
  }
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  return access(name, F_OK) == 0;
}

TEST_F(LinuxFiles, delete_on_close_takes_the_name_when_the_process_exits_and_not_when_it_is_killed) {
  EXPECT_FALSE(stays_after(name(), [] { std::exit(0); }));
  EXPECT_TRUE(stays_after(name(), [] { _exit(0); }));
  EXPECT_TRUE(stays_after(name(), [] { kill(getpid(), SIGKILL); }));
  EXPECT_FALSE(stays_after(name(), [] { std::exit(0); }));
}

TEST_F(LinuxFiles, a_child_of_fork_leaves_the_name_that_goes_with_the_last_handle_to_its_parent) {
  HANDLE file = CreateFileA(name(), kReadWrite, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  pid_t child = fork();
  if (child == 0) {
    _exit(CloseHandle(file) ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(access(name(), F_OK), 0);

  EXPECT_OK(CloseHandle(file));
  EXPECT_NE(access(name(), F_OK), 0);
}

TEST_F(LinuxFiles, without_buffering_transfers_are_of_whole_sectors) {
  HANDLE file = CreateFileA(name(), kReadWrite, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_NO_BUFFERING, nullptr);
  char sectors[1024] = {};
  DWORD count = 0;

  EXPECT_ERROR(87, WriteFile(file, sectors, 100, &count, nullptr));
  EXPECT_OK(WriteFile(file, sectors, 1024, &count, nullptr));
  EXPECT_EQ(SetFilePointer(file, 10, nullptr, FILE_BEGIN), 10u);
  EXPECT_ERROR(87, ReadFile(file, sectors, 512, &count, nullptr));
  OVERLAPPED at{};
  at.Offset = 512;
  EXPECT_OK(ReadFile(file, sectors, 512, &count, &at));
  EXPECT_EQ(count, 512u);
  EXPECT_EQ(GetFileSize(file, nullptr), 1024u);
  EXPECT_OK(CloseHandle(file));
}

} // namespace
} // namespace apitest
