// HeapFree, HeapSize and HeapValidate of what is no block; exceptions instead of NULL.
// Rules: H35 H36 H60 to H66
#include "heap_test_support.h"

#include <csetjmp>

namespace apitest {
namespace {

TEST(HeapFree, H60_C40_null_is_free_already) {
  OwnHeap heap;

  EXPECT_OK(HeapFree(heap, 0, nullptr));
  EXPECT_OK(HeapFree(nullptr, 0, nullptr));
}

// Pointers that are no live block of `heap`.
struct Wrong {
  explicit Wrong(HANDLE heap) : heap(heap) {
    block = static_cast<char*>(HeapAlloc(heap, 0, 100));
    large = static_cast<char*>(HeapAlloc(heap, 0, 4 << 20));
    char* freed = static_cast<char*>(HeapAlloc(heap, 0, 100));
    HeapFree(heap, 0, freed);
    static char data[64];
    pointers = {block + 1, block + 8, block + 16,   large + 8,          large + 4096,           large + (1 << 20),
                freed,     data,      at(0x123450), at(0x7FFFFFFEFFF0), at(0x8000000000000000), at(kNoSize)};
  }
  HANDLE heap;
  char* block;
  char* large;
  std::vector<char*> pointers;
};

TEST(HeapFree, H61_what_is_no_block_is_an_invalid_parameter_and_nothing_changes) {
  OwnHeap heap;
  Wrong wrong(heap);
  char local[64];
  wrong.pointers.push_back(local);

  for (char* pointer : wrong.pointers) {
    EXPECT_ERROR(87, HeapFree(heap, 0, pointer));
  }
  EXPECT_TRUE(HeapValidate(heap, 0, nullptr));
  EXPECT_EQ(HeapSize(heap, 0, wrong.block), 100u);
  EXPECT_EQ(HeapSize(heap, 0, wrong.large), SIZE_T{4} << 20);
}

TEST(HeapFree, H61_H63_blocks_of_another_heap_stay) {
  OwnHeap heap;
  OwnHeap other;

  for (SIZE_T size : {SIZE_T{10}, SIZE_T{50'000}, SIZE_T{4} << 20}) {
    char* block = heap.alloc(size);
    EXPECT_ERROR(87, HeapFree(other, 0, block));
    EXPECT_EQ(HeapSize(heap, 0, block), size);
  }
}

TEST(HeapFree, H62_a_second_free_is_seen_and_no_block_is_given_out_twice) {
  OwnHeap heap;

  for (SIZE_T size : {SIZE_T{0}, SIZE_T{24}, SIZE_T{3000}, SIZE_T{20'000}, SIZE_T{100'000}, SIZE_T{4} << 20}) {
    char* block = heap.alloc(size);
    EXPECT_TRUE(HeapFree(heap, 0, block));
    EXPECT_ERROR(87, HeapFree(heap, 0, block));
    char* first = heap.alloc(size);
    char* second = heap.alloc(size);
    EXPECT_NE(first, second) << size;
  }
}

TEST(HeapSize, H64_what_is_no_block_has_no_size) {
  OwnHeap heap;
  Wrong wrong(heap);

  for (char* pointer : wrong.pointers) {
    SetLastError(kNobodysError);
    EXPECT_EQ(HeapSize(heap, 0, pointer), kNoSize);
    EXPECT_EQ(GetLastError(), 87u);
  }
}

TEST(HeapValidate, H65_is_true_for_live_blocks_alone_and_never_touches_the_last_error) {
  OwnHeap heap;
  OwnHeap other;
  Wrong wrong(heap);

  SetLastError(kNobodysError);
  EXPECT_TRUE(HeapValidate(heap, 0, wrong.block));
  EXPECT_TRUE(HeapValidate(heap, 0, wrong.large));
  EXPECT_FALSE(HeapValidate(other, 0, wrong.block));
  for (char* pointer : wrong.pointers) {
    EXPECT_FALSE(HeapValidate(heap, 0, pointer)) << static_cast<void*>(pointer);
  }
  EXPECT_EQ(GetLastError(), kNobodysError);
}

TEST(HeapValidate, H66_of_all_is_true_for_a_sound_heap_and_false_for_none) {
  OwnHeap heap;
  OwnHeap fixed(0, 0, 0x20000);
  std::vector<char*> blocks;
  for (int i = 0; i < 500; ++i) {
    blocks.push_back(heap.alloc(static_cast<SIZE_T>(i)));
    fixed.alloc(static_cast<SIZE_T>(i));
  }
  for (SIZE_T i = 0; i < blocks.size(); i += 3) {
    HeapFree(heap, 0, blocks[i]);
  }

  EXPECT_OK(HeapValidate(heap, 0, nullptr));
  EXPECT_OK(HeapValidate(fixed, 0, nullptr));
  SetLastError(kNobodysError);
  EXPECT_FALSE(HeapValidate(nullptr, 0, nullptr));
  EXPECT_EQ(GetLastError(), kNobodysError);
}

// ---- Exceptions instead of NULL ----

EXCEPTION_RECORD seen;
std::jmp_buf out;

LONG WINAPI note_and_continue(EXCEPTION_POINTERS* info) {
  if (info->ExceptionRecord->ExceptionCode != 0xC0000017) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  seen = *info->ExceptionRecord;
  return EXCEPTION_CONTINUE_EXECUTION;
}

LONG WINAPI jump_out(EXCEPTION_POINTERS* info) {
  if (info->ExceptionRecord->ExceptionCode != 0xC0000017) {
    return EXCEPTION_CONTINUE_SEARCH;
  }
  std::longjmp(out, 1);
}

class HeapExceptions : public testing::Test {
protected:
  void handle(PVECTORED_EXCEPTION_HANDLER handler) { handle_ = AddVectoredExceptionHandler(1, handler); }
  void SetUp() override { seen = {}; }
  void TearDown() override { RemoveVectoredExceptionHandler(handle_); }

private:
  PVOID handle_ = nullptr;
};

TEST_F(HeapExceptions, H35_H36_a_failed_call_raises_with_the_size_and_can_be_continued) {
  OwnHeap heap;
  handle(note_and_continue);

  EXPECT_EQ(HeapAlloc(heap, HEAP_GENERATE_EXCEPTIONS, SIZE_T{1} << 47), nullptr);

  EXPECT_EQ(seen.ExceptionCode, 0xC0000017u);
  EXPECT_EQ(seen.ExceptionFlags & EXCEPTION_NONCONTINUABLE, 0u);
  EXPECT_EQ(seen.NumberParameters, 1u);
  EXPECT_EQ(seen.ExceptionInformation[0], ULONG_PTR{1} << 47);
}

TEST_F(HeapExceptions, H35_the_heaps_own_flag_is_as_good) {
  OwnHeap heap(HEAP_GENERATE_EXCEPTIONS);
  char* block = heap.alloc(10);
  handle(note_and_continue);

  EXPECT_EQ(HeapAlloc(heap, 0, SIZE_T{1} << 47), nullptr);
  EXPECT_EQ(seen.ExceptionCode, 0xC0000017u);
  seen = {};
  EXPECT_EQ(HeapReAlloc(heap, 0, block, SIZE_T{1} << 47), nullptr);
  EXPECT_EQ(seen.ExceptionCode, 0xC0000017u);
}

TEST_F(HeapExceptions, H36_a_handler_may_jump_away_and_use_the_heap) {
  OwnHeap heap(HEAP_GENERATE_EXCEPTIONS);
  handle(jump_out);

  if (setjmp(out) == 0) {
    HeapAlloc(heap, 0, SIZE_T{1} << 47);
    ADD_FAILURE() << "no exception";
  }
  EXPECT_NE(heap.alloc(10), nullptr);
}

} // namespace
} // namespace apitest
