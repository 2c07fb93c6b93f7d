// Copies, fills and comparisons of ntdll, and the names that the SDK gives them.
// Rules: C31
#include "expect.h"
#include "memory_map.h"
#include "native_calls.h"

#include <array>
#include <cstring>

namespace apitest {
namespace {

TEST(RtlMemory, compare_memory_counts_the_equal_bytes) {
  auto compare = ntdll<SIZE_T(NTAPI*)(const void*, const void*, SIZE_T)>("RtlCompareMemory");
  std::array<char, 300> first{};
  std::array<char, 300> second{};

  EXPECT_EQ(compare(first.data(), second.data(), 300), 300u);
  EXPECT_EQ(compare(first.data(), second.data(), 0), 0u);
  for (std::size_t at : {299, 64, 63, 1, 0}) {
    second[at] = 1;
    EXPECT_EQ(compare(first.data(), second.data(), 300), at);
  }
}

TEST(RtlMemory, compare_memory_ulong_counts_the_bytes_of_a_pattern) {
  auto compare = ntdll<SIZE_T(NTAPI*)(PVOID, SIZE_T, ULONG)>("RtlCompareMemoryUlong");
  std::array<ULONG, 8> words{};
  words.fill(0x12345678);

  EXPECT_EQ(compare(words.data(), 32, 0x12345678), 32u);
  words[5] = 0x12345679;
  EXPECT_EQ(compare(words.data(), 32, 0x12345678), 20u);
  EXPECT_EQ(compare(words.data(), 32, 1), 0u);
}

TEST(RtlMemory, compare_memory_ulong_refuses_what_is_not_in_fours) {
  auto compare = ntdll<SIZE_T(NTAPI*)(PVOID, SIZE_T, ULONG)>("RtlCompareMemoryUlong");
  std::array<ULONG, 8> words{};

  EXPECT_EQ(compare(words.data(), 30, 0), 0u);
  EXPECT_EQ(compare(reinterpret_cast<char*>(words.data()) + 1, 8, 0), 0u);
}

TEST(RtlMemory, zero_memory_is_told) {
  auto is_zero = lookup<BOOLEAN(NTAPI*)(PVOID, SIZE_T)>("ntdll", "RtlIsZeroMemory");
  ASSERT_NE(is_zero, nullptr);
  std::array<char, 200> bytes{};

  EXPECT_TRUE(is_zero(bytes.data(), 200));
  EXPECT_TRUE(is_zero(nullptr, 0));
  for (std::size_t at : {199, 65, 0}) {
    bytes.fill(0);
    bytes[at] = 1;
    EXPECT_FALSE(is_zero(bytes.data(), 200)) << at;
    EXPECT_TRUE(is_zero(bytes.data(), at)) << at;
  }
}

TEST(RtlMemory, macros_copy_move_fill_and_compare) {
  char text[16] = "abcdefgh";
  char copy[16] = {};

  CopyMemory(copy, text, 9);
  EXPECT_STREQ(copy, "abcdefgh");
  MoveMemory(copy + 1, copy, 5);
  EXPECT_STREQ(copy, "aabcdegh");
  FillMemory(copy, 3, 'x');
  EXPECT_STREQ(copy, "xxxcdegh");
  EXPECT_TRUE(RtlEqualMemory(copy + 3, "cd", 2));
  EXPECT_FALSE(RtlEqualMemory(copy + 3, "ce", 2));
  EXPECT_EQ(SecureZeroMemory(copy, 4), copy);
  EXPECT_EQ(copy[3], 0);
  EXPECT_EQ(copy[4], 'd');
  ZeroMemory(copy, sizeof copy);
  EXPECT_EQ(copy[7], 0);
}

#ifdef WINMEM_TESTS_NATIVE // newer than mingw-w64 and Wine
TEST(RtlMemory, volatile_and_device_forms_return_the_destination) {
  volatile char from[8] = "abcdefg";
  volatile char to[8] = {};

  EXPECT_EQ(CopyVolatileMemory(to, from, 8), to);
  EXPECT_EQ(to[6], 'g');
  EXPECT_EQ(MoveVolatileMemory(to + 1, to, 3), to + 1);
  EXPECT_EQ(to[3], 'c');
  EXPECT_EQ(FillVolatileMemory(to, 2, 'x'), to);
  EXPECT_EQ(to[1], 'x');
  EXPECT_EQ(to[2], 'b');
  EXPECT_EQ(CopyDeviceMemory(to, from, 2), to);
  EXPECT_EQ(FillDeviceMemory(to + 4, 1, 'y'), to + 4);
  EXPECT_EQ(to[4], 'y');
  EXPECT_EQ(ZeroDeviceMemory(to, 1), to);
  EXPECT_EQ(ZeroVolatileMemory(to + 1, 1), to + 1);
  EXPECT_EQ(SecureZeroMemory2(to + 2, 6), to + 2);
  for (volatile char& byte : to) {
    EXPECT_EQ(byte, 0);
  }
}

TEST(RtlMemory, constant_time_comparison_is_1_or_0) {
  EXPECT_EQ(RtlConstantTimeEqualMemory("abc", "abc", 3), 1);
  EXPECT_EQ(RtlConstantTimeEqualMemory("abc", "abd", 3), 0);
  EXPECT_EQ(RtlConstantTimeEqualMemory("abc", "abd", 2), 1);
}

TEST(RtlMemory, C31_a_mapped_copy_tells_of_bad_places) {
  Region region = committed(1);
  char byte = 3;

  EXPECT_STATUS(kSuccess, RtlCopyMappedMemory(region.base(), &byte, 1));
  EXPECT_EQ(region.base()[0], 3);
  EXPECT_STATUS(kAccessViolation, RtlCopyMappedMemory(at(16), &byte, 1));
  EXPECT_STATUS(kAccessViolation, RtlCopyMappedMemory(&byte, region.end() - 1, 2));
}
#endif

} // namespace
} // namespace apitest
