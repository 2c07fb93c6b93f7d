// Large numbers: a terabyte, a million regions, a million islands.
// Rules: V22 V57 V58
//
// The sizes are printed. They are smaller where markers are missing (each island then costs two of the kernel's
// mappings, of which there are 65,530), under sanitizers, Valgrind and Wine, and as small as the arena that was
// obtained: what does not fit there costs mappings, too.
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace apitest {
namespace {

bool full_scale() { return !platform::must_be_small() && !platform::guard_markers_missing(); }

// How many, if each takes `bytes` of address space: half of the arena at most.
std::size_t scaled(const char* what, std::size_t full, std::size_t small, std::size_t bytes) {
  constexpr std::size_t kWithoutArena = 64 << 20;
  const std::size_t arena = platform::arena_bytes();
  const std::size_t room = arena != 0 ? arena / 2 : kWithoutArena;
  const std::size_t count = std::min(full_scale() ? full : small, room / bytes);
  std::printf("scale: %zu %s, in an arena of %zu MiB\n", count, what, arena >> 20);
  return count;
}

constexpr std::size_t kMiB = 1 << 20;

// A large reservation of `pages` pages that is not owned by a Region, whose picture nobody wants to see.
char* reserve_bytes(std::size_t bytes) {
  void* base = VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_READWRITE);
  EXPECT_NE(base, nullptr) << bytes << " bytes: error " << GetLastError();
  return static_cast<char*>(base);
}

TEST(Scale, V22_a_terabyte_is_an_ordinary_reservation) {
  const std::size_t bytes = scaled("MiB in one reservation", 1024 * 1024, 16 * 1024, kMiB) * kMiB;
  const std::size_t before = platform::resident_bytes();

  char* base = reserve_bytes(bytes);
  ASSERT_NE(base, nullptr);

  EXPECT_EQ(ask(base).RegionSize, bytes);
  EXPECT_EQ(ask(base + bytes - 1).RegionSize, 0x1000u);
  EXPECT_EQ(ask(base + bytes / 2).AllocationBase, base);
  EXPECT_LT(platform::resident_bytes(), before + (1u << 20));
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

TEST(Scale, V22_the_first_the_middle_and_the_last_page_of_a_terabyte_can_be_used) {
  const std::size_t bytes = scaled("MiB in one reservation", 1024 * 1024, 16 * 1024, kMiB) * kMiB;
  const std::size_t before = platform::resident_bytes();
  char* base = reserve_bytes(bytes);
  ASSERT_NE(base, nullptr);

  for (char* place : {base, base + bytes / 2, base + bytes - kPage}) {
    ASSERT_OK(VirtualAlloc(place, kPage, MEM_COMMIT, PAGE_READWRITE));
    *place = 1;
  }

  EXPECT_PICTURE(base, 2, "C1rw R1");
  EXPECT_PICTURE(base + bytes / 2 - kPage, 3, "R1 C1rw R1");
  EXPECT_EQ(ask(base + kPage).RegionSize, bytes / 2 - kPage);
  EXPECT_LT(platform::resident_bytes(), before + (4u << 20));
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

TEST(Scale, V22_decommit_of_a_whole_terabyte_takes_no_memory) {
  const std::size_t bytes = scaled("MiB in one reservation", 1024 * 1024, 16 * 1024, kMiB) * kMiB;
  char* base = reserve_bytes(bytes);
  ASSERT_NE(base, nullptr);
  ASSERT_OK(VirtualAlloc(base + bytes / 2, kPage, MEM_COMMIT, PAGE_READWRITE));
  const std::size_t before = platform::resident_bytes();

  EXPECT_OK(VirtualFree(base, 0, MEM_DECOMMIT));

  EXPECT_EQ(ask(base).RegionSize, bytes);
  EXPECT_LT(platform::resident_bytes(), before + (1u << 20));
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

TEST(Scale, V57_V58_a_million_single_page_islands_in_one_region) {
  const std::size_t islands = scaled("islands in one region", 1000000, 10000, 2 * kPage);
  char* base = reserve_bytes(2 * islands * kPage);
  ASSERT_NE(base, nullptr);
  auto island = [&](std::size_t i) { return base + 2 * i * kPage; };

  for (std::size_t i = 0; i < islands; ++i) {
    ASSERT_EQ(VirtualAlloc(island(i), kPage, MEM_COMMIT, PAGE_READWRITE), island(i))
        << "island " << i << ": error " << GetLastError();
  }
  for (std::size_t i = 0; i < islands; i += 997) {
    ASSERT_TRUE(pages_hold(island(i), 1, 0)) << "island " << i;
    *island(i) = static_cast<char>(i);
  }

  for (std::size_t i = 0; i < islands; ++i) {
    const MEMORY_BASIC_INFORMATION here = ask(island(i));
    const MEMORY_BASIC_INFORMATION next = ask(island(i) + kPage);
    ASSERT_TRUE(here.State == MEM_COMMIT && here.RegionSize == kPage && here.Protect == PAGE_READWRITE) << i;
    ASSERT_TRUE(next.State == MEM_RESERVE && next.RegionSize == kPage && next.AllocationBase == base) << i;
  }
  for (std::size_t i = 0; i < islands; i += 997) {
    ASSERT_EQ(*island(i), static_cast<char>(i));
    ASSERT_FALSE(platform::can_read(island(i) + kPage));
  }

  // Every other island goes, the rest stays.
  for (std::size_t i = 0; i < islands; i += 2) {
    ASSERT_TRUE(VirtualFree(island(i), kPage, MEM_DECOMMIT)) << "island " << i << ": error " << GetLastError();
  }
  EXPECT_PICTURE(base, 8, "R2 C1rw R3 C1rw R1");
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
  EXPECT_PICTURE(base, 8, "F8");
}

TEST(Scale, V58_islands_grow_together_into_one_run) {
  const std::size_t islands = scaled("islands that become one run", 100000, 5000, 2 * kPage);
  char* base = reserve_bytes(2 * islands * kPage);
  ASSERT_NE(base, nullptr);
  for (std::size_t i = 0; i < 2 * islands; i += 2) {
    ASSERT_NE(VirtualAlloc(base + i * kPage, kPage, MEM_COMMIT, PAGE_READWRITE), nullptr) << i;
  }

  EXPECT_OK(VirtualAlloc(base, 2 * islands * kPage, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_EQ(ask(base).RegionSize, 2 * islands * kPage);
  EXPECT_EQ(ask(base).State, 0x1000u);
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

TEST(Scale, V58_a_million_regions) {
  const std::size_t count = scaled("regions at once", 1000000, 10000, kGranule);
  std::vector<char*> regions;
  regions.reserve(count);

  for (std::size_t i = 0; i < count; ++i) {
    regions.push_back(static_cast<char*>(VirtualAlloc(nullptr, kPage, MEM_RESERVE, PAGE_READWRITE)));
    ASSERT_NE(regions.back(), nullptr) << "region " << i << ": error " << GetLastError();
  }

  for (std::size_t i = 0; i < count; ++i) {
    const MEMORY_BASIC_INFORMATION info = ask(regions[i]);
    ASSERT_TRUE(info.AllocationBase == regions[i] && info.RegionSize == kPage && info.State == MEM_RESERVE) << i;
  }
  for (std::size_t i = 0; i < count; i += 1009) {
    ASSERT_NE(VirtualAlloc(regions[i], kPage, MEM_COMMIT, PAGE_READWRITE), nullptr) << i;
    *regions[i] = 1;
  }
  for (std::size_t i = 0; i < count; i += 2) {
    ASSERT_TRUE(VirtualFree(regions[i], 0, MEM_RELEASE)) << i;
  }
  for (std::size_t i = 1; i < count; i += 2) {
    ASSERT_EQ(ask(regions[i]).AllocationBase, regions[i]) << i;
    ASSERT_EQ(ask(regions[i - 1]).State, 0x10000u) << i - 1;
    ASSERT_TRUE(VirtualFree(regions[i], 0, MEM_RELEASE)) << i;
  }
}

TEST(Scale, V58_islands_in_as_many_chunks_of_2_MiB) {
  const std::size_t chunks = scaled("chunks of 2 MiB, each with an island", 100000, 2000, 2 * kMiB);
  constexpr std::size_t kChunk = 2u << 20;
  char* base = reserve_bytes(chunks * kChunk);
  ASSERT_NE(base, nullptr);
  auto island = [&](std::size_t i) { return base + i * kChunk + (i % 256) * kPage; };

  // Every other one first, so that open chunks lie between closed ones.
  for (std::size_t start : {std::size_t{0}, std::size_t{1}}) {
    for (std::size_t i = start; i < chunks; i += 2) {
      ASSERT_EQ(VirtualAlloc(island(i), kPage, MEM_COMMIT, PAGE_READWRITE), island(i))
          << "chunk " << i << ": error " << GetLastError();
    }
  }

  for (std::size_t i = 0; i < chunks; ++i) {
    const MEMORY_BASIC_INFORMATION info = ask(island(i));
    ASSERT_TRUE(info.State == MEM_COMMIT && info.RegionSize == kPage && info.AllocationBase == base) << i;
  }
  for (std::size_t i = 0; i + 1 < chunks; i += 101) {
    *island(i) = 1;
    ASSERT_FALSE(platform::can_read(island(i) + kPage)) << i;
  }
  Region other = committed(4);
  EXPECT_MAP(other, "C4rw");
  EXPECT_OK(VirtualFree(base, 0, MEM_RELEASE));
}

} // namespace
} // namespace apitest
