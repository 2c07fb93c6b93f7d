// Sections and views: the commit charge, fork, other people's mappings in the views' window. Linux only.
// Rules: S12 S42 S60 S62
#include "child_process.h"
#include "section_test_support.h"

#include <winmem.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

namespace apitest {
namespace {

std::uint64_t charged() {
  winmem_memory_status status{};
  EXPECT_EQ(winmem_get_memory_status(&status, sizeof status), sizeof status);
  return status.commit_charge;
}

TEST(LinuxSection, S12_a_section_is_charged_from_its_making_to_its_end) {
  std::uint64_t before = charged();
  {
    Section section = section_of(10 * kPage);
    EXPECT_EQ(charged(), before + 10 * kPage);
    View view = view_of(section, FILE_MAP_WRITE);
    section.close();
    EXPECT_EQ(charged(), before + 10 * kPage);
  }
  EXPECT_EQ(charged(), before);
}

TEST(LinuxSection, S12_a_section_that_does_not_fit_is_refused) {
  std::uint64_t before = charged();

  EXPECT_ERROR(1455, CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0x1000, 0, nullptr));

  EXPECT_EQ(charged(), before);
}

TEST(LinuxSection, what_an_ended_section_held_is_not_in_the_next_ones) {
  for (int round = 0; round < 40; ++round) {
    std::vector<Section> sections;
    for (std::size_t i = 0; i < 12; ++i) { // more than are kept
      sections.push_back(section_of((i + 1) * kPage));
      View view = view_of(sections.back(), FILE_MAP_WRITE);
      for (std::size_t page = 0; page <= i; ++page) {
        EXPECT_EQ(*view.page(page), 0);
        *view.page(page) = 1;
      }
      *(view.page(i + 1) - 1) = 1;
    }
  }
}

TEST(LinuxSection, a_child_of_fork_keeps_what_its_parent_ended_and_makes_sections_of_its_own) {
  section_of(4 * kPage).close(); // so that one is kept
  Section section = section_of(4 * kPage);
  View view = view_of(section, FILE_MAP_WRITE);
  view[0] = 42;
  int ready[2];
  int done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    char byte = 0;
    Section own = section_of(4 * kPage);
    View own_view = view_of(own, FILE_MAP_WRITE);
    bool was_zero = own_view[0] == 0;
    own_view[0] = 7;
    bool told = write(ready[1], &byte, 1) == 1 && read(done[0], &byte, 1) == 1;
    _exit(told && was_zero && view[0] == 42 && own_view[0] == 7 ? 0 : 1);
  }
  char byte = 0;
  EXPECT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(UnmapViewOfFile(view.base()));
  view.forget();
  section.close();
  for (int i = 0; i < 4; ++i) {
    Section next = section_of(4 * kPage);
    View next_view = view_of(next, FILE_MAP_WRITE);
    EXPECT_EQ(next_view[0], 0);
    next_view[0] = 99;
  }
  EXPECT_EQ(write(done[1], &byte, 1), 1);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  for (int end : {ready[0], ready[1], done[0], done[1]}) {
    close(end);
  }
}

TEST(LinuxSection, S62_a_view_that_copies_is_charged_with_all_its_pages) {
  Section section = section_of(10 * kPage);
  std::uint64_t before = charged();
  {
    View copy = view_of(section, FILE_MAP_COPY);
    EXPECT_EQ(charged(), before + 10 * kPage);
    copy[0] = 1;
    protect(copy.base(), 10, PAGE_READONLY);
    protect(copy.base(), 10, PAGE_WRITECOPY);
    EXPECT_EQ(charged(), before + 10 * kPage);
  }
  EXPECT_EQ(charged(), before);
}

TEST(LinuxSection, S62_pages_of_a_shared_view_are_charged_once_they_are_to_be_copied) {
  Section section = section_of(10 * kPage);
  std::uint64_t before = charged();
  {
    View view = view_of(section, FILE_MAP_WRITE);
    EXPECT_EQ(charged(), before);
    protect(view.page(2), 3, PAGE_WRITECOPY);
    EXPECT_EQ(charged(), before + 3 * kPage);
    protect(view.page(4), 2, PAGE_WRITECOPY);
    EXPECT_EQ(charged(), before + 4 * kPage);
  }
  EXPECT_EQ(charged(), before);
}

TEST(LinuxSection, S42_a_child_shares_the_views_it_inherits) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  HANDLE handle = section;

  int wrong = in_child([&] {
    view[1] = 'c';
    char* own = static_cast<char*>(MapViewOfFile(handle, FILE_MAP_WRITE, 0, 0, 0));
    if (own == nullptr || own[1] != 'c' || picture_of(own, kGranule) != "MC16rw")
      return 1;
    own[2] = 'd';
    return UnmapViewOfFile(own) && UnmapViewOfFile(view.base()) && CloseHandle(handle) ? 0 : 2;
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(view[1], 'c');
  EXPECT_EQ(view[2], 'd');
  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(LinuxSection, S62_a_child_has_copies_of_its_own) {
  Section section = section_of(kGranule);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'a';

  int wrong = in_child([&] {
    if (picture_of(copy.base(), kGranule) != "MC1rw MC15wc" || copy[0] != 'a')
      return 1;
    copy[0] = 'b';
    copy[kPage] = 'c';
    return picture_of(copy.base(), kGranule) == "MC2rw MC14wc" ? 0 : 2;
  });

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(copy[0], 'a');
  EXPECT_EQ(copy[kPage], 0);
  EXPECT_PICTURE(copy.base(), 16, "MC1rw MC15wc");
}

TEST(LinuxSection, other_mappings_in_the_window_are_left_alone) {
  Section section = section_of(2 * kGranule);
  char* there = view_of(section, FILE_MAP_WRITE).base();
  void* foreign = mmap(there, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  ASSERT_EQ(foreign, there);
  *there = 'f';

  View first = view_of(section, FILE_MAP_WRITE);
  View second = view_of(section, FILE_MAP_WRITE);

  EXPECT_NE(first.base(), there);
  EXPECT_NE(second.base(), there);
  EXPECT_EQ(*there, 'f');
  EXPECT_ERROR(487, UnmapViewOfFile(there));
  EXPECT_ERROR(487, MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, 0, there));
  munmap(foreign, kPage);
}

TEST(LinuxSection, system_calls_see_what_a_view_allows) {
  Section section = section_of(kGranule);
  View copy = view_of(section, FILE_MAP_COPY);
  View read = view_of(section, FILE_MAP_READ);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "xy", 2), 2);

  EXPECT_EQ(::read(ends[0], copy.base(), 1), 1);
  EXPECT_EQ(::read(ends[0], read.base(), 1), -1);
  EXPECT_EQ(errno, EFAULT);

  EXPECT_PICTURE(copy.base(), 2, "MC1rw MC1wc");
  EXPECT_EQ(read[0], 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(LinuxSection, S60_threads_change_query_and_unmap_views_side_by_side) {
  Section section = section_of(4 * kGranule);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&section, &wrong] {
      for (int round = 0; round < 300; ++round) {
        auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
        if (view == nullptr || protect(view, 3, PAGE_WRITECOPY) != PAGE_READWRITE) {
          ++wrong;
          return;
        }
        view[kPage] = 1;
        if (picture_of(view, 4 * kPage) != "MC1wc MC1rw MC1wc MC1rw" || !UnmapViewOfFile(view)) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

} // namespace
} // namespace apitest
