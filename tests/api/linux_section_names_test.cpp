// Names of sections between processes: forks, deaths, holders that nobody can ask, a full file system. Linux only.
// Rules: S24 S25 S26 S52
#include "child_process.h"
#include "named_section.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <vector>

namespace apitest {
namespace {

// The same for this test's process and its children.
const pid_t first_process = getpid();
std::string own(const std::string& text) { return "winmem-test-" + std::to_string(first_process) + "-" + text; }

// Two ends: the child says that it is ready, and waits until the parent lets it go on.
class Meeting {
public:
  Meeting() {
    if (pipe(ready_) != 0 || pipe(go_) != 0) {
      abort();
    }
  }
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;
  ~Meeting() {
    for (int end : {ready_[0], ready_[1], go_[0], go_[1]}) {
      ::close(end);
    }
  }
  void arrive_and_wait() {
    char byte = 0;
    static_cast<void>(!write(ready_[1], &byte, 1) || !read(go_[0], &byte, 1));
  }
  bool await() {
    char byte = 0;
    return read(ready_[0], &byte, 1) == 1;
  }
  void let_go() {
    char byte = 0;
    static_cast<void>(!write(go_[1], &byte, 1));
  }

private:
  int ready_[2];
  int go_[2];
};

TEST(LinuxSectionNames, S26_processes_share_the_pages_of_a_name) {
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = create(own("shared"), 0x20000);
    auto* view = static_cast<volatile char*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0));
    if (view == nullptr) {
      return 1;
    }
    view[0x1FFFF] = 5;
    meeting.arrive_and_wait();
    return view[3] == 6 ? 0 : 2;
  });
  ASSERT_TRUE(meeting.await());
  Section found(open(own("shared")));
  ASSERT_NE(static_cast<HANDLE>(found), nullptr) << GetLastError();
  View view = view_of(found, FILE_MAP_WRITE);
  EXPECT_EQ(ask(view.base()).RegionSize, 0x20000U);
  EXPECT_EQ(view[0x1FFFF], 5);
  view[3] = 6;
  meeting.let_go();
  EXPECT_EQ(result_of(child), 0);
  EXPECT_EQ(view[0x1FFFF], 5);
  // This process is the holder now.
  EXPECT_EQ(in_child([&] {
              if (CloseHandle(found) == 0 || is_missing(own("shared"))) {
                return 1;
              }
              return 0;
            }),
            0);
}

TEST(LinuxSectionNames, S52_a_commit_of_one_process_is_seen_by_another_that_has_the_reserving_section_by_name) {
  constexpr std::size_t kPages = 16;
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_RESERVE, 0, kPages * kPage,
                                     own("reserving").c_str());
    auto* view = static_cast<volatile char*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0));
    auto* page = const_cast<char*>(view) + 3 * kPage;
    if (view == nullptr || VirtualAlloc(page, 2 * kPage, MEM_COMMIT, PAGE_READWRITE) != page) {
      return 1;
    }
    view[4 * kPage] = 5;
    meeting.arrive_and_wait();
    return ask(const_cast<char*>(view) + 9 * kPage).State == MEM_COMMIT && view[9 * kPage] == 6 ? 0 : 2;
  });
  ASSERT_TRUE(meeting.await());
  Section found(open(own("reserving")));
  ASSERT_NE(static_cast<HANDLE>(found), nullptr) << GetLastError();
  View view = view_of(found, FILE_MAP_WRITE);
  EXPECT_EQ(ask(view.base()).State, DWORD{MEM_RESERVE});
  EXPECT_EQ(ask(view.base()).RegionSize, 3 * kPage);
  EXPECT_EQ(ask(view.page(3)).State, DWORD{MEM_COMMIT});
  EXPECT_EQ(ask(view.page(3)).RegionSize, 2 * kPage);
  EXPECT_EQ(*view.page(4), 5);
  EXPECT_EQ(VirtualAlloc(view.page(9), kPage, MEM_COMMIT, PAGE_READWRITE), view.page(9));
  *view.page(9) = 6;
  meeting.let_go();
  EXPECT_EQ(result_of(child), 0);
}

TEST(LinuxSectionNames, S11_another_process_gets_no_more_than_the_section_gives) {
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = create(own("reads"), 0x10000, PAGE_READONLY);
    meeting.arrive_and_wait();
    return made != nullptr ? 0 : 1;
  });
  ASSERT_TRUE(meeting.await());
  Section found(open(own("reads")));
  EXPECT_ERROR(ERROR_INVALID_PARAMETER, MapViewOfFile(found, FILE_MAP_WRITE, 0, 0, 0));
  View view = view_of(found, FILE_MAP_READ);
  EXPECT_EQ(view[0], 0);
  meeting.let_go();
  EXPECT_EQ(result_of(child), 0);
}

TEST(LinuxSectionNames, S25_a_killed_holder_frees_the_name_and_its_views_live_on) {
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = create(own("killed"));
    meeting.arrive_and_wait();
    return made != nullptr ? 0 : 1;
  });
  ASSERT_TRUE(meeting.await());
  Section found(open(own("killed")));
  View old = view_of(found, FILE_MAP_WRITE);
  old[7] = 1;
  kill(child, SIGKILL);
  EXPECT_EQ(result_of(child), 256 + SIGKILL);
  EXPECT_FALSE(is_missing(own("killed"))); // this process has it
  found.close();
  EXPECT_TRUE(is_missing(own("killed")));
  Section fresh(create(own("killed")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  View view = view_of(fresh, FILE_MAP_READ);
  EXPECT_EQ(view[7], 0);
  EXPECT_EQ(old[7], 1);
}

TEST(LinuxSectionNames, S25_a_name_whose_only_holder_was_killed_is_free_at_once) {
  for (int round = 0; round < 20; ++round) {
    Meeting meeting;
    pid_t child = start_child([&] {
      HANDLE made = create(own("only"));
      meeting.arrive_and_wait();
      return made != nullptr ? 0 : 1;
    });
    ASSERT_TRUE(meeting.await());
    kill(child, SIGKILL);
    EXPECT_EQ(result_of(child), 256 + SIGKILL);
    EXPECT_TRUE(is_missing(own("only")));
  }
}

TEST(LinuxSectionNames, S24_the_child_of_a_fork_has_the_name_as_well) {
  HANDLE made = create(own("forked"));
  *static_cast<char*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0)) = 8;
  Meeting meeting;
  pid_t child = start_child([&] {
    meeting.arrive_and_wait();
    return CloseHandle(made) ? 0 : 1;
  });
  ASSERT_TRUE(meeting.await());
  EXPECT_TRUE(CloseHandle(made));
  {
    Section found(open(own("forked"))); // by way of the child
    View view = view_of(found, FILE_MAP_READ);
    EXPECT_EQ(view[0], 8);
  }
  meeting.let_go();
  EXPECT_EQ(result_of(child), 0);
  EXPECT_TRUE(is_missing(own("forked")));
}

TEST(LinuxSectionNames, a_holder_that_is_not_dumpable_is_access_denied) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root may look into any process";
  }
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = create(own("private"));
    prctl(PR_SET_DUMPABLE, 0);
    meeting.arrive_and_wait();
    return made != nullptr ? 0 : 1;
  });
  ASSERT_TRUE(meeting.await());
  EXPECT_ERROR(ERROR_ACCESS_DENIED, open(own("private")));
  meeting.let_go();
  EXPECT_EQ(result_of(child), 0);
}

// Nobody else looks into /proc/PID/fd of a process that is gone, so this is the same without privileges.
TEST(LinuxSectionNames, a_name_that_nobody_serves_is_access_denied_and_free_again_later) {
  Meeting meeting;
  pid_t child = start_child([&] {
    HANDLE made = create(own("unserved"));
    static_cast<void>(made);
    pid_t silent = _Fork(); // no handlers: it holds the name and does not say so
    if (silent == 0) {
      meeting.arrive_and_wait();
      _exit(0);
    }
    return 0;
  });
  ASSERT_TRUE(meeting.await());
  EXPECT_EQ(result_of(child), 0);
  EXPECT_ERROR(ERROR_ACCESS_DENIED, open(own("unserved")));
  EXPECT_ERROR(ERROR_ACCESS_DENIED, create(own("unserved")));
  meeting.let_go();
}

// In a file system of 1 MiB of its own: a new one of mounts, which this user may make where user namespaces are
// allowed.
TEST(LinuxSectionNames, a_full_file_system_is_an_error_and_nothing_is_left) {
  constexpr int kNotPermitted = 77;
  const char* chosen = std::getenv("WINMEM_NAMES");
  std::string folder = chosen != nullptr ? chosen : "/dev/shm";
  int result = in_child([&] {
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1M") != 0) {
      return kNotPermitted;
    }
    if (CloseHandle(create("before")) == 0) { // the directory is there from here on
      return 1;
    }
    std::string path = folder + "/full";
    int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    char page[4096] = {1};
    while (write(file, page, sizeof page) > 0) {
    }
    if (create("x") != nullptr || GetLastError() != ERROR_NO_SYSTEM_RESOURCES) {
      return 2;
    }
    if (ftruncate(file, 0) != 0 || !is_missing("x")) {
      return 3;
    }
    return CloseHandle(create("x")) && is_missing("x") ? 0 : 4;
  });
  if (result == kNotPermitted) {
    GTEST_SKIP() << "no mounts of its own for this user";
  }
  EXPECT_EQ(result, 0);
}

// ---- many processes ----

struct Tally {
  std::atomic<unsigned> finished;
  std::atomic<unsigned> wrong;
  std::atomic<unsigned> lives[4]; // of each name: bytes in it are only ever one maker's
};

// Opens and closes, makes, maps. What a name stands for is a page of one maker's number, from its first byte to its
// last.
void play(Tally& tally, unsigned seed, unsigned rounds) {
  for (unsigned i = 0; i < rounds; ++i) {
    seed = seed * 1664525 + 1013904223;
    unsigned number = seed >> 30;
    HANDLE made = create(own("many-" + std::to_string(number)), 0x1000);
    if (made == nullptr) {
      ++tally.wrong;
      continue;
    }
    auto* view = static_cast<std::atomic<std::uint32_t>*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0));
    if (view == nullptr) {
      ++tally.wrong;
    } else {
      std::uint32_t before = view[0].fetch_add(1);
      std::uint32_t last = view[1000].load();
      if (before > rounds * 64 || (last != 0 && last != 0xABCD)) {
        ++tally.wrong;
      }
      view[1000].store(0xABCD);
      UnmapViewOfFile(view);
    }
    CloseHandle(made);
  }
  ++tally.finished;
}

Tally* shared_tally() {
  return static_cast<Tally*>(mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

TEST(LinuxSectionNames, S24_eight_processes_open_and_close_the_same_names) {
  Tally* tally = shared_tally();
  std::vector<pid_t> children;
  for (unsigned i = 0; i < 8; ++i) {
    children.push_back(start_child([=] {
      play(*tally, i, 200);
      return 0;
    }));
  }
  for (pid_t child : children) {
    EXPECT_EQ(result_of(child), 0);
  }
  EXPECT_EQ(tally->finished.load(), 8U);
  EXPECT_EQ(tally->wrong.load(), 0U);
  for (const char* number : {"0", "1", "2", "3"}) {
    EXPECT_TRUE(is_missing(own(std::string("many-") + number)));
  }
  munmap(tally, sizeof(Tally));
}

// WINMEM_TEST_KILLS says how many; script/long has many more.
TEST(LinuxSectionNames, S25_processes_killed_at_any_moment_do_no_harm_to_those_that_live) {
  const char* wanted = std::getenv("WINMEM_TEST_KILLS");
  int kills = wanted != nullptr ? std::atoi(wanted) : 30;
  Tally* tally = shared_tally();
  std::vector<pid_t> survivors;
  std::atomic<bool>* over = new (&tally->lives[0]) std::atomic<bool>(false);
  for (unsigned i = 0; i < 2; ++i) {
    survivors.push_back(start_child([=] {
      while (!over->load()) {
        play(*tally, 77 + i, 20);
      }
      return 0;
    }));
  }
  unsigned seed = 12345;
  for (int i = 0; i < kills; ++i) {
    seed = seed * 1664525 + 1013904223;
    pid_t victim = start_child([=] {
      play(*tally, seed, 1000000);
      return 0;
    });
    usleep(200 + (seed >> 20));
    kill(victim, SIGKILL);
    EXPECT_EQ(result_of(victim), 256 + SIGKILL);
  }
  over->store(true);
  for (pid_t survivor : survivors) {
    EXPECT_EQ(result_of(survivor), 0);
  }
  EXPECT_GT(tally->finished.load(), 0U);
  EXPECT_EQ(tally->wrong.load(), 0U);
  for (const char* number : {"0", "1", "2", "3"}) {
    EXPECT_TRUE(is_missing(own(std::string("many-") + number)));
  }
  munmap(tally, sizeof(Tally));
}

} // namespace
} // namespace apitest
