// Blocks at multiples of a power of two, and the block around an address.
#include "heap/registry.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace {

using namespace winmem;
using heap::Heap;

Address address(const void* block) { return reinterpret_cast<Address>(block); }

class AlignedBlocks : public testing::Test {
protected:
  void SetUp() override {
    heap_ = heap::create({});
    ASSERT_NE(heap_, nullptr);
  }
  void TearDown() override { heap::destroy(*heap_); }

  char* allocate(Bytes size, Bytes alignment, bool zeroed = false) {
    return static_cast<char*>(heap_->allocate_aligned(size, alignment, zeroed, true));
  }

  Heap* heap_ = nullptr;
};

constexpr Bytes kSizes[] = {0,    1,     15,    16,    17,    100,   128,   129,    1000,    4095,    4096,
                            8193, 20000, 28672, 28673, 65535, 65536, 65537, 300000, 1048576, 1048577, 3000000};

TEST_F(AlignedBlocks, H131_every_alignment_and_size_is_met_and_exact) {
  for (Bytes alignment = 1; alignment <= Bytes{1} << 23; alignment *= 2) {
    for (Bytes size : kSizes) {
      char* block = allocate(size, alignment);
      ASSERT_NE(block, nullptr) << size << " at " << alignment;
      EXPECT_EQ(address(block) % alignment, 0U) << size << " at " << alignment;
      EXPECT_EQ(address(block) % heap::kAlignment, 0U);
      EXPECT_EQ(heap_->size_of(block, true), size);
      std::memset(block, 0x5A, size);
      EXPECT_TRUE(heap_->free(block, true));
      EXPECT_FALSE(heap_->free(block, true));
    }
  }
  EXPECT_EQ(heap_->totals().live, 0U);
  EXPECT_TRUE(heap_->is_sound(true));
}

TEST_F(AlignedBlocks, they_do_not_overlap_others) {
  std::vector<char*> blocks;
  for (unsigned round = 0; round < 60; ++round) {
    for (Bytes size : {Bytes{0}, Bytes{24}, Bytes{700}, Bytes{5000}, Bytes{40000}}) {
      char* block = allocate(size, Bytes{16} << round % 13);
      ASSERT_NE(block, nullptr);
      std::memset(block, static_cast<int>(blocks.size() % 251), size);
      blocks.push_back(block);
      blocks.push_back(static_cast<char*>(heap_->allocate(size, false, true)));
      std::memset(blocks.back(), static_cast<int>((blocks.size() - 1) % 251), size);
    }
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    Bytes size = heap_->size_of(blocks[i], true);
    for (Bytes at = 0; at < size; ++at) {
      ASSERT_EQ(static_cast<unsigned char>(blocks[i][at]), i % 251);
    }
    EXPECT_TRUE(heap_->free(blocks[i], true));
  }
  EXPECT_TRUE(heap_->is_sound(true));
}

TEST_F(AlignedBlocks, zeroed_ones_are_zero_where_memory_was_used_before) {
  for (Bytes size : {Bytes{100}, Bytes{4096}, Bytes{100000}, Bytes{2000000}}) {
    char* first = allocate(size, 256);
    std::memset(first, 0xEE, size);
    heap_->free(first, true);

    char* second = allocate(size, 256, true);

    for (Bytes at = 0; at < size; ++at) {
      ASSERT_EQ(second[at], 0);
    }
    heap_->free(second, true);
  }
}

TEST_F(AlignedBlocks, impossible_ones_fail_and_change_nothing) {
  for (Bytes size : {~Bytes{0}, ~Bytes{0} - 4096, Bytes{1} << 63, Bytes{1} << 47}) {
    EXPECT_EQ(allocate(size, 64), nullptr);
    EXPECT_EQ(allocate(size, 1 << 20), nullptr);
  }
  EXPECT_EQ(allocate(1, Bytes{1} << 63), nullptr);
  EXPECT_EQ(allocate(1, Bytes{1} << 47), nullptr);
  EXPECT_EQ(heap_->totals().live, 0U);
}

TEST_F(AlignedBlocks, a_block_is_reallocated_like_any_other) {
  char* block = allocate(100, 4096);
  std::memset(block, 7, 100);

  Heap::Reallocated grown = heap_->reallocate(block, 5000, true, Heap::Moving::allowed, true);

  ASSERT_EQ(grown.status, Status::ok);
  auto* bytes = static_cast<char*>(grown.block);
  EXPECT_EQ(bytes[99], 7);
  EXPECT_EQ(bytes[100], 0);
  EXPECT_EQ(heap_->size_of(bytes, true), 5000U);
  EXPECT_TRUE(heap_->free(bytes, true));
}

TEST_F(AlignedBlocks, the_block_around_an_address_is_found_from_its_whole_room) {
  for (Bytes size : {Bytes{1}, Bytes{200}, Bytes{28672}, Bytes{70000}, Bytes{5000000}}) {
    for (Bytes alignment : {Bytes{16}, Bytes{64}, Bytes{1} << 21}) {
      char* block = allocate(size, alignment);
      ASSERT_NE(block, nullptr);
      for (const char* inside : {block, block + size / 2, block + size - 1}) {
        Heap::Block found = heap_->block_around(inside, true);
        EXPECT_EQ(found.begin, address(block)) << size << " at " << alignment;
        EXPECT_EQ(found.size, size);
      }
      EXPECT_NE(heap_->block_around(block - 1, true).begin, address(block));

      heap_->free(block, true);

      EXPECT_EQ(heap_->block_around(block, true).begin, 0U);
    }
  }
}

TEST_F(AlignedBlocks, there_is_no_block_around_what_is_no_block_of_the_heap) {
  int on_the_stack = 0;
  static int in_static_data = 0;
  Heap* other = heap::create({});
  ASSERT_NE(other, nullptr);
  void* of_the_other = other->allocate(100, false, true);

  EXPECT_EQ(heap_->block_around(&on_the_stack, true).begin, 0U);
  EXPECT_EQ(heap_->block_around(&in_static_data, true).begin, 0U);
  EXPECT_EQ(heap_->block_around(of_the_other, true).begin, 0U);
  EXPECT_EQ(heap_->block_around(nullptr, true).begin, 0U);
  EXPECT_EQ(heap_->block_around(reinterpret_cast<void*>(~Address{0}), true).begin, 0U);
  EXPECT_EQ(heap_->block_around(reinterpret_cast<void*>(heap_->handle()), true).begin, 0U);
  heap::destroy(*other);
}

} // namespace
