// The commit charge, as winmem.h reports it: what counts, and that it is exact. Linux only.
// Rules: V26 N2
#include "expect.h"
#include "memory_map.h"

#include <winmem.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace apitest {
namespace {

winmem_memory_status status_now() {
  winmem_memory_status status;
  std::memset(&status, 0xCC, sizeof status);
  EXPECT_EQ(winmem_get_memory_status(&status, sizeof status), sizeof status);
  return status;
}

std::uint64_t charged() { return status_now().commit_charge; }

std::uint64_t committed_in(const Region& region) {
  std::uint64_t sum = 0;
  for (char* at = region.base(); at < region.end();) {
    MEMORY_BASIC_INFORMATION info = ask(at);
    std::size_t bytes = std::min<std::size_t>(info.RegionSize, static_cast<std::size_t>(region.end() - at));
    sum += info.State == MEM_COMMIT ? bytes : 0;
    at += bytes;
  }
  return sum;
}

TEST(CommitCharge, V26_a_reservation_costs_nothing_and_each_committed_page_its_size) {
  const std::uint64_t before = charged();
  Region region = reserve(1024);
  EXPECT_EQ(charged(), before);

  region.commit(3, 5);
  EXPECT_EQ(charged() - before, 5 * kPage);
  region.commit(700, 100);
  EXPECT_EQ(charged() - before, 105 * kPage);
}

TEST(CommitCharge, V26_pages_of_every_protection_count) {
  const std::uint64_t before = charged();
  Region region = reserve(16);

  std::uint64_t pages = 0;
  for (DWORD protect :
       {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE}) {
    region.commit(pages, 1, protect);
    ++pages;
    EXPECT_EQ(charged() - before, pages * kPage) << protect;
  }
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.base(), pages * kPage, PAGE_NOACCESS, &old));
  EXPECT_EQ(charged() - before, pages * kPage);
}

TEST(CommitCharge, V26_only_pages_that_were_not_committed_are_charged) {
  Region region = reserve(64);
  region.commit(10, 10);
  const std::uint64_t before = charged();

  region.commit(10, 10);
  EXPECT_EQ(charged(), before);
  region.commit(12, 2, PAGE_READONLY);
  EXPECT_EQ(charged(), before);
  region.commit(5, 20);
  EXPECT_EQ(charged() - before, 10 * kPage);
}

TEST(CommitCharge, V26_decommit_and_release_give_back_what_was_committed) {
  const std::uint64_t before = charged();
  Region region = committed(2048);
  EXPECT_EQ(charged() - before, 2048 * kPage);

  EXPECT_OK(VirtualFree(region.page(100), 50 * kPage, MEM_DECOMMIT));
  EXPECT_EQ(charged() - before, 1998 * kPage);
  EXPECT_OK(VirtualFree(region.page(90), 70 * kPage, MEM_DECOMMIT)); // 50 of them are reserved already
  EXPECT_EQ(charged() - before, 1978 * kPage);
  EXPECT_OK(VirtualFree(region.base(), 0, MEM_DECOMMIT));
  EXPECT_EQ(charged(), before);
  region.commit(7, 9);
  region.release();
  EXPECT_EQ(charged(), before);
}

TEST(CommitCharge, V26_a_native_release_of_inner_pages_gives_back_theirs) {
  Region region = committed(64);
  const std::uint64_t before = charged();
  PVOID base = region.page(16);
  SIZE_T size = 16 * kPage;

  ASSERT_EQ(status(NtFreeVirtualMemory(GetCurrentProcess(), &base, &size, MEM_RELEASE)), 0u);
  EXPECT_EQ(before - charged(), 16 * kPage);
  EXPECT_TRUE(VirtualFree(region.page(32), 0, MEM_RELEASE));
  EXPECT_EQ(before - charged(), 48 * kPage);
}

TEST(CommitCharge, V26_resets_and_protections_change_nothing) {
  Region region = committed(32);
  const std::uint64_t before = charged();
  DWORD old = 0;

  EXPECT_NE(VirtualAlloc(region.base(), region.bytes(), MEM_RESET, PAGE_READWRITE), nullptr);
  EXPECT_TRUE(VirtualProtect(region.page(3), 7 * kPage, PAGE_READONLY, &old));

  EXPECT_EQ(charged(), before);
}

TEST(CommitCharge, V26_memory_of_others_is_not_counted) {
  const std::uint64_t before = charged();

  void* other = mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(other, MAP_FAILED);
  EXPECT_EQ(charged(), before);
  munmap(other, 1 << 20);
}

TEST(CommitCharge, V26_N2_a_call_that_fails_charges_nothing) {
  Region region = committed(16);
  const std::uint64_t before = charged();
  DWORD old = 0;

  EXPECT_FALSE(VirtualAlloc(region.page(8), 16 * kPage, MEM_COMMIT, PAGE_READWRITE)); // leaves the region
  EXPECT_FALSE(VirtualAlloc(region.base(), kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_FALSE(VirtualAlloc(nullptr, std::size_t{1} << 46, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_FALSE(VirtualProtect(region.page(8), 16 * kPage, PAGE_READONLY, &old));
  EXPECT_FALSE(VirtualFree(region.page(8), 16 * kPage, MEM_DECOMMIT));

  EXPECT_EQ(charged(), before);
}

TEST(CommitCharge, V26_it_is_exact_after_every_one_of_many_random_calls) {
  std::random_device seed_source;
  const unsigned seed = seed_source();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::uint64_t before = charged();
  const std::uint64_t reserved_before = status_now().reserved;
  std::vector<Region> regions;
  for (std::size_t pages : {16, 1000, 4096}) {
    regions.push_back(reserve(pages));
  }
  // Outside the arena too.
  char* low = free_range(kGranule * 16);
  regions.emplace_back(VirtualAlloc(low, kGranule * 16, MEM_RESERVE, PAGE_READWRITE), 256);
  ASSERT_NE(regions.back().base(), nullptr);
  const DWORD protections[] = {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_READWRITE, PAGE_EXECUTE_READ};

  for (int step = 0; step < 3000; ++step) {
    Region& region = regions[random() % regions.size()];
    const std::size_t first = random() % region.pages();
    const std::size_t count =
        1 + random() % std::min<std::size_t>(region.pages() - first, random() % 4 == 0 ? 4096 : 9);
    DWORD old = 0;
    switch (random() % 5) {
    case 0:
    case 1:
      VirtualAlloc(region.page(first), count * kPage, MEM_COMMIT, protections[random() % 5]);
      break;
    case 2:
      VirtualFree(region.page(first), count * kPage, MEM_DECOMMIT);
      break;
    case 3:
      VirtualProtect(region.page(first), count * kPage, protections[random() % 5], &old);
      break;
    default:
      if (random() % 20 == 0) {
        VirtualFree(region.base(), 0, MEM_DECOMMIT);
      }
    }
    std::uint64_t expected = 0;
    for (const Region& each : regions) {
      expected += committed_in(each);
    }
    ASSERT_EQ(charged() - before, expected) << "step " << step;
  }
  regions.clear();
  EXPECT_EQ(charged(), before);
  EXPECT_EQ(status_now().reserved, reserved_before);
}

TEST(CommitCharge, V26_the_peak_is_the_highest_value) {
  const std::uint64_t high = status_now().commit_peak;
  const std::size_t pages = static_cast<std::size_t>((high - charged()) / kPage) + 300;
  EXPECT_GE(high, charged());
  Region region = reserve(pages);
  region.commit(0, pages);
  const std::uint64_t top = charged();
  EXPECT_EQ(status_now().commit_peak, top);
  EXPECT_TRUE(VirtualFree(region.base(), 0, MEM_DECOMMIT));
  region.commit(0, pages - 1);

  EXPECT_EQ(status_now().commit_peak, top);
}

TEST(CommitCharge, V26_threads_that_commit_at_the_same_time_are_all_counted) {
  const std::uint64_t before = charged();
  constexpr unsigned kThreads = 8;
  std::vector<Region> kept;
  for (unsigned i = 0; i < kThreads; ++i) {
    kept.push_back(reserve(512));
  }
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 random(i);
      for (int step = 0; step < 400; ++step) {
        const std::size_t first = random() % 500;
        if (random() % 2 == 0) {
          VirtualAlloc(kept[i].page(first), 12 * kPage, MEM_COMMIT, PAGE_READWRITE);
        } else {
          VirtualFree(kept[i].page(first), 12 * kPage, MEM_DECOMMIT);
        }
        void* other = VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        VirtualFree(other, 0, MEM_RELEASE);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  std::uint64_t expected = 0;
  for (const Region& region : kept) {
    expected += committed_in(region);
  }
  EXPECT_EQ(charged() - before, expected);
}

template <typename Body> bool in_a_child(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(body() ? 0 : 1);
  }
  int result = 0;
  waitpid(child, &result, 0);
  return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

TEST(CommitCharge, V26_parent_and_child_of_a_fork_go_on_with_counts_of_their_own) {
  Region region = reserve(64);
  region.commit(0, 10);
  const std::uint64_t before = charged();

  EXPECT_TRUE(in_a_child([&] {
    bool same = charged() == before;
    region.commit(10, 20);
    bool more = charged() == before + 20 * kPage;
    VirtualFree(region.base(), 0, MEM_DECOMMIT);
    return same && more && charged() == before - 10 * kPage;
  }));
  EXPECT_EQ(charged(), before);
}

TEST(CommitCharge, V26_N2_a_commit_that_the_kernel_refuses_is_not_charged) {
  EXPECT_TRUE(in_a_child([] {
    Region region = reserve(64 * 512);
    region.commit(0, 1);
    const std::uint64_t before = charged();
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_DATA, &none) != 0) {
      return false;
    }
    SetLastError(0);
    void* refused = VirtualAlloc(region.page(512), 63 * 512 * kPage, MEM_COMMIT, PAGE_READWRITE);
    const bool is_refused = refused == nullptr && GetLastError() == 1455 && charged() == before;
    void* other = VirtualAlloc(nullptr, 4096 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    const bool other_too = other == nullptr && GetLastError() == 1455 && charged() == before;
    region.forget();
    return is_refused && other_too;
  }));
}

TEST(MemoryStatusOfWinmem, a_short_length_and_a_bad_pointer_are_refused) {
  winmem_memory_status status;
  std::memset(&status, 0xCC, sizeof status);
  const winmem_memory_status before = status;

  EXPECT_ERROR(24, winmem_get_memory_status(&status, 0));
  EXPECT_ERROR(24, winmem_get_memory_status(&status, sizeof status - 1));
  EXPECT_EQ(std::memcmp(&status, &before, sizeof status), 0);
  EXPECT_ERROR(998, winmem_get_memory_status(nullptr, sizeof status));
  Region region = reserve(1);
  EXPECT_ERROR(998, winmem_get_memory_status(reinterpret_cast<winmem_memory_status*>(region.base()), sizeof status));
}

TEST(MemoryStatusOfWinmem, a_longer_structure_gets_what_is_known) {
  struct Longer {
    winmem_memory_status status;
    std::uint64_t later = 0x1234;
  } longer;

  EXPECT_EQ(winmem_get_memory_status(&longer.status, sizeof longer), sizeof longer.status);
  EXPECT_EQ(longer.later, 0x1234u);
}

TEST(MemoryStatusOfWinmem, address_space_and_tables_are_counted) {
  const winmem_memory_status before = status_now();
  Region region = reserve(1000);
  const winmem_memory_status after = status_now();

  EXPECT_EQ(after.reserved - before.reserved, 1000 * kPage);
  EXPECT_GT(after.bookkeeping, 0u);
  EXPECT_EQ(after.arena, before.arena);
  EXPECT_GE(after.commit_limit, after.commit_charge);
}

TEST(MemoryStatusOfWinmem, it_agrees_with_GlobalMemoryStatusEx) {
  Region region = committed(100);
  MEMORYSTATUSEX windows;
  windows.dwLength = sizeof windows;
  ASSERT_TRUE(GlobalMemoryStatusEx(&windows));
  const winmem_memory_status ours = status_now();

  EXPECT_EQ(windows.ullTotalPageFile, ours.commit_limit);
  EXPECT_LE(windows.ullAvailPageFile, ours.commit_limit - ours.commit_charge);
}

} // namespace
} // namespace apitest
