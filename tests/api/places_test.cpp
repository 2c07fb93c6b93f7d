// The same life at different places: memory winmem chose, at the top, and at fixed addresses that programs like; and
// across the 2 MiB borders at which memory is handed out below.
// Rules: N2 V13 V17 V20 V34 V37 V42 V43 V45 V54
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace apitest {
namespace {

constexpr std::size_t kChunk = 2u << 20;
constexpr std::size_t kChunkPages = kChunk / kPage;

// Reserves that much at the first free multiple of 16 MiB from `from` on.
Region reserve_near(std::uintptr_t from, std::size_t pages) {
  for (std::uintptr_t place = from; place < from + 0x40000000; place += 0x1000000) {
    if (void* base = VirtualAlloc(at(place), pages * kPage, MEM_RESERVE, PAGE_READWRITE)) {
      EXPECT_EQ(base, at(place));
      return {base, pages};
    }
    EXPECT_NE(ask(at(place)).State, DWORD{MEM_FREE}) << "free, but not to be had: " << at(place);
  }
  return {};
}

// Reserve to release, with contents and access looked at after each step.
void live_a_whole_life(Region region) {
  ASSERT_NE(region.base(), nullptr);
  ASSERT_GE(region.pages(), 48u);
  const std::size_t rest = region.pages() - 48;
  const std::string tail = "R" + std::to_string(rest + 8);
  DWORD old = 0;

  EXPECT_MAP(region, "R" + std::to_string(region.pages()));
  EXPECT_FALSE(platform::can_read(region.base()));
  EXPECT_FALSE(platform::can_read(region.end() - 1));

  region.commit(4, 36);
  EXPECT_TRUE(pages_hold(region.page(4), 36, 0));
  region.fill(4, 36, 0x5A);
  EXPECT_FALSE(platform::can_read(region.page(3)));
  EXPECT_FALSE(platform::can_read(region.page(40)));

  EXPECT_OK(VirtualProtect(region.page(10), 4 * kPage, PAGE_READONLY, &old));
  EXPECT_OK(VirtualProtect(region.page(12), 4 * kPage, PAGE_NOACCESS, &old));
  EXPECT_EQ(old, 0x02u);
  EXPECT_OK(VirtualFree(region.page(20), 4 * kPage, MEM_DECOMMIT));
  EXPECT_MAP(region, "R4 C6rw C2ro C4na C4rw R4 C16rw " + tail);
  EXPECT_FALSE(platform::can_write(region.page(11)));
  EXPECT_FALSE(platform::can_read(region.page(12)));
  EXPECT_FALSE(platform::can_read(region.page(21)));
  EXPECT_TRUE(platform::can_write(region.page(24)));

  EXPECT_ERROR(487, VirtualProtect(region.page(4), 36 * kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(487, VirtualAlloc(region.page(4), kPage, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_MAP(region, "R4 C6rw C2ro C4na C4rw R4 C16rw " + tail);

  EXPECT_OK(VirtualAlloc(region.page(4), 36 * kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_TRUE(pages_hold(region.page(4), 16, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(20), 4, 0));
  EXPECT_TRUE(pages_hold(region.page(24), 16, 0x5A));

  EXPECT_OK(VirtualFree(region.base(), 0, MEM_DECOMMIT));
  EXPECT_MAP(region, "R" + std::to_string(region.pages()));
  EXPECT_FALSE(platform::can_read(region.page(4)));
  region.commit(0, 48);
  EXPECT_TRUE(pages_hold(region.base(), 48, 0));

  char* base = region.base();
  const std::size_t pages = region.pages();
  region.release();
  EXPECT_PICTURE(base, pages, "F" + std::to_string(pages));
  EXPECT_FALSE(platform::can_read(base));
}

TEST(Places, V12_V20_V37_anywhere) { live_a_whole_life(reserve(64)); }

TEST(Places, V21_V20_V37_at_the_top) {
  live_a_whole_life({VirtualAlloc(nullptr, 64 * kPage, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE), 64});
}

TEST(Places, V13_V20_V37_at_a_fixed_address_below_2_GiB) {
  Region region = reserve_near(0x10000000, 64);
  if (region.base() == nullptr) {
    ASSERT_TRUE(platform::must_be_small()) << "only a sanitizer takes all of that";
    GTEST_SKIP() << "a sanitizer keeps its own memory there";
  }
  live_a_whole_life(std::move(region));
}

TEST(Places, V13_V20_V37_at_a_fixed_address_below_64_GiB) {
  Region region = reserve_near(0x700000000, 64);
  if (region.base() == nullptr) {
    ASSERT_TRUE(platform::must_be_small()) << "only a sanitizer takes all of that";
    GTEST_SKIP() << "a sanitizer keeps its own memory there";
  }
  live_a_whole_life(std::move(region));
}

TEST(Places, V13_V20_V37_at_a_fixed_address_in_the_middle) {
  Region region = reserve_near(0x200000000000, 64);
  if (region.base() == nullptr) {
    ASSERT_TRUE(platform::must_be_small()) << "only a sanitizer takes all of that";
    GTEST_SKIP() << "a sanitizer keeps its own memory there";
  }
  live_a_whole_life(std::move(region));
}

TEST(Places, V12_V20_V37_in_many_chunks) { live_a_whole_life(reserve(5 * kChunkPages)); }

TEST(Places, V13_the_lowest_address_is_an_ordinary_one) {
  if (ask(at(0x10000)).State != MEM_FREE) {
    GTEST_SKIP() << "somebody else has it";
  }
  Region region(VirtualAlloc(at(0x10000), kGranule, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);

  ASSERT_EQ(region.base(), at(0x10000));
  region.fill(0, 16, 0x5A);
  EXPECT_MAP(region, "C16rw");
}

// A region with a 2 MiB border at each multiple of kChunkPages, counted from `first()`.
class Chunked {
public:
  explicit Chunked(std::size_t chunks) : region_(reserve((chunks + 1) * kChunkPages)) {
    first_ = (kChunkPages - number(region_.base()) / kPage % kChunkPages) % kChunkPages;
  }
  const Region& region() const { return region_; }
  // Index of a page of a chunk, in the region.
  std::size_t page(std::size_t chunk, std::size_t page) const { return first_ + chunk * kChunkPages + page; }
  char* address(std::size_t chunk, std::size_t index) const { return region_.page(page(chunk, index)); }

private:
  Region region_;
  std::size_t first_ = 0;
};

TEST(Chunks, V20_V37_a_whole_chunk_in_the_middle_comes_and_goes) {
  Chunked chunks(3);
  chunks.region().commit(chunks.page(0, 500), kChunkPages + 24);
  chunks.region().fill(chunks.page(0, 500), kChunkPages + 24, 0x5A);

  EXPECT_OK(VirtualFree(chunks.address(1, 0), kChunk, MEM_DECOMMIT));

  EXPECT_PICTURE(chunks.address(0, 500), kChunkPages + 24, "C12rw R512 C12rw");
  EXPECT_FALSE(platform::can_read(chunks.address(1, 0)));
  EXPECT_FALSE(platform::can_read(chunks.address(1, 511)));
  EXPECT_TRUE(pages_hold(chunks.address(0, 500), 12, 0x5A));
  EXPECT_TRUE(pages_hold(chunks.address(2, 0), 12, 0x5A));
  chunks.region().commit(chunks.page(1, 0), kChunkPages);
  EXPECT_TRUE(pages_hold(chunks.address(1, 0), kChunkPages, 0));
  EXPECT_TRUE(pages_hold(chunks.address(2, 0), 12, 0x5A));
}

TEST(Chunks, V37_a_decommit_over_borders_hides_just_its_pages) {
  Chunked chunks(3);
  chunks.region().commit(chunks.page(0, 400), 3 * kChunkPages - 500);
  chunks.region().fill(chunks.page(0, 400), 3 * kChunkPages - 500, 0x5A);

  EXPECT_OK(VirtualFree(chunks.address(0, 511), kChunk + 2 * kPage, MEM_DECOMMIT));

  EXPECT_TRUE(platform::can_write(chunks.address(0, 510)));
  EXPECT_FALSE(platform::can_read(chunks.address(0, 511)));
  EXPECT_FALSE(platform::can_read(chunks.address(1, 7)));
  EXPECT_FALSE(platform::can_read(chunks.address(2, 0)));
  EXPECT_TRUE(platform::can_write(chunks.address(2, 1)));
  EXPECT_TRUE(pages_hold(chunks.address(0, 400), 111, 0x5A));
  EXPECT_TRUE(pages_hold(chunks.address(2, 1), 400, 0x5A));
}

TEST(Chunks, V34_regions_that_share_a_chunk_do_not_share_a_fate) {
  // 64 KiB each: up to 32 of them in one chunk.
  std::vector<Region> regions;
  for (int i = 0; i < 64; ++i) {
    regions.push_back(committed(16));
    regions.back().fill(0, 16, i + 1);
  }

  for (std::size_t i = 0; i < 64; i += 2) {
    regions[i].release();
  }

  for (std::size_t i = 1; i < 64; i += 2) {
    EXPECT_MAP(regions[i], "C16rw");
    EXPECT_TRUE(pages_hold(regions[i].base(), 16, static_cast<int>(i) + 1));
  }
  for (std::size_t i = 0; i < 64; i += 2) {
    Region again = committed(16);
    EXPECT_TRUE(pages_hold(again.base(), 16, 0));
    again.fill(0, 16, 0x77);
  }
}

TEST(Chunks, V45_a_protection_over_borders_holds_on_every_page) {
  Chunked chunks(3);
  const std::size_t first = chunks.page(0, 300);
  const std::size_t count = 2 * kChunkPages;
  chunks.region().commit(first, count);
  chunks.region().fill(first, count, 0x5A);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(chunks.region().page(first), count * kPage, PAGE_READONLY, &old));

  for (std::size_t i = 0; i < count; i += 17) {
    ASSERT_FALSE(platform::can_write(chunks.region().page(first + i))) << i;
  }
  EXPECT_TRUE(pages_hold(chunks.region().page(first), count, 0x5A));
  EXPECT_OK(VirtualFree(chunks.region().base(), 0, MEM_DECOMMIT));
  chunks.region().commit(first, count);
  EXPECT_TRUE(pages_hold(chunks.region().page(first), count, 0));
  EXPECT_TRUE(platform::can_write(chunks.region().page(first + 600)));
}

TEST(Chunks, V19_read_only_commits_over_borders_become_writable_together) {
  Chunked chunks(2);
  const std::size_t first = chunks.page(0, 508);
  chunks.region().commit(first, 8, PAGE_READONLY);
  EXPECT_FALSE(platform::can_write(chunks.address(0, 511)));
  EXPECT_FALSE(platform::can_write(chunks.address(1, 0)));

  chunks.region().commit(first - 4, 16, PAGE_READWRITE);

  EXPECT_PICTURE(chunks.region().page(first - 5), 18, "R1 C16rw R1");
  chunks.region().fill(first - 4, 16, 0x5A);
  EXPECT_FALSE(platform::can_read(chunks.region().page(first - 5)));
  EXPECT_FALSE(platform::can_read(chunks.region().page(first + 12)));
}

TEST(Chunks, N2_a_refused_commit_over_a_border_opens_nothing) {
  Chunked chunks(1);
  const Region& region = chunks.region();

  EXPECT_ERROR(487, VirtualAlloc(region.page(region.pages() - 600), 700 * kPage, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_EQ(ask(region.base()).RegionSize, region.bytes());
  EXPECT_FALSE(platform::can_read(region.page(region.pages() - 600)));
  EXPECT_FALSE(platform::can_read(region.page(region.pages() - 1)));
}

TEST(Chunks, V39_V20_a_native_release_inside_a_chunk_leaves_the_rest_of_it) {
  Chunked chunks(2);
  const Region& region = chunks.region();
  region.commit(chunks.page(0, 480), 64);
  region.fill(chunks.page(0, 480), 64, 0x5A);
  PVOID base = chunks.address(0, 496);
  SIZE_T size = 32 * kPage;

  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));

  EXPECT_PICTURE(chunks.address(0, 480), 64, "C16rw F32 C16rw");
  EXPECT_FALSE(platform::can_read(chunks.address(0, 496)));
  EXPECT_FALSE(platform::can_read(chunks.address(1, 15)));
  EXPECT_TRUE(pages_hold(chunks.address(0, 480), 16, 0x5A));
  EXPECT_TRUE(pages_hold(chunks.address(1, 16), 16, 0x5A));
  EXPECT_TRUE(VirtualFree(chunks.address(1, 16), 0, MEM_RELEASE));
}

} // namespace
} // namespace apitest
