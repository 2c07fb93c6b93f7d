// Write watch where Linux shows: forks, system calls, descriptors, placeholders, threads. Linux only.
// Rules: V70 V72 V75 V76 V85 C30
#include "expect.h"
#include "memory_map.h"
#include "temporary_file.h"
#include "write_watch_test_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace apitest {
namespace {

bool has_all(const Pages& told, std::initializer_list<std::size_t> pages) {
  return std::all_of(pages.begin(), pages.end(),
                     [&](std::size_t page) { return std::find(told.begin(), told.end(), page) != told.end(); });
}

// The child's exit code, or -1. A child that hangs is ended.
int run_child(pid_t child, const std::function<int()>& body) {
  if (child == 0) {
    alarm(60);
    _exit(body());
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What a child finds, and that it goes on by itself. Every page that has memory may count as written there.
int use_in_child(const Region& region) {
  Pages told = written(region);
  if (!has_all(told, {1, 7, 40})) {
    return 1;
  }
  if (has_all(told, {50})) {
    return 2; // nobody ever touched that
  }
  if (ResetWriteWatch(region.base(), region.bytes()) != 0 || !written(region).empty()) {
    return 3;
  }
  write_to(region, {3, 50});
  return written(region) == Pages{3, 50} ? 0 : 4;
}

TEST(WriteWatchFork, C30_parent_and_child_go_on_by_themselves) {
  Region region = watched(64);
  write_to(region, {1, 2, 7});
  EXPECT_EQ(ResetWriteWatch(region.page(2), kPage), 0u);
  write_to(region, {40});
  EXPECT_EQ(run_child(fork(), [&] { return use_in_child(region); }), 0);
  EXPECT_EQ(written(region), (Pages{1, 7, 40})) << "the child's reset was its own";
  write_to(region, {2});
  EXPECT_EQ(written(region, kReset), (Pages{1, 2, 7, 40}));
  EXPECT_EQ(written(region), (Pages{}));
}

TEST(WriteWatchFork, C30_a_child_of_a_child) {
  Region region = watched(64);
  write_to(region, {1, 7, 40});
  EXPECT_EQ(run_child(fork(),
                      [&] {
                        write_to(region, {9});
                        int inner = run_child(fork(), [&] { return use_in_child(region); });
                        return inner != 0 ? inner : has_all(written(region), {1, 7, 9, 40}) ? 0 : 9;
                      }),
            0);
  EXPECT_EQ(written(region), (Pages{1, 7, 40}));
}

// Such a child is told too much, since nobody had the time to prepare it, and never touches what its parent knows.
TEST(WriteWatchFork, C30_a_child_without_handlers_leaves_its_parents_record_alone) {
  Region region = watched(64);
  write_to(region, {1, 7, 40});
  EXPECT_EQ(run_child(_Fork(),
                      [&] {
                        write_to(region, {9});
                        if (!has_all(written(region, kReset), {1, 7, 9, 40})) {
                          return 1;
                        }
                        ResetWriteWatch(region.base(), region.bytes());
                        write_to(region, {10});
                        return has_all(written(region), {10}) ? 0 : 2;
                      }),
            0);
  EXPECT_EQ(written(region), (Pages{1, 7, 40}));
}

// Where the kernel does not note writes, its own are refused: never is one made that nobody is told of.
TEST(WriteWatch, V75_a_system_call_of_the_program_is_noted_or_refused) {
  Region region = watched(8);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "text", 4), 4);
  ssize_t got = read(ends[0], region.page(3), 4);
  if (got == 4) {
    EXPECT_EQ(written(region), (Pages{3}));
    EXPECT_EQ(std::memcmp(region.page(3), "text", 4), 0);
  } else {
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(written(region), (Pages{}));
    write_to(region, {3}); // and where the page was written before it goes through
    EXPECT_EQ(read(ends[0], region.page(3), 4), 4);
    EXPECT_EQ(written(region), (Pages{3}));
  }
  close(ends[0]);
  close(ends[1]);
}

class WriteWatchFile : public WithFile {};

TEST_F(WriteWatchFile, V75_ReadFile_marks_every_page_of_its_buffer) {
  OpenFile handle(CreateFileA(name(), kReadWrite, 0, nullptr, CREATE_ALWAYS, 0, nullptr));
  Region region = watched(16);
  DWORD done = 0;
  ASSERT_TRUE(WriteFile(handle, "some text", 9, &done, nullptr));
  ASSERT_EQ(SetFilePointer(handle, 0, nullptr, FILE_BEGIN), 0u);
  ASSERT_TRUE(ReadFile(handle, region.page(4) + 100, 2 * kPage, &done, nullptr));
  EXPECT_EQ(done, 9u);
  EXPECT_STREQ(region.page(4) + 100, "some text");
  EXPECT_EQ(written(region, kReset), (Pages{4, 5, 6}));
  ASSERT_TRUE(ReadFile(handle, region.page(9), 1, &done, nullptr)); // C30: nothing is left to be read
  EXPECT_EQ(done, 0u);
  EXPECT_EQ(written(region, kReset), (Pages{9}));
  handle.close();
  EXPECT_FALSE(ReadFile(INVALID_HANDLE_VALUE, region.page(2), 1, &done, nullptr));
  EXPECT_EQ(written(region), (Pages{})) << "a bad handle marks none";
}

TEST(WriteWatch, V75_code_that_is_written_by_WriteProcessMemory_counts) {
  Region region = watched(8);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(2), kPage, PAGE_EXECUTE_READ, &old));
  SIZE_T done = 0;
  ASSERT_TRUE(WriteProcessMemory(GetCurrentProcess(), region.page(2), "\xC3", 1, &done));
  EXPECT_EQ(written(region), (Pages{2}));
}

TEST(WriteWatch, C30_a_program_that_closes_all_descriptors_loses_no_write) {
  EXPECT_EQ(run_child(fork(),
                      [] {
                        Region region = watched(32);
                        write_to(region, {1, 20});
                        for (int file = 3; file < 70000; ++file) {
                          close(file);
                        }
                        write_to(region, {2, 21});
                        if (!has_all(written(region, kReset), {1, 2, 20, 21})) {
                          return 1;
                        }
                        write_to(region, {30});
                        if (!has_all(written(region, kReset), {30})) {
                          return 2;
                        }
                        if (ResetWriteWatch(region.base(), region.bytes()) != 0) {
                          return 3;
                        }
                        write_to(region, {4});
                        return written(region) == Pages{4} ? 0 : 4;
                      }),
            0);
}

TEST(WriteWatch, V85_memory_in_place_of_a_placeholder_can_be_watched) {
  auto* place = static_cast<char*>(
      VirtualAlloc2(nullptr, nullptr, 32 * kPage, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0));
  ASSERT_NE(place, nullptr);
  ASSERT_TRUE(VirtualFree(place + 8 * kPage, 8 * kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  char* middle = place + 8 * kPage;
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(VirtualAlloc2(nullptr, middle, 8 * kPage,
                            MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER | MEM_WRITE_WATCH, PAGE_READWRITE,
                            nullptr, 0),
              middle);
    EXPECT_EQ(written(middle, 8), (Pages{}));
    write_to(middle, {0, 7});
    EXPECT_EQ(written(middle, 8), (Pages{0, 7}));
    ASSERT_TRUE(VirtualFree(middle, 8 * kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER));
  }
  // V80: a placeholder itself is never watched.
  EXPECT_ERROR(87, VirtualAlloc2(nullptr, nullptr, kGranule, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER | MEM_WRITE_WATCH,
                                 PAGE_NOACCESS, nullptr, 0));
  EXPECT_TRUE(VirtualFree(place, 0, MEM_RELEASE));
  EXPECT_TRUE(VirtualFree(middle, 0, MEM_RELEASE));
  EXPECT_TRUE(VirtualFree(place + 16 * kPage, 0, MEM_RELEASE));
}

TEST(WriteWatch, V76_what_is_left_of_a_region_stays_watched) {
  Region region = watched(48);
  write_to(region, {1, 20, 40});
  PVOID hole = region.page(16);
  SIZE_T size = 16 * kPage;
  ASSERT_EQ(NtFreeVirtualMemory(GetCurrentProcess(), &hole, &size, MEM_RELEASE), 0);
  EXPECT_EQ(written(region.base(), 16), (Pages{1}));
  EXPECT_EQ(written(region.page(32), 16), (Pages{8}));
  write_to(region, {2, 47});
  EXPECT_EQ(written(region.base(), 16, kReset), (Pages{1, 2}));
  EXPECT_EQ(written(region.page(32), 16), (Pages{8, 15}));
  Region rest(region.page(32), 16);
}

// Where each page has to be opened by itself, the kernel runs out of mappings long before the last one.
TEST(WriteWatch, C30_more_scattered_writes_than_the_kernel_has_mappings) {
  constexpr std::size_t kPages = 80000;
  Region region = watched(kPages);
  for (std::size_t page = 0; page < kPages; page += 2) {
    region.page(page)[1] = 1;
  }
  Pages told = written(region);
  ASSERT_GE(told.size(), kPages / 2);
  for (std::size_t i = 0, page = 0; page < kPages; page += 2) {
    while (i < told.size() && told[i] < page) {
      ++i;
    }
    ASSERT_TRUE(i < told.size() && told[i] == page) << page;
  }
}

TEST(WriteWatch, C30_one_place_may_be_written_and_forgotten_for_ever) {
  Region region = watched(4);
  for (int i = 0; i < 1000; ++i) {
    *reinterpret_cast<volatile int*>(region.page(2)) = i;
    ASSERT_EQ(written(region, kReset), (Pages{2})) << i;
  }
}

// Wine stops for ever in this one at times.
TEST(WriteWatch, C30_no_write_of_other_threads_is_lost) {
  constexpr std::size_t kPages = 256;
  Region region = watched(kPages);
  std::atomic<bool> stop{false};
  auto write = [&](std::size_t which) {
    auto* counters = reinterpret_cast<std::atomic<unsigned>*>(region.base());
    for (unsigned round = 1; !stop; ++round) {
      for (std::size_t page = which; page < kPages; page += 2) {
        counters[page * kPage / sizeof(unsigned)].store(round);
      }
      std::this_thread::yield();
    }
  };
  std::thread first(write, 0);
  std::thread second(write, 1);
  // What a page held when it was told and forgotten is at most what it holds at the end; a page that was not told of
  // since must not have changed since.
  std::vector<unsigned> seen(kPages, 0);
  auto look = [&] {
    for (std::size_t page : written(region, kReset)) {
      seen[page] = reinterpret_cast<std::atomic<unsigned>*>(region.page(page))->load();
    }
  };
  for (int i = 0; i < 200; ++i) {
    look();
  }
  stop = true;
  first.join();
  second.join();
  look();
  for (std::size_t page = 0; page < kPages; ++page) {
    EXPECT_EQ(seen[page], reinterpret_cast<std::atomic<unsigned>*>(region.page(page))->load()) << page;
  }
  EXPECT_EQ(written(region), (Pages{}));
}

TEST(WriteWatch, C30_regions_may_go_while_somebody_asks) {
  std::atomic<char*> current{nullptr};
  std::atomic<bool> stop{false};
  std::thread asker([&] {
    while (!stop) {
      PVOID addresses[8];
      ULONG_PTR count = 8;
      DWORD granularity = 0;
      if (char* base = current.load();
          base != nullptr && GetWriteWatch(kReset, base, 16 * kPage, addresses, &count, &granularity) == 0) {
        EXPECT_LE(count, 8u);
      }
    }
  });
  for (int i = 0; i < 500; ++i) {
    Region region = watched(16);
    current = region.base();
    region.fill(0, 16, i);
    if (i % 4 == 0) {
      std::this_thread::yield();
    }
  }
  stop = true;
  asker.join();
}

} // namespace
} // namespace apitest
