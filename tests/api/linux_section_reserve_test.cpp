// Sections whose pages are committed one by one, as only Linux shows it: the commit charge, system calls, fork, and
// other processes. Linux only.
// Rules: S12 S50 S51 S52 S53
#include "child_process.h"
#include "section_test_support.h"

#include <winmem.h>

#include <fcntl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace apitest {
namespace {

std::uint64_t charged() {
  winmem_memory_status status{};
  EXPECT_EQ(winmem_get_memory_status(&status, sizeof status), sizeof status);
  return status.commit_charge;
}

Section reserved_section(std::size_t bytes, DWORD protect = PAGE_READWRITE) {
  return section_of(bytes, protect | SEC_RESERVE);
}

bool commit(void* start, std::size_t pages, DWORD protection = PAGE_READWRITE) {
  return VirtualAlloc(start, pages * kPage, MEM_COMMIT, protection) == start;
}

// Whether system calls see in each view at once what was committed in another: not without userfaultfd.
bool system_calls_follow() {
  const char* disabled = std::getenv("WINMEM_DISABLE");
  return disabled == nullptr || (std::strstr(disabled, "old") == nullptr && std::strstr(disabled, "uffd") == nullptr);
}

bool can_be_written_by_kernel(void* at) {
  int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  bool can = read(zero, at, 1) == 1;
  close(zero);
  return can;
}

TEST(LinuxReservingSection, S12_S53_pages_are_charged_from_their_commit_to_the_end_of_the_section) {
  std::uint64_t before = charged();
  {
    Section section = reserved_section(32 * kPage);
    View view = view_of(section, FILE_MAP_WRITE);
    View other = view_of(section, FILE_MAP_WRITE);
    EXPECT_EQ(charged(), before);
    ASSERT_TRUE(commit(view.base(), 3));
    EXPECT_EQ(charged(), before + 3 * kPage);
    ASSERT_TRUE(commit(other.page(2), 3));
    EXPECT_EQ(charged(), before + 5 * kPage);
    ASSERT_TRUE(commit(view.base(), 5));
    section.close();
    EXPECT_EQ(charged(), before + 5 * kPage);
  }
  EXPECT_EQ(charged(), before);
}

TEST(LinuxReservingSection, S51_a_commit_that_does_not_fit_is_refused) {
  Section section = reserved_section(std::size_t{1} << 44);
  View view = view_of(section, FILE_MAP_WRITE);
  std::uint64_t before = charged();

  EXPECT_ERROR(1455, commit(view.base(), std::size_t{1} << 32));

  EXPECT_EQ(charged(), before);
  EXPECT_EQ(ask(view.base()).RegionSize, std::size_t{1} << 44);
}

TEST(LinuxReservingSection, S50_system_calls_do_not_reach_what_is_not_committed) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);

  EXPECT_FALSE(can_be_written_by_kernel(view.base()));
  EXPECT_EQ(errno, EFAULT);
  EXPECT_FALSE(can_be_written_by_kernel(copy.base()));

  EXPECT_PICTURE(view.base(), 16, "MR16");
  EXPECT_PICTURE(copy.base(), 16, "MR16");
}

TEST(LinuxReservingSection, S52_system_calls_reach_what_another_view_committed) {
  if (!system_calls_follow())
    GTEST_SKIP() << "needs userfaultfd";
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_WRITE);

  ASSERT_TRUE(commit(view.page(3), 1));

  EXPECT_TRUE(can_be_written_by_kernel(other.page(3)));
  EXPECT_FALSE(can_be_written_by_kernel(other.page(4)));
}

TEST(LinuxReservingSection, S52_what_a_child_commits_its_parent_sees) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  HANDLE handle = section;
  ASSERT_TRUE(commit(view.base(), 1));

  int wrong = result_of(start_child([&] {
    if (picture_of(view.base(), kGranule) != "MC1rw MR15")
      return 1;
    if (!commit(view.page(2), 1))
      return 2;
    view[2 * kPage] = 'c';
    auto* own = static_cast<char*>(MapViewOfFile(handle, FILE_MAP_WRITE, 0, 0, 0));
    if (own == nullptr || picture_of(own, kGranule) != "MC1rw MR1 MC1rw MR13" || own[2 * kPage] != 'c')
      return 3;
    return commit(own + 4 * kPage, 1) ? 0 : 4;
  }));

  EXPECT_EQ(wrong, 0);
  EXPECT_PICTURE(view.base(), 16, "MC1rw MR1 MC1rw MR1 MC1rw MR11");
  EXPECT_EQ(view[2 * kPage], 'c');
}

TEST(LinuxReservingSection, S50_fork_leaves_reserved_pages_out_of_reach_in_both) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);

  int wrong = result_of(start_child([&] {
    if (can_be_written_by_kernel(view.base()) || can_be_written_by_kernel(copy.base()))
      return 1;
    int inner = result_of(start_child([&] { return can_be_written_by_kernel(view.page(1)) ? 1 : 0; }));
    return picture_of(view.base(), kGranule) == "MR16" ? inner : 2;
  }));

  EXPECT_EQ(wrong, 0);
  EXPECT_FALSE(can_be_written_by_kernel(view.base()));
  EXPECT_PICTURE(view.base(), 16, "MR16");
}

TEST(LinuxReservingSection, S52_what_a_parent_commits_later_its_child_sees) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  int go[2];
  ASSERT_EQ(pipe(go), 0);
  pid_t child = start_child([&] {
    char byte = 0;
    if (read(go[0], &byte, 1) != 1)
      return 1;
    if (picture_of(view.base(), kGranule) != "MR5 MC2rw MR9")
      return 2;
    if (system_calls_follow() && !can_be_written_by_kernel(view.page(6)))
      return 3;
    return view[5 * kPage] == 'p' ? 0 : 4; // without userfaultfd a fault opens it
  });

  EXPECT_TRUE(commit(view.page(5), 2));
  view[5 * kPage] = 'p';
  EXPECT_EQ(write(go[1], "g", 1), 1);

  EXPECT_EQ(result_of(child), 0);
  close(go[0]);
  close(go[1]);
}

TEST(LinuxReservingSection, S52_processes_commit_side_by_side) {
  constexpr std::size_t kPages = 4096;
  Section section = reserved_section(kPages * kPage);
  View view = view_of(section, FILE_MAP_WRITE);
  std::vector<pid_t> children;
  for (std::size_t i = 0; i < 4; ++i) {
    children.push_back(start_child([&, i] {
      for (std::size_t page = 0; page < kPages; ++page) {
        if ((page % 8 < 4 || page % 4 == i) && !commit(view.page(page), 1))
          return 1;
      }
      view[i * kPage] = static_cast<char>(i + 1);
      return 0;
    }));
  }
  for (pid_t child : children) {
    EXPECT_EQ(result_of(child), 0);
  }
  EXPECT_PICTURE(view.base(), kPages, "MC4096rw");
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(view[i * kPage], static_cast<char>(i + 1));
  }
}

TEST(LinuxReservingSection, S51_S52_threads_commit_and_ask_side_by_side) {
  Section section = reserved_section(1024 * kPage);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&section, &wrong, i] {
      for (std::size_t round = 0; round < 64; ++round) {
        auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
        char* mine = view + (round * 4 + i) * kPage;
        if (view == nullptr || !commit(mine, 2) || ask(mine).State != MEM_COMMIT) {
          ++wrong;
          return;
        }
        *mine = static_cast<char>(i);
        wrong += UnmapViewOfFile(view) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
  View view = view_of(section, FILE_MAP_WRITE);
  EXPECT_PICTURE(view.base(), 1024, "MC257rw MR767");
}

TEST(LinuxReservingSection, S50_threads_ask_while_sections_end) {
  std::atomic<char*> shown{nullptr};
  std::atomic<bool> done{false};
  std::thread asker([&] {
    while (!done) {
      if (char* at = shown)
        ask(at);
    }
  });
  for (int round = 0; round < 100; ++round) {
    Section section = reserved_section(64 * kPage);
    auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    ASSERT_NE(view, nullptr);
    shown = view;
    EXPECT_TRUE(commit(view + kPage, 1));
    section.close();
    EXPECT_TRUE(UnmapViewOfFile(view));
  }
  done = true;
  asker.join();
}

TEST(LinuxReservingSection, S51_signals_do_not_keep_a_commit_from_its_end) {
  struct sigaction ignore {};
  ignore.sa_handler = [](int) {};
  struct sigaction before {};
  sigaction(SIGALRM, &ignore, &before);
  itimerval often{{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &often, nullptr);

  Section section = reserved_section(0x4000000);
  View view = view_of(section, FILE_MAP_WRITE);
  EXPECT_TRUE(commit(view.base(), 0x4000));

  itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  EXPECT_PICTURE(view.base(), 0x4000, "MC16384rw");
}

TEST(LinuxReservingSection, S52_protections_that_copy_leave_the_rest_reserved) {
  Section section = reserved_section(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_WRITE);
  ASSERT_TRUE(commit(view.page(1), 2));
  view[kPage] = 'o';

  EXPECT_EQ(protect(view.page(1), 2, PAGE_WRITECOPY), DWORD{PAGE_READWRITE});
  view[kPage] = 'n';
  ASSERT_TRUE(commit(view.base(), 4));

  EXPECT_PICTURE(view.base(), 16, "MC4rw MR12");
  EXPECT_EQ(view[kPage], 'n');
  EXPECT_EQ(other[kPage], 'o');
  view[2 * kPage] = 's';
  EXPECT_EQ(other[2 * kPage], 's');
  EXPECT_FALSE(can_be_written_by_kernel(view.page(4)));
  EXPECT_PICTURE(other.base(), 16, "MC4rw MR12");
}

} // namespace
} // namespace apitest
