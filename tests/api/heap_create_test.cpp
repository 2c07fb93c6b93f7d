// HeapCreate, HeapDestroy, GetProcessHeap, GetProcessHeaps.
// Rules: H4 H5 H10 to H19 H21
#include "heap_test_support.h"

namespace apitest {
namespace {

MEMORY_BASIC_INFORMATION query(const void* address) {
  MEMORY_BASIC_INFORMATION info{};
  EXPECT_EQ(VirtualQuery(address, &info, sizeof info), sizeof info);
  return info;
}

TEST(HeapCreate, H4_unknown_flags_are_ignored) {
  OwnHeap heap(0xFFFF0000u & ~0x40000u);

  ASSERT_NE(static_cast<HANDLE>(heap), nullptr);
  char* block = static_cast<char*>(HeapAlloc(heap, 0x10000000, 8));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(HeapFree(heap, 0xFF0000, block));
}

TEST(HeapCreate, H5_a_handle_is_an_address_aligned_to_64_kilobytes) {
  OwnHeap heap;

  EXPECT_EQ(number(static_cast<HANDLE>(heap)) % kGranule, 0u);
  EXPECT_NE(static_cast<HANDLE>(heap), nullptr);
}

TEST(HeapCreate, H10_without_a_maximum_it_grows) {
  OwnHeap heap;

  for (int i = 0; i < 64; ++i) {
    ASSERT_NE(heap.alloc(300'000), nullptr) << i;
  }
}

TEST(HeapCreate, H11_an_initial_size_above_the_maximum_is_no_error) {
  OwnHeap heap(0, 0x100000, 0x10000);

  ASSERT_NE(static_cast<HANDLE>(heap), nullptr);
  EXPECT_NE(heap.alloc(1000), nullptr);
}

TEST(HeapCreate, H11_a_heap_of_one_byte_is_a_page_and_serves_small_blocks) {
  OwnHeap heap(0, 0, 1);

  ASSERT_NE(static_cast<HANDLE>(heap), nullptr);
  char* block = heap.alloc(16);
  ASSERT_NE(block, nullptr);
  std::memset(block, 1, 16);
  EXPECT_EQ(heap.alloc(8192), nullptr);
}

TEST(HeapCreate, H12_an_absurd_initial_size_is_not_enough_memory) { EXPECT_ERROR(8, HeapCreate(0, kNoSize, 0)); }

TEST(HeapCreate, H13_an_absurd_maximum_is_not_enough_memory) { EXPECT_ERROR(8, HeapCreate(0, 0, kNoSize)); }

TEST(HeapCreate, H14_a_fixed_heap_has_no_block_of_a_megabyte) {
  OwnHeap heap(0, 0, 16 << 20);

  EXPECT_ERROR(8, HeapAlloc(heap, 0, 1 << 20));
  EXPECT_NE(heap.alloc(1000 << 10), nullptr);
}

TEST(HeapCreate, H14_a_growable_heap_has_larger_ones) {
  OwnHeap heap;
  char* block = heap.alloc(40 << 20);

  ASSERT_NE(block, nullptr);
  block[0] = 1;
  block[(40 << 20) - 1] = 2;
  EXPECT_EQ(HeapSize(heap, 0, block), SIZE_T{40} << 20);
}

TEST(HeapCreate, H15_a_fixed_heap_of_a_megabyte_holds_850_to_1048_blocks_of_1000_bytes) {
  OwnHeap heap(0, 0, 1 << 20);
  std::vector<char*> blocks;
  while (char* block = heap.alloc(1000)) {
    std::memset(block, static_cast<char>(blocks.size()), 1000);
    blocks.push_back(block);
    ASSERT_LE(blocks.size(), 1048u);
  }

  EXPECT_GE(blocks.size(), 850u);
  EXPECT_ERROR(8, HeapAlloc(heap, 0, 1000));
  EXPECT_TRUE(HeapFree(heap, 0, blocks[100]));
  EXPECT_NE(blocks[100] = heap.alloc(1000), nullptr);
  for (SIZE_T i = 0; i < blocks.size(); ++i) {
    EXPECT_TRUE(i == 100 || is_filled(blocks[i], 1000, static_cast<char>(i))) << i;
  }
}

TEST(HeapCreate, H15_freed_blocks_of_a_fixed_heap_join) {
  OwnHeap heap(0, 0, 1 << 20);
  std::vector<char*> blocks;
  while (char* block = heap.alloc(1000)) {
    blocks.push_back(block);
  }
  EXPECT_ERROR(8, HeapAlloc(heap, 0, 512 << 10));
  for (SIZE_T i = 0; i < blocks.size(); i += 2) {
    EXPECT_TRUE(HeapFree(heap, 0, blocks[i]));
  }
  EXPECT_ERROR(8, HeapAlloc(heap, 0, 2000));
  for (SIZE_T i = 1; i < blocks.size(); i += 2) {
    EXPECT_TRUE(HeapFree(heap, 0, blocks[i]));
  }

  EXPECT_NE(heap.alloc(512 << 10), nullptr);
}

TEST(HeapCreate, H16_blocks_of_an_executable_heap_are_so_whatever_their_size) {
  OwnHeap heap(HEAP_CREATE_ENABLE_EXECUTE);

  for (SIZE_T size : {SIZE_T{16}, SIZE_T{40'000}, SIZE_T{3} << 20}) {
    char* block = heap.alloc(size);
    ASSERT_NE(block, nullptr);
    block = static_cast<char*>(HeapReAlloc(heap, 0, block, size * 2));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(query(block).Protect, static_cast<DWORD>(PAGE_EXECUTE_READWRITE)) << size;
  }
}

TEST(HeapCreate, H16_other_blocks_are_committed_private_memory_to_read_and_write) {
  OwnHeap heap;

  for (SIZE_T size : {SIZE_T{16}, SIZE_T{40'000}, SIZE_T{3} << 20}) {
    MEMORY_BASIC_INFORMATION info = query(heap.alloc(size));
    EXPECT_EQ(info.State, static_cast<DWORD>(MEM_COMMIT)) << size;
    EXPECT_EQ(info.Type, static_cast<DWORD>(MEM_PRIVATE)) << size;
    EXPECT_EQ(info.Protect, static_cast<DWORD>(PAGE_READWRITE)) << size;
  }
}

TEST(HeapDestroy, H17_all_memory_of_a_heap_is_free_afterwards) {
  HANDLE heap = HeapCreate(0, 0, 0);
  void* large = HeapAlloc(heap, 0, 10 << 20);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_NE(HeapAlloc(heap, 0, 100), nullptr);
  }

  EXPECT_OK(HeapDestroy(heap));
  EXPECT_EQ(query(large).State, static_cast<DWORD>(MEM_FREE));
}

TEST(HeapDestroy, H18_the_process_heap_stays) {
  EXPECT_ERROR(6, HeapDestroy(GetProcessHeap()));

  void* block = HeapAlloc(GetProcessHeap(), 0, 10);
  EXPECT_NE(block, nullptr);
  EXPECT_TRUE(HeapFree(GetProcessHeap(), 0, block));
}

TEST(HeapDestroy, H19_null_is_an_invalid_handle) { EXPECT_ERROR(6, HeapDestroy(nullptr)); }

TEST(ProcessHeap, H21_is_always_the_same) {
  HANDLE heap = GetProcessHeap();

  EXPECT_NE(heap, nullptr);
  EXPECT_OK(GetProcessHeap());
  EXPECT_EQ(GetProcessHeap(), heap);
}

TEST(GetProcessHeaps, H21_C44_a_new_heap_comes_last_and_leaves_when_it_is_destroyed) {
  DWORD before = GetProcessHeaps(0, nullptr);
  HANDLE heap = HeapCreate(0, 0, 0);
  std::vector<HANDLE> handles(before + 1);

  EXPECT_EQ(GetProcessHeaps(before + 1, handles.data()), before + 1);
  EXPECT_EQ(handles.front(), GetProcessHeap());
  EXPECT_EQ(handles.back(), heap);
  EXPECT_TRUE(HeapDestroy(heap));
  EXPECT_EQ(GetProcessHeaps(0, nullptr), before);
}

TEST(GetProcessHeaps, H21_C44_a_short_array_is_filled_as_far_as_it_goes) {
  OwnHeap heap;
  DWORD count = GetProcessHeaps(0, nullptr);
  std::vector<HANDLE> handles(count, nullptr);

  EXPECT_EQ(GetProcessHeaps(count - 1, handles.data()), count);
  EXPECT_EQ(handles.front(), GetProcessHeap());
  EXPECT_EQ(handles.back(), nullptr);
}

TEST(GetProcessHeaps, H21_more_heaps_than_fit_a_page_are_all_listed) {
  std::vector<HANDLE> made;
  for (int i = 0; i < 200; ++i) {
    made.push_back(HeapCreate(HEAP_NO_SERIALIZE, 0, 0x10000));
  }
  std::vector<HANDLE> handles(GetProcessHeaps(0, nullptr));

  EXPECT_EQ(GetProcessHeaps(static_cast<DWORD>(handles.size()), handles.data()), handles.size());
  EXPECT_TRUE(std::equal(made.begin(), made.end(), handles.end() - 200));
  for (HANDLE heap : made) {
    EXPECT_TRUE(HeapDestroy(heap));
  }
}

} // namespace
} // namespace apitest
