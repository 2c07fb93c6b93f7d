// WINMEM_HEAP=hardened: mistakes with blocks are found at the latest when the heap is used on, or do no harm.
#include "heap_test_support.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace apitest {
namespace {

class Hardened : public ::testing::Test {
protected:
  void SetUp() override {
    const char* text = std::getenv("WINMEM_HEAP");
    ASSERT_TRUE(text != nullptr && std::string(text) == "hardened") << "run with WINMEM_HEAP=hardened";
  }
};

// What a child that makes a mistake says before it ends by SIGABRT; "it goes on" when it does not end so.
template <typename Body> std::string last_words(Body body) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    body();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : "it goes on";
}

char* take(SIZE_T size) { return static_cast<char*>(HeapAlloc(GetProcessHeap(), 0, size)); }
bool give(void* block) { return HeapFree(GetProcessHeap(), 0, block) != 0; }

// So many that what rests leaves its rest, and that what has left it is used again.
void use_the_heap_on(SIZE_T size) {
  for (int count : {5000, 12'000}) {
    std::vector<char*> blocks;
    for (int i = 0; i < count; ++i) {
      blocks.push_back(take(size));
    }
    for (char* block : blocks) {
      give(block);
    }
  }
}

constexpr SIZE_T kSizes[] = {1, 15, 16, 24, 100, 1000, 4096, 20'000, 28'672, 40'000, 1'000'000, 3'000'000};

TEST_F(Hardened, H53_a_block_keeps_its_size_or_shrinks_in_place) {
  for (SIZE_T size : kSizes) {
    char* block = take(size);
    for (SIZE_T next : {size, size / 3 + 1, size / 3 + 1}) {
      ASSERT_EQ(HeapReAlloc(GetProcessHeap(), HEAP_REALLOC_IN_PLACE_ONLY, block, next), block) << size;
      ASSERT_EQ(HeapSize(GetProcessHeap(), 0, block), next);
      EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, block));
    }
    EXPECT_TRUE(give(block));
  }
}

TEST_F(Hardened, blocks_work_as_ever) {
  for (int round = 0; round < 30; ++round) {
    std::vector<std::pair<char*, SIZE_T>> blocks;
    for (SIZE_T size : kSizes) {
      char* block = static_cast<char*>(HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size));
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_filled(block, size, 0));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 16, 0u);
      std::memset(block, 0x11 + round, size);
      blocks.push_back({block, size});
    }
    for (auto& [block, size] : blocks) {
      char* moved = static_cast<char*>(HeapReAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, block, size + 77));
      ASSERT_NE(moved, nullptr);
      EXPECT_TRUE(is_filled(moved, size, static_cast<char>(0x11 + round)));
      EXPECT_TRUE(is_filled(moved + size, 77, 0));
      EXPECT_EQ(HeapSize(GetProcessHeap(), 0, moved), size + 77);
      block = moved;
    }
    EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
    for (auto& [block, size] : blocks) {
      EXPECT_TRUE(give(block));
    }
  }
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST_F(Hardened, H67_a_write_past_the_end_is_found_when_the_block_is_freed) {
  for (SIZE_T size : kSizes) {
    if (size > 1'000'000) {
      continue; // the page behind a large one may be without access
    }
    for (SIZE_T length : {SIZE_T{1}, SIZE_T{8}}) {
      EXPECT_NE(last_words([&] {
                  char* block = take(size);
                  std::memset(block + size, 0x5A, length);
                  give(block);
                }).find("something written behind its end"),
                std::string::npos)
          << size << " " << length;
    }
  }
}

TEST_F(Hardened, a_page_behind_a_block_may_be_written_without_harm_or_ends_the_process) {
  for (SIZE_T size : {SIZE_T{40'000}, SIZE_T{65'536}, SIZE_T{1'000'000}}) {
    char* block = take(size);
    char* next = take(size);
    std::memset(next, 1, size);
    EXPECT_NE(last_words([&] {
                std::memset(block + size, 0x5A, 4096);
                if (!is_filled(next, size, 1)) {
                  _exit(1);
                }
                give(block);
              }).find("something written behind its end"),
              std::string::npos);
    give(block);
    give(next);
  }
}

// The last block of a slab has nobody behind it.
TEST_F(Hardened, up_to_a_page_behind_a_slab_is_not_accessible) {
  constexpr SIZE_T kGranule = 0x10000;
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{100}, SIZE_T{1000}, SIZE_T{8000}}) {
    std::vector<char*> blocks;
    unsigned last_ones = 0;
    for (SIZE_T all = 0; all < 4'000'000; all += size) {
      char* block = take(size);
      blocks.push_back(block);
      auto address = reinterpret_cast<std::uintptr_t>(block);
      MEMORY_BASIC_INFORMATION info{};
      VirtualQuery(block, &info, sizeof info);
      auto end = reinterpret_cast<std::uintptr_t>(info.BaseAddress) + info.RegionSize;
      EXPECT_EQ(end % kGranule, 0u);
      if (end - address < size + 4096) {
        VirtualQuery(reinterpret_cast<char*>(end), &info, sizeof info);
        EXPECT_EQ(info.State, static_cast<DWORD>(MEM_RESERVE)) << size;
        EXPECT_GE(info.RegionSize, SIZE_T{4096});
        ++last_ones;
      }
    }
    EXPECT_GT(last_ones, 3u) << size;
    for (char* block : blocks) {
      give(block);
    }
  }
}

TEST_F(Hardened, slabs_that_come_and_go_keep_what_is_behind_them) {
  for (int round = 0; round < 3; ++round) {
    for (SIZE_T size : {SIZE_T{30'000}, SIZE_T{100}, SIZE_T{150'000}, SIZE_T{5000}}) {
      std::vector<char*> blocks;
      for (int i = 0; i < 100; ++i) {
        char* block = take(size);
        ASSERT_NE(block, nullptr);
        std::memset(block, 1 + i, size);
        blocks.push_back(block);
        MEMORY_BASIC_INFORMATION info{};
        VirtualQuery(block, &info, sizeof info);
        char* end = static_cast<char*>(info.BaseAddress) + info.RegionSize;
        EXPECT_GE(end, block + size);
        EXPECT_LE(end - block, 0x80000 + 0x10000) << "spans of neighbours touch";
      }
      for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(is_filled(blocks[i], size, static_cast<char>(1 + i)));
        EXPECT_TRUE(give(blocks[i]));
      }
      EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
    }
    HeapCompact(GetProcessHeap(), 0);
  }
}

TEST_F(Hardened, threads_use_blocks_of_each_other) {
  constexpr int kThreads = 4;
  std::array<std::vector<char*>, kThreads> made;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&made, i, round] {
        std::vector<char*>& mine = made[(i + round) % kThreads]; // another thread made them
        for (char* block : mine) {
          EXPECT_EQ(*block, 7);
          EXPECT_TRUE(give(block));
        }
        mine.clear();
        for (int n = 0; n < 500; ++n) {
          SIZE_T size = 1 + static_cast<SIZE_T>(n * 37 % 3000);
          char* block = take(size);
          std::memset(block, 7, size);
          mine.push_back(block);
        }
      });
    }
    EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, nullptr));
}

TEST_F(Hardened, HeapLock_stops_what_others_do) {
  std::atomic<bool> ends{false};
  std::thread other([&ends] {
    while (!ends) {
      char* block = take(100);
      give(block);
      HeapFree(GetProcessHeap(), 0, HeapReAlloc(GetProcessHeap(), 0, take(10), 3000));
    }
  });
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(HeapLock(GetProcessHeap()));
    char* mine = take(200);
    auto live = [] {
      PROCESS_HEAP_ENTRY entry{};
      unsigned count = 0;
      while (HeapWalk(GetProcessHeap(), &entry)) {
        count += (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0 ? 1 : 0;
      }
      return count;
    };
    unsigned before = live();
    EXPECT_EQ(live(), before);
    EXPECT_TRUE(give(mine));
    EXPECT_EQ(live(), before - 1);
    ASSERT_TRUE(HeapUnlock(GetProcessHeap()));
  }
  ends = true;
  other.join();
}

TEST_F(Hardened, the_page_behind_a_large_block_is_not_accessible) {
  char* block = take(3'000'000);
  MEMORY_BASIC_INFORMATION info{};
  VirtualQuery(block + 3'000'000 + 4096, &info, sizeof info);
  EXPECT_NE(info.State, static_cast<DWORD>(MEM_COMMIT));
  EXPECT_TRUE(give(block));
  VirtualQuery(block, &info, sizeof info);
  EXPECT_EQ(info.State, static_cast<DWORD>(MEM_FREE));
}

TEST_F(Hardened, a_write_before_the_begin_is_found_when_the_heap_is_used_on) {
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{100}, SIZE_T{1000}}) {
    EXPECT_NE(last_words([&] {
                std::vector<char*> blocks;
                for (int i = 0; i < 5000; ++i) {
                  blocks.push_back(take(size));
                }
                blocks[2500][-1] = 0x5A;
                for (char* block : blocks) {
                  give(block);
                }
              }),
              "it goes on")
        << size;
  }
}

TEST_F(Hardened, a_write_after_the_free_is_found_when_the_heap_is_used_on) {
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{100}, SIZE_T{1000}, SIZE_T{40'000}}) {
    EXPECT_NE(last_words([&] {
                char* block = take(size);
                give(block);
                block[size / 2] = 0x5A;
                use_the_heap_on(size);
              }).find("written to"),
              std::string::npos)
        << size;
  }
}

TEST_F(Hardened, what_is_freed_reads_as_zero) {
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{1000}, SIZE_T{40'000}}) {
    char* block = take(size);
    std::memset(block, 0x33, size);
    EXPECT_TRUE(give(block));
    EXPECT_TRUE(is_filled(block, size, 0));
  }
}

TEST_F(Hardened, wrong_pointers_end_the_process_with_a_line) {
  EXPECT_NE(last_words([] {
              char* block = take(100);
              give(block);
              give(block);
            }).find("double free"),
            std::string::npos);
  EXPECT_NE(last_words([] { give(take(100) + 16); }).find("inside a live block"), std::string::npos);
}

TEST_F(Hardened, blocks_do_not_come_in_order_of_address) {
  std::vector<char*> blocks;
  int ascending = 0;
  for (int i = 0; i < 200; ++i) {
    blocks.push_back(take(48));
    ascending += i > 0 && blocks[i] > blocks[i - 1] ? 1 : 0;
  }
  EXPECT_GT(ascending, 20);
  EXPECT_LT(ascending, 180);
  for (char* block : blocks) {
    give(block);
  }
}

TEST_F(Hardened, private_heaps_are_hardened_as_well) {
  HANDLE heap = HeapCreate(0, 0, 0);
  EXPECT_NE(last_words([&] {
              char* block = static_cast<char*>(HeapAlloc(heap, 0, 40));
              block[40] = 1;
              HeapFree(heap, 0, block);
            }).find("something written behind its end"),
            std::string::npos);
  EXPECT_TRUE(HeapDestroy(heap));
}

} // namespace
} // namespace apitest
