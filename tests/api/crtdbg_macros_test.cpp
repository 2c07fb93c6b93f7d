// Rules: H159
// Without _DEBUG, as most of the tree is built; crtdbg_mapped_test.cpp is with it.
#undef _DEBUG
#include <crtdbg.h>

#include "crt_test_support.h"

using namespace apitest;

namespace {

TEST(DebugHeapMacros, H159_without_debug_the_blocks_are_mallocs) {
  void* block = _malloc_dbg(10, _CLIENT_BLOCK, __FILE__, __LINE__);
  EXPECT_EQ(_msize(block), 10U);
  block = _realloc_dbg(block, 20, _CLIENT_BLOCK, __FILE__, __LINE__);
  EXPECT_EQ(_msize_dbg(block, _CLIENT_BLOCK), 20U);
  _free_dbg(block, _CLIENT_BLOCK);
}

TEST(DebugHeapMacros, H159_without_debug_nothing_else_is_called) {
  int evaluated = 0;
  auto count = [&] { return ++evaluated; };

  EXPECT_EQ(_CrtSetDbgFlag(count()), 0);
  EXPECT_EQ(_CrtDumpMemoryLeaks(), 0);
  EXPECT_EQ(_CrtCheckMemory(), 1);
  EXPECT_EQ(_CrtIsValidHeapPointer(count()), 1);
  _ASSERT(count() == 0);
  _ASSERTE(count() == 0);
  _RPT1(_CRT_WARN, "%d", count());

  EXPECT_EQ(evaluated, 0);
  count();
}

} // namespace
