// The commit limit, with WINMEM_COMMIT_LIMIT=64M in the environment: what does not fit is refused as a whole. Linux
// only. Rules: V27 N2
#include "expect.h"
#include "memory_map.h"

#include <winmem.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace apitest {
namespace {

constexpr std::size_t kLimit = std::size_t{64} << 20;
constexpr std::size_t kLimitPages = kLimit / kPage;

winmem_memory_status status_now() {
  winmem_memory_status status;
  EXPECT_EQ(winmem_get_memory_status(&status, sizeof status), sizeof status);
  return status;
}

std::uint64_t charged() { return status_now().commit_charge; }

class CommitLimit : public ::testing::Test {
protected:
  void SetUp() override {
    const char* text = std::getenv("WINMEM_COMMIT_LIMIT");
    ASSERT_TRUE(text != nullptr && std::string(text) == "64M") << "run with WINMEM_COMMIT_LIMIT=64M";
    ASSERT_EQ(status_now().commit_limit, kLimit);
    ASSERT_EQ(charged(), 0u);
  }
  void TearDown() override { EXPECT_EQ(charged(), 0u); }
};

TEST_F(CommitLimit, V27_all_of_it_can_be_committed_and_not_a_page_more) {
  Region region = reserve(kLimitPages + 1);

  EXPECT_OK(VirtualAlloc(region.base(), kLimit, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_EQ(charged(), kLimit);
  EXPECT_ERROR(1455, VirtualAlloc(region.page(kLimitPages), kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(1455, VirtualAlloc(nullptr, 1, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS));
  EXPECT_EQ(charged(), kLimit);
  EXPECT_EQ(status_now().commit_peak, kLimit);
}

TEST_F(CommitLimit, V27_N2_what_does_not_fit_changes_nothing) {
  Region region = reserve(kLimitPages + 600);
  region.commit(3, 4);
  region.fill(3, 4, 0x5A);
  region.commit(600, 1, PAGE_READONLY);
  const std::uint64_t before = charged();
  const Snapshot picture(region.base(), 1000 * kPage);

  EXPECT_ERROR(1455, VirtualAlloc(region.base(), region.bytes(), MEM_COMMIT, PAGE_EXECUTE_READWRITE));

  EXPECT_EQ(charged(), before);
  EXPECT_EQ(Snapshot(region.base(), 1000 * kPage), picture);
  EXPECT_TRUE(pages_hold(region.page(3), 4, 0x5A));
  EXPECT_OK(VirtualAlloc(region.base(), 1000 * kPage, MEM_COMMIT, PAGE_READWRITE)); // the same, as far as it fits
}

TEST_F(CommitLimit, V27_N2_a_refused_reserve_and_commit_leaves_no_reservation) {
  const winmem_memory_status before = status_now();

  EXPECT_ERROR(1455, VirtualAlloc(nullptr, kLimit + 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(1455, VirtualAlloc(nullptr, kLimit + 1, MEM_COMMIT, PAGE_READWRITE));
  char* place = free_range(kLimit + kGranule);
  EXPECT_ERROR(1455, VirtualAlloc(place, kLimit + 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));

  EXPECT_EQ(status_now().reserved, before.reserved);
  EXPECT_EQ(ask(place).State, 0x10000u);
  EXPECT_OK(VirtualFree(VirtualAlloc(place, kLimit + 1, MEM_RESERVE, PAGE_READWRITE), 0, MEM_RELEASE));
}

TEST_F(CommitLimit, V27_the_native_status_is_COMMITMENT_LIMIT) {
  PVOID base = nullptr;
  SIZE_T size = kLimit + kPage;

  EXPECT_STATUS(0xC000012Du, NtAllocateVirtualMemory(GetCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                                     PAGE_READWRITE));

  EXPECT_EQ(base, nullptr);
  EXPECT_EQ(size, kLimit + kPage);
}

TEST_F(CommitLimit, V27_reservations_are_not_limited) {
  Region region = reserve(64 * kLimitPages);
  EXPECT_MAP(region, "R1048576");
}

TEST_F(CommitLimit, V27_at_the_limit_what_is_committed_can_be_committed_again_and_protected) {
  Region region = reserve(kLimitPages + 16);
  region.commit(0, kLimitPages);
  DWORD old = 0;

  EXPECT_OK(VirtualAlloc(region.page(5), 20 * kPage, MEM_COMMIT, PAGE_READONLY));
  EXPECT_OK(VirtualAlloc(region.page(5), 20 * kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_OK(VirtualProtect(region.page(100), 20 * kPage, PAGE_NOACCESS, &old));
  // Sixteen of these pages are new.
  EXPECT_ERROR(1455, VirtualAlloc(region.page(kLimitPages - 16), 32 * kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_EQ(charged(), kLimit);
}

TEST_F(CommitLimit, V27_decommit_and_release_make_room) {
  Region region = reserve(kLimitPages + 16);
  region.commit(0, kLimitPages);

  EXPECT_OK(VirtualFree(region.page(1000), 16 * kPage, MEM_DECOMMIT));
  EXPECT_OK(VirtualAlloc(region.page(kLimitPages), 16 * kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(1455, VirtualAlloc(region.page(1000), kPage, MEM_COMMIT, PAGE_READWRITE));
  region.release();
  Region again = committed(kLimitPages);
  EXPECT_EQ(charged(), kLimit);
}

TEST_F(CommitLimit, V27_the_address_is_judged_before_the_limit) {
  Region region = reserve(16);

  EXPECT_ERROR(487, VirtualAlloc(region.base(), kLimit + kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(region.base(), kLimit + kGranule, MEM_COMMIT, PAGE_READWRITE));
}

TEST_F(CommitLimit, V27_threads_that_race_for_the_last_pages_get_all_of_them_and_no_more) {
  constexpr unsigned kThreads = 8;
  for (int round = 0; round < 5; ++round) {
    std::vector<Region> regions;
    for (unsigned i = 0; i < kThreads; ++i) {
      regions.push_back(reserve(kLimitPages));
    }
    std::atomic<unsigned> ready{0};
    std::atomic<std::size_t> pages{0};
    std::atomic<unsigned> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (++ready; ready != kThreads;) {
        }
        // Three pages at a time; what is left over at last is taken one by one.
        std::size_t mine = 0;
        for (std::size_t step : {std::size_t{3}, std::size_t{1}}) {
          SetLastError(0);
          while (mine + step <= kLimitPages &&
                 VirtualAlloc(regions[i].page(mine), step * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr) {
            mine += step;
          }
          wrong += mine + step <= kLimitPages && GetLastError() != 1455 ? 1 : 0;
        }
        pages += mine;
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(pages, kLimitPages);
    EXPECT_EQ(charged(), kLimit);
  }
}

TEST_F(CommitLimit, V27_a_request_that_never_fits_does_not_make_others_fail) {
  std::atomic<bool> stop{false};
  std::thread greedy([&] {
    while (!stop) {
      EXPECT_EQ(VirtualAlloc(nullptr, kLimit + kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), nullptr);
    }
  });
  unsigned failed = 0;
  for (int i = 0; i < 3000; ++i) {
    void* block = VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    failed += block == nullptr ? 1 : 0;
    VirtualFree(block, 0, MEM_RELEASE);
  }
  stop = true;
  greedy.join();

  EXPECT_EQ(failed, 0u);
}

TEST_F(CommitLimit, V27_a_child_of_fork_has_the_limit_to_itself) {
  Region region = committed(kLimitPages - 16);

  const pid_t child = fork();
  if (child == 0) {
    const bool full = VirtualAlloc(nullptr, 17 * kPage, MEM_COMMIT, PAGE_READWRITE) == nullptr;
    const bool fits = VirtualAlloc(nullptr, 16 * kPage, MEM_COMMIT, PAGE_READWRITE) != nullptr;
    _exit(full && fits ? 0 : 1);
  }
  int result = 0;
  waitpid(child, &result, 0);
  EXPECT_TRUE(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  Region rest = committed(16);
  EXPECT_EQ(charged(), kLimit);
}

TEST_F(CommitLimit, Y12_GlobalMemoryStatusEx_tells_the_limit_and_what_is_left) {
  Region region = committed(1000);
  MEMORYSTATUSEX status;
  status.dwLength = sizeof status;

  ASSERT_TRUE(GlobalMemoryStatusEx(&status));

  EXPECT_EQ(status.ullTotalPageFile, kLimit);
  EXPECT_EQ(status.ullAvailPageFile, kLimit - 1000 * kPage);
}

// ---- other values of the variable: this program again, which then only prints its limit ----------------------------

constexpr const char* kPrintLimit = "WINMEM_TEST_PRINT_LIMIT";

[[gnu::constructor]] void print_limit_and_leave() {
  if (std::getenv(kPrintLimit) != nullptr) {
    winmem_memory_status status;
    const std::size_t size = winmem_get_memory_status(&status, sizeof status);
    void* page = VirtualAlloc(nullptr, kPage, MEM_COMMIT, PAGE_READWRITE);
    std::printf("%llu %s\n", static_cast<unsigned long long>(size != 0 ? status.commit_limit : 1),
                page != nullptr ? "works" : "fails");
    std::fflush(stdout);
    _exit(0);
  }
}

std::string limit_with(const char* value) {
  std::string command =
      value != nullptr ? std::string("WINMEM_COMMIT_LIMIT='") + value + "' " : "unset WINMEM_COMMIT_LIMIT; ";
  command += std::string(kPrintLimit) + "=1 exec /proc/" + std::to_string(getpid()) + "/exe";
  std::FILE* pipe = popen(command.c_str(), "r");
  char line[100] = "";
  if (pipe == nullptr || std::fgets(line, sizeof line, pipe) == nullptr) {
    return "no answer";
  }
  pclose(pipe);
  return std::string(line, std::strcspn(line, "\n"));
}

TEST(CommitLimitVariable, V27_sizes_are_taken_and_cut_to_pages) {
  EXPECT_EQ(limit_with("1M"), "1048576 works");
  EXPECT_EQ(limit_with("8191"), "4096 works");
  EXPECT_EQ(limit_with("1000T"), "1099511627776000 works"); // more than there is: the variable decides
  EXPECT_EQ(limit_with("4k"), "4096 works");
}

TEST(CommitLimitVariable, V27_zero_and_what_is_no_size_count_for_nothing) {
  const std::string of_the_machine = limit_with(nullptr);
  EXPECT_NE(of_the_machine, "no answer");
  EXPECT_NE(of_the_machine.substr(0, 2), "0 ");

  for (const char* value : {"", "0", "0G", "none", "-1", "1.5G", "G", "64 M", "4095"}) {
    EXPECT_EQ(limit_with(value), of_the_machine) << value;
  }
}

// In a child: a heap keeps some memory, and the other tests begin with none.
TEST(HeapCommitLimit, idle_memory_of_the_heap_goes_back_before_an_allocation_fails) {
  pid_t child = fork();
  if (child == 0) {
    HANDLE heap = GetProcessHeap();
    void* first = HeapAlloc(heap, 0, SIZE_T{40} << 20);
    bool right = first != nullptr && HeapFree(heap, 0, first);
    void* second = HeapAlloc(heap, 0, SIZE_T{60} << 20); // does not fit beside the first one, freed or not
    right = right && second != nullptr && HeapAlloc(heap, 0, SIZE_T{10} << 20) == nullptr &&
            GetLastError() == ERROR_NOT_ENOUGH_MEMORY && HeapSize(heap, 0, second) == SIZE_T{60} << 20;
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

} // namespace
} // namespace apitest
