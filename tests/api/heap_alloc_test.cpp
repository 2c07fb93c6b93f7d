// HeapAlloc, HeapSize.
// Rules: H30 to H40 C40 C41
#include "heap_test_support.h"

namespace apitest {
namespace {

TEST(HeapAlloc, H30_H31_every_size_is_16_aligned_and_known_exactly) {
  OwnHeap heap;

  for (SIZE_T size : interesting_sizes(SIZE_T{64} << 20)) {
    char* block = heap.alloc(size);
    ASSERT_NE(block, nullptr) << size;
    EXPECT_EQ(number(block) % 16, 0u) << size;
    EXPECT_EQ(HeapSize(heap, 0, block), size);
    EXPECT_TRUE(HeapFree(heap, 0, block)) << size;
  }
}

TEST(HeapAlloc, H30_C41_not_all_blocks_are_aligned_to_more) {
  OwnHeap heap;
  std::uintptr_t bits = 0;
  for (int i = 0; i < 16; ++i) {
    bits |= number(heap.alloc(40));
  }

  EXPECT_NE(bits % 32, 0u);
}

TEST(HeapAlloc, H30_C41_large_blocks_are_64_aligned_and_not_128) {
  OwnHeap heap;
  std::uintptr_t bits = 0;
  for (int i = 0; i < 8; ++i) {
    bits |= number(heap.alloc(2 << 20));
  }

  EXPECT_EQ(bits % 64, 0u);
  EXPECT_NE(bits % 128, 0u);
}

TEST(HeapAlloc, H32_C40_blocks_of_no_bytes_are_blocks) {
  OwnHeap heap;
  char* first = heap.alloc(0);
  char* second = heap.alloc(0);

  ASSERT_NE(first, nullptr);
  EXPECT_NE(first, second);
  EXPECT_EQ(HeapSize(heap, 0, first), 0u);
  EXPECT_TRUE(HeapValidate(heap, 0, first));
  EXPECT_TRUE(HeapFree(heap, 0, first));
  EXPECT_TRUE(HeapFree(heap, 0, second));
}

TEST(HeapAlloc, H33_zero_memory_clears_what_was_used_before) {
  OwnHeap heap;

  for (SIZE_T size : {SIZE_T{1}, SIZE_T{100}, SIZE_T{5000}, SIZE_T{100'000}, SIZE_T{3} << 20}) {
    for (int round = 0; round < 4; ++round) {
      char* block = heap.alloc(size, HEAP_ZERO_MEMORY);
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_filled(block, size, 0)) << size;
      std::memset(block, 0xEE, size);
      EXPECT_TRUE(HeapFree(heap, 0, block));
    }
  }
}

TEST(HeapAlloc, H34_impossible_sizes_are_not_enough_memory) {
  OwnHeap heap;

  for (SIZE_T size : {kNoSize, kNoSize - 15, kNoSize - 4096, SIZE_T{1} << 63, SIZE_T{1} << 48, SIZE_T{1} << 47}) {
    EXPECT_ERROR(8, HeapAlloc(heap, 0, size));
    EXPECT_ERROR(8, HeapAlloc(heap, HEAP_ZERO_MEMORY, size));
  }
  EXPECT_NE(heap.alloc(10), nullptr);
}

TEST(HeapAlloc, H37_success_leaves_the_last_error_alone) {
  OwnHeap heap;

  EXPECT_OK(HeapAlloc(heap, 0, 100));
  EXPECT_OK(HeapAlloc(heap, 0, 10 << 20));
}

TEST(HeapAlloc, H38_null_is_an_invalid_handle) { EXPECT_ERROR(6, HeapAlloc(nullptr, 0, 10)); }

TEST(HeapAlloc, H40_a_large_block_is_a_region_of_its_own_that_goes_when_it_is_freed) {
  OwnHeap heap;
  char* block = heap.alloc(8 << 20);
  ASSERT_NE(block, nullptr);

  EXPECT_TRUE(HeapFree(heap, 0, block));

  MEMORY_BASIC_INFORMATION info{};
  VirtualQuery(block, &info, sizeof info);
  EXPECT_EQ(info.State, static_cast<DWORD>(MEM_FREE));
}

TEST(HeapAlloc, H31_neighbours_do_not_overlap) {
  OwnHeap heap;
  std::vector<std::pair<char*, SIZE_T>> blocks;
  for (int round = 0; round < 20; ++round) {
    for (SIZE_T size : interesting_sizes(20'000)) {
      char* block = heap.alloc(size);
      ASSERT_NE(block, nullptr);
      std::memset(block, static_cast<char>(blocks.size()), size);
      blocks.emplace_back(block, size);
    }
  }
  for (SIZE_T i = 0; i < blocks.size(); ++i) {
    EXPECT_TRUE(is_filled(blocks[i].first, blocks[i].second, static_cast<char>(i))) << i;
  }
}

} // namespace
} // namespace apitest
