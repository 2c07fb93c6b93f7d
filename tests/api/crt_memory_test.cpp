// Bytes copied, compared and swapped by Microsoft's C library; its errno; files by descriptor.
// Rules: H161 to H164, H168
#include "crt_test_support.h"

#include <cstdio>
#include <cwchar>
#include <errno.h>
#include <io.h>
#include <string.h>
#include <string>

namespace apitest {
namespace {

TEST(CrtMemory, H161_memcpy_s_copies_what_fits) {
  char to[8] = "-------";

  EXPECT_EQ(memcpy_s(to, sizeof to, "abc", 3), 0);
  EXPECT_STREQ(to, "abc----");
  EXPECT_EQ(memcpy_s(to, 3, "xyz", 3), 0);
  EXPECT_STREQ(to, "xyz----");
  EXPECT_EQ(memcpy_s(to, 0, "xyz", 0), 0);
  EXPECT_STREQ(to, "xyz----");
}

TEST(CrtMemory, H161_memmove_s_copies_over_itself) {
  char text[] = "abcdef";

  EXPECT_EQ(memmove_s(text + 1, 5, text, 5), 0);

  EXPECT_STREQ(text, "aabcde");
}

TEST(CrtMemory, H163_memicmp_takes_capitals_for_small_letters) {
  EXPECT_EQ(_memicmp("HELLO", "hello", 5), 0);
  EXPECT_LT(_memicmp("abc", "ABD", 3), 0);
  EXPECT_GT(_memicmp("abd", "ABC", 3), 0);
  EXPECT_EQ(_memicmp("abX", "aby", 2), 0);
  EXPECT_LT(_memicmp("[", "a", 1), 0); // no letter, and below the small ones
  EXPECT_EQ(_memicmp("a", "b", 0), 0);
}

TEST(CrtMemory, H163_memccpy_stops_behind_the_byte) {
  char to[8] = "-------";

  EXPECT_EQ(_memccpy(to, "ab.cd", '.', 5), to + 3);
  EXPECT_STREQ(to, "ab.----");
  EXPECT_EQ(_memccpy(to, "xyz", '.', 3), nullptr);
  EXPECT_STREQ(to, "xyz----");
}

TEST(CrtMemory, H163_swab_swaps_pairs_and_leaves_an_odd_byte_out) {
  char from[] = "abcde";
  char to[] = "-----";

  _swab(from, to, 5);
  EXPECT_STREQ(to, "badc-");
  _swab(from, from, 4);
  EXPECT_STREQ(from, "badce");
}

TEST(CrtMemory, H164_errno_is_one_place_per_thread) {
  EXPECT_EQ(_errno(), &errno);
  EXPECT_EQ(_set_errno(ERANGE), 0);
  EXPECT_EQ(errno, ERANGE);
  int number = 0;
  errno = ENOENT;
  EXPECT_EQ(_get_errno(&number), 0);
  EXPECT_EQ(number, ENOENT);
}

TEST(CrtMemory, H168_a_stream_and_its_descriptor_change_the_length_of_a_file) {
  FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  std::fputs("content", file);
  std::fflush(file);
  int descriptor = _fileno(file);
  ASSERT_GE(descriptor, 0);

  EXPECT_EQ(_chsize(descriptor, 3), 0);
  EXPECT_EQ(_chsize_s(descriptor, 6), 0);

  std::rewind(file);
  char bytes[8] = {};
  EXPECT_EQ(std::fread(bytes, 1, sizeof bytes, file), 6u);
  EXPECT_EQ(std::string(bytes, 6), std::string("con\0\0\0", 6));
  std::fclose(file);
}

} // namespace
} // namespace apitest
