// Sections of files beside what only Linux has: full, read-only and odd file systems, other processes and their deaths.
// Linux only.
// Rules: S5 S6 S7 S39 S42 S44 S45
#include "child_process.h"
#include "section_test_support.h"
#include "small_file_system.h"
#include "temporary_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace apitest {
namespace {

HANDLE create(HANDLE file, DWORD protect, std::size_t bytes = 0) {
  return CreateFileMappingA(file, nullptr, protect, static_cast<DWORD>(bytes >> 32), static_cast<DWORD>(bytes),
                            nullptr);
}

HANDLE open_path(const char* path, DWORD access = GENERIC_READ) {
  return CreateFileA(path, access, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
}

bool fails_with_error(DWORD error, HANDLE made) { return made == nullptr && GetLastError() == error; }

using LinuxFileSection = WithFile;

// ---- file systems ---------------------------------------------------------------------------------------------------

TEST_F(LinuxFileSection, S7_a_full_disk_is_an_error_and_the_file_stays_as_it_was) {
  in_small_file_system(name(), [](const std::string&, const std::string& path) {
    HANDLE file = open_path(path.c_str(), kReadWrite);
    if (!fails_with_error(112, create(file, PAGE_READWRITE, 0x200000)) || GetFileSize(file, nullptr) != 100)
      return 1;
    HANDLE fits = create(file, PAGE_READWRITE, 0x40000);
    if (fits == nullptr || GetFileSize(file, nullptr) != 0x40000)
      return 2;
    auto* view = static_cast<char*>(MapViewOfFile(fits, FILE_MAP_WRITE, 0, 0, 0));
    if (view == nullptr)
      return 3;
    std::memset(view, 1, 0x40000); // all of it is there
    return byte_at(file, 0) == 1 && byte_at(file, 0x3FFFF) == 1 ? 0 : 4;
  });
}

TEST_F(LinuxFileSection, S5_a_read_only_file_system_s_file_is_mapped_for_reading) {
  in_small_file_system(name(), [](const std::string& folder, const std::string& path) {
    if (mount("none", folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      return kNotAllowed;
    if (open_path(path.c_str(), kReadWrite) != INVALID_HANDLE_VALUE || GetLastError() != 19)
      return 1;
    HANDLE file = open_path(path.c_str());
    if (!fails_with_error(5, create(file, PAGE_READWRITE)) || !fails_with_error(8, create(file, PAGE_READONLY, 200)))
      return 2;
    HANDLE section = create(file, PAGE_READONLY);
    auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
    auto* copy = static_cast<char*>(MapViewOfFile(section, FILE_MAP_COPY, 0, 0, 0));
    if (view == nullptr || copy == nullptr || view[99] != 'x' || view[100] != 0)
      return 3;
    copy[99] = 'y';
    return view[99] == 'x' && FlushViewOfFile(copy, 0) ? 0 : 4;
  });
}

TEST_F(LinuxFileSection, S5_devices_and_pipes_are_not_mapped) {
  OpenFile zero(open_path("/dev/zero", kReadWrite));
  EXPECT_ERROR(193, create(zero, PAGE_READWRITE, 0x1000));

  ASSERT_EQ(mkfifo(name(), 0600), 0);
  OpenFile pipe(open_path(name(), kReadWrite));
  EXPECT_ERROR(193, create(pipe, PAGE_READWRITE, 0x1000));
}

TEST_F(LinuxFileSection, S6_files_of_proc_are_empty) {
  OpenFile file(open_path("/proc/self/status"));

  EXPECT_ERROR(1006, create(file, PAGE_READONLY));
  EXPECT_ERROR(8, create(file, PAGE_READONLY, 0x1000));
}

TEST_F(LinuxFileSection, S5_a_file_that_has_no_mappings_says_so_when_it_is_mapped) {
  constexpr const char* kPath = "/sys/kernel/mm/transparent_hugepage/enabled";
  if (access(kPath, R_OK) != 0) {
    GTEST_SKIP() << "there is no " << kPath;
  }
  OpenFile file(open_path(kPath));
  Section section(create(file, PAGE_READONLY));

  EXPECT_ERROR(193, MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
}

TEST_F(LinuxFileSection, S42_a_file_without_a_name_is_mapped_all_the_same) {
  OpenFile file = made(0x2000);
  ASSERT_EQ(unlink(name()), 0);

  Section section(create(file, PAGE_READWRITE, 0x3000));
  View view = view_of(section, FILE_MAP_WRITE);
  view[0x2FFF] = 'z';

  EXPECT_EQ(byte_at(file, 0x2FFF), 'z');
}

// ---- processes ------------------------------------------------------------------------------------------------------

// A child that has a view of the file until it is killed.
class Viewer {
public:
  explicit Viewer(const char* name) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    child_ = fork();
    if (child_ == 0) {
      alarm(60);
      HANDLE file = open_path(name, kReadWrite);
      HANDLE section = create(file, PAGE_READWRITE);
      auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
      bool made = view != nullptr && CloseHandle(section) && CloseHandle(file);
      if (made) {
        view[1] = 'v';
        made = FlushViewOfFile(view, 0) != 0;
      }
      bool told = write(ready[1], made ? "y" : "n", 1) == 1;
      while (told) {
        pause();
      }
      _exit(1);
    }
    close(ready[1]);
    char byte = 0;
    made_ = read(ready[0], &byte, 1) == 1 && byte == 'y';
    close(ready[0]);
  }
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  ~Viewer() { end(); }

  bool made() const { return made_; }
  void end() {
    int status = 0;
    if (child_ > 0) {
      kill(child_, SIGKILL);
      EXPECT_EQ(waitpid(child_, &status, 0), child_);
    }
    child_ = -1;
  }

private:
  pid_t child_ = -1;
  bool made_ = false;
};

TEST_F(LinuxFileSection, S39_views_of_two_processes_see_each_others_writes) {
  OpenFile file = made(0x2000);
  Section section(create(file, PAGE_READWRITE));
  View view = view_of(section, FILE_MAP_WRITE);
  Viewer viewer(name());
  ASSERT_TRUE(viewer.made());

  EXPECT_EQ(view[1], 'v');
  int wrong = in_child([&] {
    HANDLE own = create(open_path(name(), kReadWrite), PAGE_READWRITE);
    auto* shown = static_cast<char*>(MapViewOfFile(own, FILE_MAP_WRITE, 0, 0, 0));
    if (shown == nullptr || shown[1] != 'v')
      return 1;
    shown[0x1003] = 'c';
    return 0;
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(view[0x1003], 'c');
  EXPECT_EQ(byte_at(file, 0x1003), 'c');
}

TEST_F(LinuxFileSection, S44_S45_what_was_flushed_survives_a_kill_and_the_file_is_free_at_once) {
  for (int round = 0; round < 30; ++round) {
    made(0x2000);
    Viewer viewer(name());
    ASSERT_TRUE(viewer.made());
    OpenFile file = open();
    EXPECT_ERROR(1224, cut(file, 0x1000));
    EXPECT_ERROR(5, DeleteFileA(name()));

    viewer.end();

    EXPECT_EQ(byte_at(file, 1), 'v');
    EXPECT_OK(cut(file, 0x1000));
    file.close();
    EXPECT_OK(DeleteFileA(name()));
  }
}

TEST_F(LinuxFileSection, S42_the_child_of_a_fork_has_the_section_and_its_views) {
  OpenFile file = made(0x2000);
  Section section(create(file, PAGE_READWRITE));
  View view = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'p';

  int wrong = in_child([&] {
    auto* own = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    if (own == nullptr || copy[0] != 'p' || picture_of(copy.base(), 0x2000) != "MC1rw MC1wc")
      return 1;
    own[5] = 'c';
    copy[0] = 'c';
    return view[5] == 'c' && UnmapViewOfFile(view.base()) ? 0 : 2;
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(view[5], 'c');
  EXPECT_EQ(copy[0], 'p');
  EXPECT_EQ(byte_at(file, 0), 'a');
}

TEST_F(LinuxFileSection, S45_the_file_is_free_when_parent_and_child_have_let_it_go) {
  OpenFile file = made(0x2000);
  Section section(create(file, PAGE_READWRITE));
  int wrong = in_child([&] { return CloseHandle(section) ? 0 : 1; });
  EXPECT_EQ(wrong, 0);

  EXPECT_ERROR(1224, cut(file, 0));
  section.close();
  EXPECT_OK(cut(file, 0));
}

} // namespace
} // namespace apitest
