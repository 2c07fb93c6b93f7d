// Many threads at once, on regions of their own and on shared ones.
//
// Threads only count what is wrong; the first thread asserts. Nothing waits for time: each thread does a fixed number
// of rounds.
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

namespace apitest {
namespace {

constexpr std::size_t kThreads = 8;

std::size_t rounds(std::size_t full) { return platform::must_be_small() ? full / 20 : full; }

// Counts failed checks and keeps the line of the first one.
class Wrongs {
public:
  void check(bool right, int line) {
    if (!right && count_++ == 0) {
      line_ = line;
    }
  }
  int count() const { return count_; }
  int line() const { return line_; }

private:
  std::atomic<int> count_{0};
  std::atomic<int> line_{0};
};

#define CHECK_THAT(wrongs, ...) (wrongs).check((__VA_ARGS__), __LINE__)
#define EXPECT_NONE(wrongs)     EXPECT_EQ((wrongs).count(), 0) << "the first one in line " << (wrongs).line()

// Runs `work(thread)` on kThreads threads that start together.
void run_threads(const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready != kThreads) {
        std::this_thread::yield();
      }
      work(i);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

bool is(const void* address, DWORD state, DWORD protect, std::size_t bytes) {
  const MEMORY_BASIC_INFORMATION info = ask(address);
  return info.BaseAddress == address && info.State == state && info.Protect == protect && info.RegionSize == bytes;
}

TEST(Threads, each_works_on_its_own_regions) {
  Wrongs wrongs;

  run_threads([&](std::size_t thread) {
    for (std::size_t round = 0; round < rounds(4000); ++round) {
      const std::size_t pages = 16 + (round * 7 + thread) % 48;
      auto* base = static_cast<char*>(VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE, PAGE_READWRITE));
      CHECK_THAT(wrongs, base != nullptr);
      if (base == nullptr) {
        return;
      }
      CHECK_THAT(wrongs, is(base, MEM_RESERVE, 0, pages * kPage));
      CHECK_THAT(wrongs, VirtualAlloc(base + 2 * kPage, 4 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr);
      CHECK_THAT(wrongs, base[2 * kPage] == 0 && base[6 * kPage - 1] == 0);
      std::memset(base + 2 * kPage, static_cast<int>(thread) + 1, 4 * kPage);
      DWORD old = 0;
      CHECK_THAT(wrongs, VirtualProtect(base + 3 * kPage, kPage, PAGE_READONLY, &old) && old == PAGE_READWRITE);
      CHECK_THAT(wrongs, is(base + 3 * kPage, MEM_COMMIT, PAGE_READONLY, kPage));
      CHECK_THAT(wrongs, VirtualFree(base + 4 * kPage, kPage, MEM_DECOMMIT));
      CHECK_THAT(wrongs, is(base + 4 * kPage, MEM_RESERVE, 0, kPage));
      CHECK_THAT(wrongs, base[2 * kPage] == static_cast<char>(thread + 1) &&
                             base[6 * kPage - 1] == static_cast<char>(thread + 1));
      CHECK_THAT(wrongs, VirtualFree(base, 0, MEM_RELEASE));
    }
  });

  EXPECT_NONE(wrongs);
}

TEST(Threads, each_works_on_its_own_pages_of_one_region) {
  Region region = reserve(kThreads * 64);
  Wrongs wrongs;

  // Pages are dealt out like cards, so that neighbours belong to different threads and every run is split and joined.
  run_threads([&](std::size_t thread) {
    for (std::size_t round = 0; round < rounds(8000); ++round) {
      char* page = region.page(thread + kThreads * (round % 64));
      CHECK_THAT(wrongs, VirtualAlloc(page, kPage, MEM_COMMIT, PAGE_READWRITE) == page);
      CHECK_THAT(wrongs, *page == 0);
      *page = static_cast<char>(thread + 1);
      const MEMORY_BASIC_INFORMATION info = ask(page);
      CHECK_THAT(wrongs, info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE && info.BaseAddress == page);
      CHECK_THAT(wrongs, info.AllocationBase == region.base() && info.RegionSize % kPage == 0);
      CHECK_THAT(wrongs, *page == static_cast<char>(thread + 1));
      CHECK_THAT(wrongs, VirtualFree(page, kPage, MEM_DECOMMIT));
      CHECK_THAT(wrongs, ask(page).State == MEM_RESERVE);
    }
  });

  EXPECT_NONE(wrongs);
  EXPECT_MAP(region, "R512");
}

TEST(Threads, readers_see_only_states_that_were) {
  Region region = reserve(64);
  region.commit(0, 16);
  Wrongs wrongs;
  std::atomic<std::size_t> writers_left{kThreads / 2};

  // Writers flip the last 48 pages between R48 and C48rw as a whole; a reader may see one or the other.
  run_threads([&](std::size_t thread) {
    if (thread < kThreads / 2) {
      for (std::size_t round = 0; round < rounds(4000); ++round) {
        CHECK_THAT(wrongs, VirtualAlloc(region.page(16), 48 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr);
        CHECK_THAT(wrongs, VirtualFree(region.page(16), 48 * kPage, MEM_DECOMMIT));
      }
      --writers_left;
      return;
    }
    while (writers_left != 0) {
      const MEMORY_BASIC_INFORMATION first = ask(region.page(8));
      CHECK_THAT(wrongs, first.State == MEM_COMMIT && first.Protect == PAGE_READWRITE);
      CHECK_THAT(wrongs, first.RegionSize == 8 * kPage || first.RegionSize == 56 * kPage);
      const MEMORY_BASIC_INFORMATION last = ask(region.page(40));
      CHECK_THAT(wrongs, last.RegionSize == 24 * kPage && last.AllocationBase == region.base());
      CHECK_THAT(wrongs, last.State == MEM_COMMIT || (last.State == MEM_RESERVE && last.Protect == 0));
    }
  });

  EXPECT_NONE(wrongs);
  EXPECT_MAP(region, "C16rw R48");
}

// All threads wait here for each other, as often as they like.
class MeetingPoint {
public:
  void wait() {
    const std::size_t round = arrived_++ / kThreads;
    while (arrived_ < (round + 1) * kThreads) {
      std::this_thread::yield();
    }
  }

private:
  std::atomic<std::size_t> arrived_{0};
};

TEST(Threads, one_of_many_gets_an_address) {
  // Held until all threads have their stacks, which would otherwise take it on Windows.
  Region place = reserve(16);
  Wrongs wrongs;
  MeetingPoint meeting;
  std::atomic<std::size_t> winners{0};
  const std::size_t last = rounds(1000);

  run_threads([&](std::size_t thread) {
    bool mine = thread == 0;
    for (std::size_t round = 0; round < last; ++round) {
      if (mine) {
        CHECK_THAT(wrongs, VirtualFree(place.base(), 0, MEM_RELEASE));
      }
      meeting.wait();
      void* base = VirtualAlloc(place.base(), kGranule, MEM_RESERVE, PAGE_READWRITE);
      const DWORD error = GetLastError();
      mine = base != nullptr;
      winners += mine;
      CHECK_THAT(wrongs, base == place.base() || (base == nullptr && error == 487));
      meeting.wait();
      CHECK_THAT(wrongs, is(place.base(), MEM_RESERVE, 0, kGranule));
      meeting.wait();
    }
  });

  EXPECT_NONE(wrongs);
  EXPECT_EQ(winners, last);
}

TEST(Threads, one_of_many_releases_a_region) {
  Wrongs wrongs;
  std::atomic<std::size_t> released{0};
  const std::size_t count = rounds(2000);
  std::vector<char*> regions;
  for (std::size_t i = 0; i < count; ++i) {
    regions.push_back(static_cast<char*>(VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)));
  }

  run_threads([&](std::size_t) {
    for (char* region : regions) {
      const bool mine = VirtualFree(region, 0, MEM_RELEASE) != FALSE;
      const DWORD error = GetLastError();
      released += mine;
      CHECK_THAT(wrongs, mine || error == 487);
    }
  });

  EXPECT_NONE(wrongs);
  EXPECT_EQ(released, count);
}

TEST(Threads, a_walk_holds_together_while_others_allocate) {
  Wrongs wrongs;
  std::atomic<std::size_t> writers_left{kThreads - 1};

  run_threads([&](std::size_t thread) {
    if (thread != 0) {
      for (std::size_t round = 0; round < rounds(4000); ++round) {
        void* base = VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        CHECK_THAT(wrongs, base != nullptr && VirtualFree(base, 0, MEM_RELEASE));
      }
      --writers_left;
      return;
    }
    do {
      std::uintptr_t place = 0;
      MEMORY_BASIC_INFORMATION info;
      while (VirtualQuery(at(place), &info, sizeof info) == sizeof info) {
        CHECK_THAT(wrongs, number(info.BaseAddress) == place && info.RegionSize != 0);
        CHECK_THAT(wrongs, (info.State == MEM_FREE) == (info.AllocationBase == nullptr));
        if (info.RegionSize == 0) {
          break;
        }
        place += info.RegionSize;
      }
      CHECK_THAT(wrongs, place == kHighestUser + 1);
    } while (writers_left != 0);
  });

  EXPECT_NONE(wrongs);
}

} // namespace
} // namespace apitest
