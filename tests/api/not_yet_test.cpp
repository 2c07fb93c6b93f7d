// Features that winmem has not got yet: each says so by ERROR_INVALID_PARAMETER and changes nothing, until its flag in
// landed.h is set. Then the other half of the test holds, which is what the Windows build always expects.
//
// These prove nothing about the rules of the features themselves; coverage.py leaves the suite out.
#include "expect.h"
#include "landed.h"
#include "memory_map.h"

namespace apitest {
namespace {

TEST(NotYet, V105_physical_pages) {
  if (landed::kPhysicalPages) {
    GTEST_SKIP() << "what the reservation of a window for physical pages gives, its own tests say";
  }
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_PHYSICAL, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kGranule, MEM_RESERVE | MEM_PHYSICAL | MEM_TOP_DOWN, PAGE_READWRITE));
}

TEST(NotYet, V104_large_pages) {
  if (landed::kLargePages) {
    GTEST_SKIP() << "whether there are large pages to be had, their own tests say";
  }
  DWORD type = MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES;
  EXPECT_ERROR(87, VirtualAlloc(nullptr, 0x200000, type, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, 0x200000, type | MEM_TOP_DOWN, PAGE_READWRITE));
}

} // namespace
} // namespace apitest
