// What happens when the kernel says no: the limit on mappings, the size of the arena. Linux only.
// Rules: V22 V58 N2
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <sys/resource.h>

#include <cstdio>
#include <vector>

namespace apitest {
namespace {

std::size_t max_map_count() {
  std::FILE* file = std::fopen("/proc/sys/vm/max_map_count", "r");
  std::size_t count = 0;
  if (file != nullptr) {
    if (std::fscanf(file, "%zu", &count) != 1) {
      count = 0;
    }
    std::fclose(file);
  }
  return count;
}

bool is_out_of_memory(DWORD error) { return error == 8 || error == 1455; }

// Read-only islands between reserved pages, as many as the kernel's limit on mappings lets winmem have.
class IslandsToTheLimit : public ::testing::Test {
protected:
  void SetUp() override {
    limit_ = max_map_count();
    if (limit_ == 0 || limit_ > 300000) {
      GTEST_SKIP() << "vm.max_map_count is " << limit_ << ": too many mappings to make";
    }
    pages_ = 2 * limit_;
    base_ = static_cast<char*>(VirtualAlloc(nullptr, pages_ * kPage, MEM_RESERVE, PAGE_READWRITE));
    ASSERT_NE(base_, nullptr) << GetLastError();
    // Ahead of the limit, for what must go on working at it.
    ASSERT_NE(VirtualAlloc(page(pages_ - 8), 8 * kPage, MEM_COMMIT, PAGE_READWRITE), nullptr);
    std::fill_n(page(pages_ - 8), 8 * kPage, '\x5A');
    while (islands_ < pages_ / 2 - 8) {
      if (VirtualAlloc(island(islands_), kPage, MEM_COMMIT, PAGE_READONLY) == nullptr) {
        error_ = GetLastError();
        return;
      }
      ++islands_;
    }
  }

  void TearDown() override {
    if (base_ != nullptr) {
      EXPECT_TRUE(VirtualFree(base_, 0, MEM_RELEASE)) << GetLastError();
    }
  }

  char* page(std::size_t index) const { return base_ + index * kPage; }
  char* island(std::size_t index) const { return page(2 * index); }

  std::size_t limit_ = 0;
  std::size_t pages_ = 0;
  char* base_ = nullptr;
  std::size_t islands_ = 0;
  DWORD error_ = 0;
};

TEST_F(IslandsToTheLimit, V58_there_are_thousands_of_them_and_then_memory_is_out) {
  std::printf("scale: %zu read-only islands, vm.max_map_count %zu\n", islands_, limit_);

  EXPECT_GT(islands_, limit_ / 4);
  ASSERT_NE(error_, 0u) << "the limit was never met";
  EXPECT_TRUE(is_out_of_memory(error_)) << error_;
}

TEST_F(IslandsToTheLimit, V58_N2_the_refused_commit_changes_nothing) {
  EXPECT_EQ(VirtualAlloc(island(islands_), kPage, MEM_COMMIT, PAGE_READONLY), nullptr);
  EXPECT_TRUE(is_out_of_memory(GetLastError())) << GetLastError();

  EXPECT_EQ(ask(island(islands_)).State, 0x2000u);
  EXPECT_FALSE(platform::can_read(island(islands_)));
  for (std::size_t i = 0; i < islands_; i += 37) {
    const MEMORY_BASIC_INFORMATION info = ask(island(i));
    ASSERT_TRUE(info.State == MEM_COMMIT && info.Protect == PAGE_READONLY && info.RegionSize == kPage) << i;
    ASSERT_TRUE(platform::can_read(island(i))) << i;
    ASSERT_FALSE(platform::can_read(island(i) + kPage)) << i;
  }
}

TEST_F(IslandsToTheLimit, V58_N2_a_refused_protect_changes_nothing) {
  char* block = page(pages_ - 8);
  DWORD old = 0x12345678;

  // Each of these would cut a mapping in pieces. One that succeeds all the same must be complete.
  BOOL changed = VirtualProtect(block + 3 * kPage, kPage, PAGE_READONLY, &old);
  const DWORD error = GetLastError();

  if (!changed) {
    EXPECT_TRUE(is_out_of_memory(error)) << error;
    EXPECT_EQ(old, 0x12345678u);
    EXPECT_PICTURE(block, 8, "C8rw");
    EXPECT_TRUE(platform::can_write(block + 3 * kPage));
  } else {
    EXPECT_PICTURE(block, 8, "C3rw C1ro C4rw");
    EXPECT_FALSE(platform::can_write(block + 3 * kPage));
  }
  EXPECT_TRUE(pages_hold(block, 8, 0x5A));
}

TEST_F(IslandsToTheLimit, V58_the_library_stays_usable) {
  Region other = reserve(64);

  EXPECT_MAP(other, "R64");
  EXPECT_OK(VirtualFree(island(7), kPage, MEM_DECOMMIT));
  EXPECT_EQ(ask(island(7)).State, 0x2000u);
  EXPECT_FALSE(platform::can_read(island(7)));
  EXPECT_OK(VirtualFree(page(pages_ - 4), 4 * kPage, MEM_DECOMMIT));
  EXPECT_PICTURE(page(pages_ - 8), 8, "C4rw R4");
}

TEST_F(IslandsToTheLimit, V58_a_decommit_makes_room_for_a_commit) {
  // Neighbours, so that their room is in one place.
  for (std::size_t i = 0; i < 2000; ++i) {
    ASSERT_TRUE(VirtualFree(island(i), kPage, MEM_DECOMMIT)) << GetLastError();
  }

  std::size_t made = 0;
  while (made < 500 && VirtualAlloc(island(islands_ + made), kPage, MEM_COMMIT, PAGE_READONLY) != nullptr) {
    ++made;
  }

  EXPECT_EQ(made, 500u) << GetLastError();
}

TEST_F(IslandsToTheLimit, V58_release_of_the_whole_works_and_makes_room) {
  EXPECT_OK(VirtualFree(base_, 0, MEM_RELEASE));
  EXPECT_PICTURE(base_, 16, "F16");
  base_ = nullptr;

  Region again = reserve(4000);
  for (std::size_t i = 0; i < 4000; i += 2) {
    ASSERT_NE(VirtualAlloc(again.page(i), kPage, MEM_COMMIT, PAGE_READONLY), nullptr) << GetLastError();
  }
}

TEST(Arena, V22_many_terabytes_can_be_reserved_at_once) {
  rlimit address_space = {};
  getrlimit(RLIMIT_AS, &address_space);
  if (platform::must_be_small() || address_space.rlim_cur != RLIM_INFINITY || getenv("WINMEM_ARENA") != nullptr) {
    GTEST_SKIP() << "address space is short here";
  }
  std::vector<void*> terabytes;

  while (terabytes.size() < 40) { // libc needs some of the rest
    void* base = VirtualAlloc(nullptr, std::size_t{1} << 40, MEM_RESERVE, PAGE_READWRITE);
    if (base == nullptr) {
      EXPECT_TRUE(is_out_of_memory(GetLastError())) << GetLastError();
      break;
    }
    terabytes.push_back(base);
  }

  std::printf("scale: %zu TiB reserved\n", terabytes.size());
  EXPECT_GE(terabytes.size(), 31u);
  for (void* base : terabytes) {
    EXPECT_TRUE(VirtualFree(base, 0, MEM_RELEASE));
  }
}

} // namespace
} // namespace apitest
