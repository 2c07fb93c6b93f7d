// CoTaskMemAlloc and its kin, and strings that know their length.
// Rules: H22, H146
#include "heap_test_support.h"

#include <objbase.h>
#include <oleauto.h>

namespace apitest {
namespace {

unsigned prefix_of(BSTR string) {
  unsigned length = 0;
  std::memcpy(&length, reinterpret_cast<char*>(string) - 4, 4);
  return length;
}

constexpr unsigned kCharacter = sizeof(OLECHAR);

TEST(CoTaskMem, H22_H146_blocks_are_of_the_process_heap) {
  void* block = CoTaskMemAlloc(100);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(HeapSize(GetProcessHeap(), 0, block), 100u);
  CoTaskMemFree(block);
  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
}

TEST(CoTaskMem, H146_no_bytes_are_a_block_too) {
  void* block = CoTaskMemAlloc(0);
  EXPECT_NE(block, nullptr);
  CoTaskMemFree(block);
}

TEST(CoTaskMem, H146_impossible_sizes_give_null_and_leave_the_block) {
  EXPECT_EQ(CoTaskMemAlloc(kNoSize), nullptr);
  EXPECT_EQ(CoTaskMemAlloc(SIZE_T{1} << 47), nullptr);
  char* block = static_cast<char*>(CoTaskMemAlloc(50));
  std::memset(block, 0x21, 50);
  EXPECT_EQ(CoTaskMemRealloc(block, SIZE_T{1} << 47), nullptr);
  EXPECT_TRUE(is_filled(block, 50, 0x21));
  CoTaskMemFree(block);
}

TEST(CoTaskMem, H146_realloc_of_null_allocates_and_to_0_frees) {
  char* block = static_cast<char*>(CoTaskMemRealloc(nullptr, 30));
  ASSERT_NE(block, nullptr);
  std::memset(block, 0x42, 30);
  block = static_cast<char*>(CoTaskMemRealloc(block, 100'000));
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(is_filled(block, 30, 0x42));
  EXPECT_EQ(CoTaskMemRealloc(block, 0), nullptr);
  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
}

TEST(CoTaskMem, H146_null_is_freed) { CoTaskMemFree(nullptr); }

TEST(CoTaskMem, H146_what_is_no_block_stays) {
  char* block = static_cast<char*>(CoTaskMemAlloc(100));
  CoTaskMemFree(block + 16);
  EXPECT_EQ(CoTaskMemRealloc(block + 16, 10), nullptr);
  EXPECT_EQ(HeapSize(GetProcessHeap(), 0, block), 100u);
  CoTaskMemFree(block);
}

TEST(SysAllocString, H146_a_copy_has_its_length_in_bytes_in_front_and_a_zero_behind) {
  BSTR string = SysAllocString(OLESTR("twelve chars"));
  ASSERT_NE(string, nullptr);
  EXPECT_EQ(SysStringLen(string), 12u);
  EXPECT_EQ(SysStringByteLen(string), 12 * kCharacter);
  EXPECT_EQ(prefix_of(string), 12 * kCharacter);
  EXPECT_EQ(std::memcmp(string, OLESTR("twelve chars"), 13 * kCharacter), 0);
  SysFreeString(string);
}

TEST(SysAllocString, H146_null_gives_null_and_an_empty_text_a_string) {
  EXPECT_EQ(SysAllocString(nullptr), nullptr);
  BSTR string = SysAllocString(OLESTR(""));
  ASSERT_NE(string, nullptr);
  EXPECT_EQ(SysStringLen(string), 0u);
  EXPECT_EQ(string[0], 0);
  SysFreeString(string);
}

TEST(SysAllocString, H146_null_has_no_length_and_is_freed) {
  EXPECT_EQ(SysStringLen(nullptr), 0u);
  EXPECT_EQ(SysStringByteLen(nullptr), 0u);
  SysFreeString(nullptr);
}

TEST(SysAllocStringLen, H146_zeroes_within_are_kept) {
  const OLECHAR text[] = {'a', 0, 'b', 'c'};
  BSTR string = SysAllocStringLen(text, 4);
  EXPECT_EQ(SysStringLen(string), 4u);
  EXPECT_EQ(string[2], OLECHAR{'b'});
  EXPECT_EQ(string[4], 0);
  SysFreeString(string);
}

TEST(SysAllocStringLen, H146_without_a_text_it_is_terminated_all_the_same) {
  for (int round = 0; round < 20; ++round) {
    BSTR string = SysAllocStringLen(nullptr, 7);
    ASSERT_NE(string, nullptr);
    EXPECT_EQ(SysStringLen(string), 7u);
    EXPECT_EQ(string[7], 0);
    std::memset(string, 0x7F, 8 * kCharacter);
    SysFreeString(string);
  }
}

TEST(SysAllocStringLen, H146_impossible_lengths_give_null) {
  EXPECT_EQ(SysAllocStringLen(nullptr, 0xFFFFFFFF), nullptr);
  EXPECT_EQ(SysAllocStringLen(nullptr, 0x80000000), nullptr);
  EXPECT_EQ(SysAllocStringByteLen(nullptr, 0xFFFFFFFF), nullptr);
}

TEST(SysAllocStringByteLen, H146_odd_lengths_are_kept_and_terminated) {
  BSTR string = SysAllocStringByteLen("abcde", 5);
  EXPECT_EQ(SysStringByteLen(string), 5u);
  EXPECT_EQ(SysStringLen(string), 5 / kCharacter);
  EXPECT_EQ(prefix_of(string), 5u);
  EXPECT_EQ(std::memcmp(string, "abcde\0", 7), 0);
  SysFreeString(string);
}

TEST(SysReAllocString, H146_the_new_text_may_be_part_of_the_old_one) {
  BSTR string = SysAllocString(OLESTR("the whole text"));
  ASSERT_TRUE(SysReAllocString(&string, string + 4));
  EXPECT_EQ(SysStringLen(string), 10u);
  EXPECT_EQ(std::memcmp(string, OLESTR("whole text"), 11 * kCharacter), 0);
  SysFreeString(string);
}

TEST(SysReAllocString, H146_null_is_a_place_for_a_new_string) {
  BSTR string = nullptr;
  ASSERT_TRUE(SysReAllocString(&string, OLESTR("new")));
  EXPECT_EQ(SysStringLen(string), 3u);
  SysFreeString(string);
}

TEST(SysReAllocStringLen, H146_changes_text_and_length) {
  BSTR string = SysAllocString(OLESTR("old"));
  ASSERT_TRUE(SysReAllocStringLen(&string, OLESTR("a longer text"), 8));
  EXPECT_EQ(SysStringLen(string), 8u);
  EXPECT_EQ(string[8], 0);
  EXPECT_EQ(std::memcmp(string, OLESTR("a longer"), 9 * kCharacter), 0);
  SysFreeString(string);
}

TEST(SysReAllocStringLen, H146_without_a_text_the_old_one_stays_as_far_as_it_goes) {
  BSTR string = SysAllocString(OLESTR("abcdef"));
  ASSERT_TRUE(SysReAllocStringLen(&string, nullptr, 20));
  EXPECT_EQ(SysStringLen(string), 20u);
  EXPECT_EQ(std::memcmp(string, OLESTR("abcdef"), 6 * kCharacter), 0);
  EXPECT_EQ(string[20], 0);
  ASSERT_TRUE(SysReAllocStringLen(&string, nullptr, 2));
  EXPECT_EQ(SysStringLen(string), 2u);
  EXPECT_EQ(string[2], 0);
  SysFreeString(string);
}

TEST(SysReAllocStringLen, H146_a_failure_changes_nothing) {
  BSTR string = SysAllocString(OLESTR("kept"));
  BSTR before = string;
  EXPECT_FALSE(SysReAllocStringLen(&string, nullptr, 0xFFFFFFFF));
  EXPECT_EQ(string, before);
  EXPECT_EQ(SysStringLen(string), 4u);
  SysFreeString(string);
}

} // namespace
} // namespace apitest
