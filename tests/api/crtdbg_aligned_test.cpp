// Rules: H147 H148
#include "crtdbg_test_support.h"

#include <cstring>

using namespace apitest;

namespace {

TEST_F(DebugHeap, H147_aligned_blocks_are_aligned_and_end_at_a_gap) {
  for (SIZE_T alignment : {1U, 8U, 16U, 64U, 4096U, 65536U}) {
    for (SIZE_T size : {0U, 1U, 15U, 100U, 70000U}) {
      auto* block = as_bytes(_aligned_malloc_dbg(size, alignment, __FILE__, __LINE__));

      ASSERT_NE(block, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0U);
      EXPECT_EQ(_aligned_msize_dbg(block, alignment, 0), size);
      EXPECT_TRUE(all_are(block, size, 0xCD));
      EXPECT_TRUE(all_are(block + size, 4, 0xFD));
      _aligned_free_dbg(block);
    }
  }
  EXPECT_EQ(take_heard(), "");
}

TEST_F(DebugHeap, H147_the_offset_of_an_aligned_block_is_aligned) {
  auto* block = as_bytes(_aligned_offset_malloc_dbg(100, 256, 24, nullptr, 0));

  EXPECT_EQ(reinterpret_cast<uintptr_t>(block + 24) % 256, 0U);
  std::memset(block, 1, 100);
  block = as_bytes(_aligned_offset_realloc_dbg(block, 200, 256, 24, nullptr, 0));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block + 24) % 256, 0U);
  EXPECT_TRUE(all_are(block, 100, 1));
  block = as_bytes(_aligned_offset_recalloc_dbg(block, 300, 2, 256, 24, nullptr, 0));
  EXPECT_TRUE(all_are(block, 100, 1));
  EXPECT_TRUE(all_are(block + 200, 400, 0));
  EXPECT_EQ(_aligned_offset_realloc_dbg(block, 0, 256, 24, nullptr, 0), nullptr);
}

TEST_F(DebugHeap, H147_aligned_realloc_keeps_and_recalloc_clears) {
  auto* block = as_bytes(_aligned_realloc_dbg(nullptr, 10, 64, nullptr, 0));
  std::memset(block, 1, 10);

  block = as_bytes(_aligned_recalloc_dbg(block, 10, 10, 64, nullptr, 0));

  EXPECT_TRUE(all_are(block, 10, 1));
  EXPECT_TRUE(all_are(block + 10, 90, 0));
  EXPECT_EQ(_aligned_recalloc_dbg(block, 10, 0, 64, nullptr, 0), nullptr);
}

TEST_F(DebugHeap, H147_aligned_wishes_that_cannot_be_fail) {
  Listener listener;

  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _aligned_malloc_dbg(10, 24, nullptr, 0) == nullptr; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _aligned_offset_malloc_dbg(10, 16, 10, nullptr, 0) == nullptr; }));
  EXPECT_EQ(listener.calls(), 2);
  EXPECT_TRUE(leaves_errno(ENOMEM, [] { return _aligned_malloc_dbg(kHuge, 64, nullptr, 0) == nullptr; }));
  EXPECT_TRUE(
      leaves_errno(ENOMEM, [] { return _aligned_recalloc_dbg(nullptr, kHuge / 2, 3, 64, nullptr, 0) == nullptr; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _aligned_msize_dbg(nullptr, 64, 0) == kHuge; }));
}

TEST_F(DebugHeap, H147_aligned_blocks_of_either_family_go_to_the_debug_functions) {
  void* block = _aligned_malloc(100, 64);

  EXPECT_EQ(_aligned_msize_dbg(block, 64, 0), 100U);
  block = _aligned_realloc_dbg(block, 200, 64, nullptr, 0);
  EXPECT_EQ(_aligned_msize(block, 64, 0), 200U);
  _aligned_free_dbg(block);
}

TEST_F(DebugHeap, H148_a_write_behind_an_aligned_block_is_reported_at_its_free) {
  auto* block = as_bytes(_aligned_malloc_dbg(10, 128, "aligned.c", 3));
  block[10] = 0;

  _aligned_free_dbg(block);

  std::string report = take_heard();
  EXPECT_NE(report.find("after Normal block"), std::string::npos) << report;
  EXPECT_NE(report.find("aligned.c(3)"), std::string::npos) << report;
  _aligned_free_dbg(nullptr);
}

} // namespace
