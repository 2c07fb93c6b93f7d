// What the kernel knows of VirtualLock. Linux only.
// Rules: V100 V101 V34 N2
#include "child_process.h"
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace apitest {
namespace {

// VmLck: what of the process is locked, in pages.
long locked_pages() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  char line[128];
  long kilobytes = -1;
  while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr) {
    std::sscanf(line, "VmLck: %ld", &kilobytes);
  }
  if (file != nullptr) {
    std::fclose(file);
  }
  return kilobytes / 4;
}

bool is_resident(char* page) {
  unsigned char there = 0;
  return mincore(page, kPage, &there) == 0 && (there & 1) != 0;
}

TEST(LinuxLock, V100_the_kernel_locks_and_unlocks_what_is_asked) {
  Region region = committed(8);
  long before = locked_pages();

  EXPECT_OK(VirtualLock(region.page(1), 4 * kPage));
  EXPECT_EQ(locked_pages(), before + 4);
  EXPECT_TRUE(is_resident(region.page(1)) && is_resident(region.page(4)));
  EXPECT_OK(VirtualUnlock(region.page(2), kPage));
  EXPECT_EQ(locked_pages(), before + 3);
  EXPECT_OK(VirtualUnlock(region.page(1), kPage));
  EXPECT_OK(VirtualUnlock(region.page(3), 2 * kPage));

  EXPECT_EQ(locked_pages(), before);
}

TEST(LinuxLock, V34_decommit_of_locked_pages_unlocks_those_alone) {
  Region region = committed(8);
  long before = locked_pages();
  EXPECT_OK(VirtualLock(region.page(1), 6 * kPage));

  EXPECT_OK(VirtualFree(region.page(2), 2 * kPage, MEM_DECOMMIT));
  EXPECT_EQ(locked_pages(), before + 4);
  EXPECT_FALSE(platform::can_read(region.page(2)));
  region.release();

  EXPECT_EQ(locked_pages(), before);
}

TEST(LinuxLock, V34_release_of_locked_pages_outside_the_arena_and_of_a_whole_chunk) {
  long before = locked_pages();
  // Somewhere that is free, but not in the arena.
  void* hole = mmap(nullptr, std::size_t{1} << 32, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(hole, MAP_FAILED);
  munmap(hole, std::size_t{1} << 32);
  void* outside = VirtualAlloc(at((number(hole) + (std::size_t{1} << 31)) & ~std::uintptr_t{0xFFFF}), kGranule,
                               MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  ASSERT_NE(outside, nullptr);
  Region chunks = committed(2048);

  EXPECT_OK(VirtualLock(outside, 4 * kPage));
  EXPECT_OK(VirtualLock(chunks.page(1000), 4 * kPage));
  EXPECT_EQ(locked_pages(), before + 8);
  EXPECT_OK(VirtualFree(outside, 0, MEM_RELEASE));
  chunks.release();

  EXPECT_EQ(locked_pages(), before);
}

TEST(LinuxLock, V100_a_lock_stays_when_the_page_is_protected) {
  Region region = committed(4);
  long before = locked_pages();
  DWORD old = 0;
  EXPECT_OK(VirtualLock(region.base(), 4 * kPage));

  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_NOACCESS, &old));
  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_READWRITE | PAGE_GUARD, &old));
  EXPECT_EQ(locked_pages(), before + 4);
  EXPECT_OK(VirtualProtect(region.page(1), kPage, PAGE_READWRITE, &old));

  EXPECT_OK(VirtualUnlock(region.base(), 4 * kPage));
  EXPECT_EQ(locked_pages(), before);
}

TEST(LinuxLock, V100_N2_the_limit_on_locked_memory_shows_as_the_working_set_quota) {
  int result = in_child([] {
    rlimit none{0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)) {
      return 1;
    }
    Region region = committed(4);
    long before = locked_pages();
    if (VirtualLock(region.base(), 2 * kPage) || GetLastError() != 1453) {
      return 2;
    }
    if (VirtualUnlock(region.base(), kPage) || GetLastError() != 158) {
      return 3;
    }
    return locked_pages() == before ? 0 : 4;
  });

  EXPECT_EQ(result, 0);
}

TEST(LinuxLock, V100_a_forks_child_has_no_lock_of_its_parents) {
  Region region = committed(4);
  ASSERT_OK(VirtualLock(region.base(), 2 * kPage));

  int result = in_child([&] {
    if (locked_pages() != 0 || VirtualUnlock(region.base(), kPage) || GetLastError() != 158) {
      return 1;
    }
    return VirtualLock(region.base(), 4 * kPage) && locked_pages() == 4 && VirtualFree(region.base(), 0, MEM_RELEASE) &&
                   locked_pages() == 0
               ? 0
               : 2;
  });

  EXPECT_EQ(result, 0);
  EXPECT_OK(VirtualUnlock(region.base(), 2 * kPage));
}

TEST(LinuxLock, V100_memory_of_others_that_was_unmapped_takes_no_quota) {
  for (int round = 0; round < 10; ++round) {
    void* pages = mmap(nullptr, 20 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(pages, MAP_FAILED);
    ASSERT_OK(VirtualLock(pages, 20 * kPage)) << round;
    munmap(pages, 20 * kPage);
    EXPECT_ERROR(158, VirtualUnlock(pages, 20 * kPage));
  }
}

TEST(LinuxLock, V100_memory_of_others_without_access_is_no_access) {
  char* pages =
      static_cast<char*>(mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(pages + kPage, kPage, PROT_NONE), 0);

  EXPECT_ERROR(998, VirtualLock(pages, 2 * kPage));

  EXPECT_ERROR(158, VirtualUnlock(pages, kPage));
  munmap(pages, 2 * kPage);
}

TEST(LinuxLock, V101_unlocking_what_is_not_locked_keeps_its_contents) {
  Region region = reserve(16);
  region.commit(0, 4);
  region.fill(0, 4, 0x5A);

  EXPECT_ERROR(158, VirtualUnlock(region.base(), 8 * kPage));

  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
  EXPECT_MAP(region, "C4rw R12");
  EXPECT_FALSE(platform::can_read(region.page(5)));
}

} // namespace
} // namespace apitest
