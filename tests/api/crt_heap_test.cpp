// malloc and what Microsoft's C library has around it, on the process heap.
// Rules: H130 to H137, C46
#include "crt_test_support.h"

#include <malloc.h>
#include <new>
#include <vector>

namespace apitest {
namespace {

TEST(CrtHeap, H130_the_heap_is_the_process_heap) {
  EXPECT_EQ(reinterpret_cast<HANDLE>(_get_heap_handle()), GetProcessHeap());
}

TEST(CrtHeap, H130_heap_functions_and_the_c_librarys_take_each_others_blocks) {
  void* block = std::malloc(100);
  EXPECT_EQ(HeapSize(GetProcessHeap(), 0, block), 100u);
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, block));
  EXPECT_TRUE(HeapFree(GetProcessHeap(), 0, block));

  block = HeapAlloc(GetProcessHeap(), 0, 200);
  EXPECT_EQ(_msize(block), 200u);
  std::free(laundered(block));
  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
}

TEST(CrtHeap, H130_operator_new_is_malloc) {
  auto* object = new char[300];
  EXPECT_EQ(_msize(object), 300u);
  delete[] object;
}

TEST(CrtHeap, H131_every_size_is_exact_aligned_and_usable) {
  for (SIZE_T size : interesting_sizes(8'000'000)) {
    auto* block = static_cast<char*>(std::malloc(size));
    ASSERT_NE(block, nullptr) << size;
    EXPECT_EQ(number(block) % 16, 0u) << size;
    EXPECT_EQ(_msize(block), size);
    std::memset(block, 0x77, size);
    std::free(block);
  }
}

TEST(CrtHeap, H131_C46_blocks_of_nothing_are_blocks_of_their_own) {
  void* first = std::malloc(0);
  void* second = std::calloc(0, 5);
  void* third = std::realloc(nullptr, 0);

  EXPECT_NE(first, nullptr);
  EXPECT_NE(second, nullptr);
  EXPECT_NE(third, nullptr);
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
  EXPECT_EQ(_msize(first), 0u);
  std::free(first);
  std::free(second);
  std::free(third);
}

TEST(CrtHeap, H131_impossible_sizes_are_ENOMEM) {
  for (SIZE_T size : {kHuge, kHuge - 4096, SIZE_T{0xFFFFFFFFFFFFFFE0}, SIZE_T{1} << 63, SIZE_T{1} << 47}) {
    EXPECT_ERRNO(ENOMEM, std::malloc(laundered(size)) == nullptr) << size;
    EXPECT_ERRNO(ENOMEM, std::calloc(1, laundered(size)) == nullptr) << size;
  }
}

TEST(CrtHeap, H131_H136_success_leaves_errno_and_the_last_error_alone) {
  void* block = nullptr;
  EXPECT_ERRNO(kNobodysErrno, (block = std::malloc(5'000'000)) != nullptr);
  EXPECT_ERRNO(kNobodysErrno, (block = std::realloc(block, 10)) != nullptr);
  EXPECT_ERRNO(kNobodysErrno, (std::free(block), true));
  EXPECT_ERRNO(kNobodysErrno, (std::free(nullptr), true));
  SetLastError(kNobodysError);
  std::free(std::malloc(3'000'000));
  EXPECT_EQ(GetLastError(), kNobodysError);
}

TEST(CrtHeap, H132_calloc_is_zero_in_memory_that_was_used) {
  for (SIZE_T size : {SIZE_T{24}, SIZE_T{4000}, SIZE_T{100'000}, SIZE_T{3'000'000}}) {
    void* used = std::malloc(size);
    std::memset(used, 0xEE, size);
    std::free(used);

    auto* block = static_cast<char*>(std::calloc(size / 8, 8));

    EXPECT_TRUE(is_filled(block, size, 0));
    EXPECT_EQ(_msize(block), size);
    std::free(block);
  }
}

TEST(CrtHeap, H132_C46_a_product_that_overflows_is_ENOMEM) {
  EXPECT_ERRNO(ENOMEM, std::calloc(laundered(SIZE_T{1} << 33), SIZE_T{1} << 33) == nullptr);
  EXPECT_ERRNO(ENOMEM, std::calloc(laundered(kHuge), 2) == nullptr);
}

TEST(CrtHeap, H133_realloc_keeps_contents_either_way) {
  auto* block = static_cast<char*>(std::realloc(nullptr, 10));
  std::memset(block, 'a', 10);
  for (SIZE_T size : {SIZE_T{20}, SIZE_T{5000}, SIZE_T{2'000'000}, SIZE_T{6'000'000}, SIZE_T{40'000}, SIZE_T{10}}) {
    block = static_cast<char*>(std::realloc(block, size));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(_msize(block), size);
    EXPECT_TRUE(is_filled(block, 10, 'a')) << size;
  }
  std::free(block);
}

TEST(CrtHeap, H133_C46_realloc_to_nothing_frees) {
  void* block = std::malloc(50);

  EXPECT_EQ(std::realloc(laundered(block), 0), nullptr);

  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
}

TEST(CrtHeap, H133_realloc_that_fails_keeps_the_block) {
  auto* block = static_cast<char*>(std::malloc(60));
  std::memset(block, 'k', 60);

  EXPECT_ERRNO(ENOMEM, std::realloc(laundered(block), laundered(kHuge)) == nullptr);
  EXPECT_ERRNO(ENOMEM, std::realloc(laundered(block), laundered(SIZE_T{1} << 47)) == nullptr);

  EXPECT_EQ(_msize(block), 60u);
  EXPECT_TRUE(is_filled(block, 60, 'k'));
  std::free(block);
}

TEST(CrtHeap, H135_expand_never_moves) {
  auto* block = static_cast<char*>(std::malloc(1000));
  std::memset(block, 'e', 1000);

  EXPECT_EQ(_expand(block, 950), block);
  EXPECT_EQ(_msize(block), 950u);
  EXPECT_EQ(_expand(block, 1000), block);
  EXPECT_ERRNO(ENOMEM, _expand(block, laundered(SIZE_T{1} << 47)) == nullptr);

  EXPECT_EQ(_msize(block), 1000u);
  EXPECT_TRUE(is_filled(block, 950, 'e'));
  std::free(block);
}

TEST(CrtHeap, H135_H136_null_is_an_invalid_parameter) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _expand(nullptr, 10) == nullptr);
  EXPECT_ERRNO(EINVAL, _msize(nullptr) == kHuge);
  EXPECT_EQ(listener.calls(), 2);
}

TEST(CrtHeap, H137_the_heap_is_sound) {
  EXPECT_EQ(_heapchk(), _HEAPOK);
  EXPECT_EQ(_heapmin(), 0);
}

TEST(CrtHeap, H137_the_walk_meets_each_block_once_with_its_size) {
  std::vector<void*> blocks;
  for (SIZE_T size : {SIZE_T{11}, SIZE_T{30'011}, SIZE_T{400'011}, SIZE_T{2'000'011}, SIZE_T{5'000'011}}) {
    blocks.push_back(std::malloc(size));
  }
  std::vector<int> met(blocks.size(), 0);
  HeapLock(GetProcessHeap());
  _HEAPINFO entry{};
  int answer = _HEAPEMPTY;
  while ((answer = _heapwalk(&entry)) == _HEAPOK) {
    for (SIZE_T i = 0; i < blocks.size(); ++i) {
      if (entry._pentry == blocks[i]) {
        met[i] += entry._useflag == _USEDENTRY && entry._size == _msize(blocks[i]) ? 1 : 100;
      }
    }
  }
  HeapUnlock(GetProcessHeap());

  EXPECT_EQ(answer, _HEAPEND);
  for (SIZE_T i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(met[i], 1) << i;
    std::free(blocks[i]);
  }
}

TEST(CrtHeap, H137_a_walk_from_nowhere_is_refused) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _heapwalk(nullptr) == _HEAPBADPTR);
  EXPECT_EQ(listener.calls(), 1);
  int on_the_stack = 0;
  _HEAPINFO entry{};
  entry._pentry = &on_the_stack;
  EXPECT_EQ(_heapwalk(&entry), _HEAPBADPTR);
}

// A function of its own, so that the frame's memory is given back.
bool memory_of_the_frame_is_good(SIZE_T size) {
  auto* memory = static_cast<char*>(_malloca(size));
  if (memory == nullptr || number(memory) % 16 != 0) {
    return false;
  }
  std::memset(memory, 'm', size);
  bool good = is_filled(memory, size, 'm');
  _freea(memory);
  auto* plain = static_cast<char*>(_alloca(size < 5000 ? size : 5000));
  return good && number(plain) % 16 == 0;
}

TEST(CrtHeap, H145_malloca_is_of_the_frame_or_of_the_heap) {
  for (SIZE_T size : {0, 1, 100, 1000, 1008, 1009, 5000, 3'000'000}) {
    EXPECT_TRUE(memory_of_the_frame_is_good(size)) << size;
  }
  _freea(nullptr);
  EXPECT_EQ(_malloca(kHuge), nullptr);
}

TEST(CrtHeap, H145_malloca_up_to_the_threshold_takes_no_heap) {
  void* small = _malloca(_ALLOCA_S_THRESHOLD - 16);
  void* large = _malloca(_ALLOCA_S_THRESHOLD - 15);

  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, static_cast<char*>(small) - 16));
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, static_cast<char*>(large) - 16));

  _freea(small);
  _freea(large);
}

} // namespace
} // namespace apitest
