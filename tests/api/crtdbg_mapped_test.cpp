// Rules: H159
#define _CRTDBG_MAP_ALLOC
#include "crtdbg_test_support.h"

using namespace apitest;

namespace {

TEST_F(DebugHeap, H159_mapped_calls_note_their_file_and_line) {
  void* block = malloc(10);
  int line = 0;
  char* file = nullptr;

  EXPECT_TRUE(_CrtIsMemoryBlock(block, 10, nullptr, &file, &line));
  EXPECT_STREQ(file, __FILE__);
  EXPECT_EQ(line, 10);
  block = realloc(block, 30);
  EXPECT_EQ(_msize(block), 30U);
  free(block);
  block = calloc(3, 5);
  EXPECT_TRUE(all_are(block, 15, 0));
  free(block);
}

} // namespace
