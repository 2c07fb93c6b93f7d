// HeapReAlloc.
// Rules: H50 to H57 C40 C41
#include "heap_test_support.h"

namespace apitest {
namespace {

char* realloc(HANDLE heap, char* block, SIZE_T size, DWORD flags = 0) {
  return static_cast<char*>(HeapReAlloc(heap, flags, block, size));
}

TEST(HeapReAlloc, H50_C40_null_is_no_block_and_no_error) {
  OwnHeap heap;

  EXPECT_ERROR(0, HeapReAlloc(heap, 0, nullptr, 10));
  EXPECT_ERROR(0, HeapReAlloc(heap, HEAP_GENERATE_EXCEPTIONS, nullptr, 10));
}

TEST(HeapReAlloc, H51_H56_contents_and_size_survive_every_way_from_small_to_large_and_back) {
  OwnHeap heap;
  std::vector<SIZE_T> sizes = interesting_sizes(5 << 20);

  for (SIZE_T from : sizes) {
    for (SIZE_T to :
         {SIZE_T{0}, SIZE_T{1}, SIZE_T{40}, SIZE_T{5000}, SIZE_T{30'000}, SIZE_T{600'000}, SIZE_T{3} << 20}) {
      char* block = heap.alloc(from);
      ASSERT_NE(block, nullptr);
      SIZE_T kept = from < to ? from : to;
      std::memset(block, 0x5A, from);
      block = realloc(heap, block, to);
      ASSERT_NE(block, nullptr) << from << " to " << to;
      EXPECT_EQ(HeapSize(heap, 0, block), to);
      EXPECT_EQ(number(block) % 16, 0u);
      EXPECT_TRUE(is_filled(block, kept, 0x5A)) << from << " to " << to;
      EXPECT_TRUE(HeapFree(heap, 0, block));
    }
  }
}

TEST(HeapReAlloc, H51_a_failed_call_leaves_the_block_alone) {
  OwnHeap heap;
  char* block = heap.alloc(100);
  std::memset(block, 0x33, 100);

  EXPECT_ERROR(8, HeapReAlloc(heap, 0, block, SIZE_T{1} << 47));

  EXPECT_EQ(HeapSize(heap, 0, block), 100u);
  EXPECT_TRUE(is_filled(block, 100, 0x33));
}

TEST(HeapReAlloc, H52_C40_zero_memory_clears_exactly_what_is_added) {
  OwnHeap heap;

  for (SIZE_T from : {SIZE_T{1}, SIZE_T{20}, SIZE_T{1000}, SIZE_T{40'000}, SIZE_T{2} << 20}) {
    char* block = heap.alloc(from + 15);
    std::memset(block, 0x77, from + 15);
    block = realloc(heap, block, from); // what is behind is no longer the block's
    block = realloc(heap, block, from + 4000, HEAP_ZERO_MEMORY);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(is_filled(block, from, 0x77)) << from;
    EXPECT_TRUE(is_filled(block + from, 4000, 0)) << from;
  }
}

TEST(HeapReAlloc, H53_in_place_only_never_moves) {
  OwnHeap heap;
  char* block = heap.alloc(20'000);
  std::memset(block, 0x21, 20'000);

  char* smaller = realloc(heap, block, 10'000, HEAP_REALLOC_IN_PLACE_ONLY);
  ASSERT_EQ(smaller, block);
  EXPECT_EQ(HeapSize(heap, 0, block), 10'000u);
  EXPECT_ERROR(8, HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 10 << 20));
  EXPECT_EQ(HeapSize(heap, 0, block), 10'000u);
  EXPECT_TRUE(is_filled(block, 10'000, 0x21));
}

TEST(HeapReAlloc, H53_a_block_grown_in_place_does_not_reach_its_neighbours) {
  OwnHeap heap;
  std::vector<char*> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(heap.alloc(20));
    std::memset(blocks.back(), i, 20);
  }
  for (char* block : blocks) {
    if (realloc(heap, block, 30, HEAP_REALLOC_IN_PLACE_ONLY) != nullptr) {
      std::memset(block + 20, 0xFF, 10);
    }
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(is_filled(blocks[static_cast<SIZE_T>(i)], 20, static_cast<char>(i)));
  }
}

TEST(HeapReAlloc, H53_C41_a_large_block_that_shrank_in_place_does_not_grow_back) {
  OwnHeap heap;
  char* block = heap.alloc(4 << 20);

  ASSERT_EQ(realloc(heap, block, 2 << 20, HEAP_REALLOC_IN_PLACE_ONLY), block);
  EXPECT_ERROR(8, HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 4 << 20));
  EXPECT_EQ(HeapSize(heap, 0, block), SIZE_T{2} << 20);
}

TEST(HeapReAlloc, H54_C40_a_block_of_no_bytes_stays_one) {
  OwnHeap heap;

  for (SIZE_T from : {SIZE_T{100}, SIZE_T{50'000}, SIZE_T{2} << 20}) {
    char* block = realloc(heap, heap.alloc(from), 0);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(HeapSize(heap, 0, block), 0u);
    EXPECT_TRUE(HeapFree(heap, 0, block));
  }
}

TEST(HeapReAlloc, H55_impossible_sizes_are_not_enough_memory) {
  OwnHeap heap;
  char* block = heap.alloc(8);

  for (SIZE_T size : {kNoSize, kNoSize - 15, SIZE_T{1} << 63, SIZE_T{1} << 48}) {
    EXPECT_ERROR(8, HeapReAlloc(heap, 0, block, size));
  }
}

TEST(HeapReAlloc, H55_what_is_no_block_of_the_heap_is_an_invalid_parameter) {
  OwnHeap heap;
  OwnHeap other;
  char* block = heap.alloc(100);
  char* freed = heap.alloc(100);
  HeapFree(heap, 0, freed);
  char local[64];

  EXPECT_ERROR(87, HeapReAlloc(other, 0, block, 50));
  EXPECT_ERROR(87, HeapReAlloc(heap, 0, block + 16, 50));
  EXPECT_ERROR(87, HeapReAlloc(heap, 0, freed, 50));
  EXPECT_ERROR(87, HeapReAlloc(heap, 0, local, 50));
  EXPECT_EQ(HeapSize(heap, 0, block), 100u);
}

TEST(HeapReAlloc, H51_a_fixed_heap_grows_a_block_into_its_free_neighbour) {
  OwnHeap heap(0, 0, 1 << 20);
  char* block = heap.alloc(300'000);
  std::memset(block, 0x42, 300'000);

  char* grown = realloc(heap, block, 900'000);
  ASSERT_NE(grown, nullptr);
  EXPECT_TRUE(is_filled(grown, 300'000, 0x42));
  EXPECT_EQ(HeapSize(heap, 0, grown), 900'000u);
  EXPECT_TRUE(HeapValidate(heap, 0, nullptr));
}

} // namespace
} // namespace apitest
