// A file system of 1 MiB that only a child of the test's sees, where this user may have one. Linux only.
#pragma once

#include "child_process.h"
#include "expect.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace apitest {

inline constexpr int kNotAllowed = 77;

// Into the file system, in which is a file of 100 bytes.
inline bool enter_small_file_system(const std::string& folder, const std::string& path) {
  bool entered = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                 mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                 mount("winmem", folder.c_str(), "tmpfs", 0, "size=1m") == 0;
  int file = entered ? open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600) : -1;
  return file >= 0 && write(file, std::string(100, 'x').c_str(), 100) == 100 && close(file) == 0;
}

// `checks` runs in the child, is given the folder and the file's path, and answers 0 when all is right.
template <typename Checks> void in_small_file_system(const std::string& name, Checks checks) {
  std::string folder = name + ".d";
  std::string path = folder + "/file";
  ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
  int wrong = in_child([&] { return enter_small_file_system(folder, path) ? checks(folder, path) : kNotAllowed; });
  EXPECT_EQ(rmdir(folder.c_str()), 0);
  if (wrong == kNotAllowed) {
    GTEST_SKIP() << "file systems cannot be mounted here";
  }
  EXPECT_EQ(wrong, 0);
}

} // namespace apitest
