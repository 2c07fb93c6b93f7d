// Rules: H147 H148 H149 H150 H155 H156
#include "crtdbg_test_support.h"

#include <cstring>

using namespace apitest;

namespace {

constexpr unsigned char kGap = 0xFD;

TEST_F(DebugHeap, H147_a_new_block_is_filled_and_lies_between_gaps) {
  auto* block = as_bytes(_malloc_dbg(100, _NORMAL_BLOCK, __FILE__, __LINE__));

  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0U);
  EXPECT_TRUE(all_are(block, 100, 0xCD));
  EXPECT_TRUE(all_are(block - 4, 4, kGap));
  EXPECT_TRUE(all_are(block + 100, 4, kGap));
  EXPECT_EQ(_msize_dbg(block, _NORMAL_BLOCK), 100U);

  _free_dbg(block, _NORMAL_BLOCK);
  EXPECT_EQ(take_heard(), "");
}

TEST_F(DebugHeap, H147_calloc_is_zero_and_checks_the_product) {
  auto* block = as_bytes(_calloc_dbg(10, 7, _NORMAL_BLOCK, nullptr, 0));

  EXPECT_TRUE(all_are(block, 70, 0));
  EXPECT_TRUE(all_are(block + 70, 4, kGap));
  EXPECT_TRUE(leaves_errno(ENOMEM, [] { return _calloc_dbg(kHuge / 2, 3, _NORMAL_BLOCK, nullptr, 0) == nullptr; }));
  _free_dbg(block, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H147_sizes_that_cannot_be_are_out_of_memory) {
  for (SIZE_T size : {kHuge, kHuge - 40, SIZE_T{0xFFFFFFFFFFFFFFE0}, SIZE_T{1} << 60}) {
    EXPECT_TRUE(leaves_errno(ENOMEM, [=] { return _malloc_dbg(size, _NORMAL_BLOCK, nullptr, 0) == nullptr; })) << size;
  }
}

TEST_F(DebugHeap, H147_an_unknown_kind_of_block_is_an_invalid_parameter) {
  Listener listener;

  for (int kind : {_FREE_BLOCK, _MAX_BLOCKS, 77}) {
    EXPECT_TRUE(leaves_errno(EINVAL, [=] { return _malloc_dbg(1, kind, nullptr, 0) == nullptr; })) << kind;
  }
  EXPECT_EQ(listener.calls(), 3);
}

TEST_F(DebugHeap, H147_realloc_keeps_contents_and_fills_what_is_added) {
  auto* block = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0));
  std::memcpy(block, "0123456789", 10);

  block = as_bytes(_realloc_dbg(block, 5000, _NORMAL_BLOCK, "here", 7));

  EXPECT_EQ(std::memcmp(block, "0123456789", 10), 0);
  EXPECT_TRUE(all_are(block + 10, 4990, 0xCD));
  EXPECT_TRUE(all_are(block + 5000, 4, kGap));
  block = as_bytes(_realloc_dbg(block, 3, _NORMAL_BLOCK, nullptr, 0));
  EXPECT_EQ(std::memcmp(block, "012", 3), 0);
  EXPECT_EQ(_msize_dbg(block, _NORMAL_BLOCK), 3U);
  EXPECT_EQ(_realloc_dbg(block, 0, _NORMAL_BLOCK, nullptr, 0), nullptr);
}

TEST_F(DebugHeap, H147_a_realloc_that_fails_keeps_the_block) {
  auto* block = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0));
  block[9] = 9;

  EXPECT_TRUE(leaves_errno(ENOMEM, [=] { return _realloc_dbg(block, kHuge, _NORMAL_BLOCK, nullptr, 0) == nullptr; }));

  EXPECT_EQ(_msize_dbg(block, _NORMAL_BLOCK), 10U);
  EXPECT_EQ(block[9], 9);
  _free_dbg(block, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H147_recalloc_zeroes_what_is_added) {
  auto* block = as_bytes(_recalloc_dbg(nullptr, 4, 4, _NORMAL_BLOCK, nullptr, 0));
  EXPECT_TRUE(all_are(block, 16, 0));
  std::memset(block, 1, 16);

  block = as_bytes(_recalloc_dbg(block, 30, 10, _NORMAL_BLOCK, nullptr, 0));

  EXPECT_TRUE(all_are(block, 16, 1));
  EXPECT_TRUE(all_are(block + 16, 284, 0));
  EXPECT_EQ(_recalloc_dbg(block, 0, 10, _NORMAL_BLOCK, nullptr, 0), nullptr);
}

TEST_F(DebugHeap, H147_expand_changes_the_size_in_place_or_not_at_all) {
  auto* block = as_bytes(_malloc_dbg(100, _NORMAL_BLOCK, nullptr, 0));

  EXPECT_EQ(_expand_dbg(block, 60, _NORMAL_BLOCK, nullptr, 0), block);
  EXPECT_EQ(_msize_dbg(block, _NORMAL_BLOCK), 60U);
  EXPECT_TRUE(all_are(block + 60, 4, kGap));
  EXPECT_EQ(_expand_dbg(block, kHuge, _NORMAL_BLOCK, nullptr, 0), nullptr);
  EXPECT_EQ(_msize_dbg(block, _NORMAL_BLOCK), 60U);

  EXPECT_TRUE(_CrtCheckMemory());
  _free_dbg(block, _NORMAL_BLOCK);
  EXPECT_EQ(take_heard(), "");
}

TEST_F(DebugHeap, H147_blocks_of_either_family_go_to_the_other) {
  void* of_debug = _malloc_dbg(40, _NORMAL_BLOCK, nullptr, 0);
  void* of_malloc = malloc(40);

  EXPECT_EQ(_msize(of_debug), 40U);
  EXPECT_EQ(_msize_dbg(of_malloc, _NORMAL_BLOCK), 40U);
  of_debug = realloc(of_debug, 400);
  EXPECT_EQ(_CrtReportBlockType(of_debug), _NORMAL_BLOCK);
  free(of_debug);
  _free_dbg(of_malloc, _NORMAL_BLOCK);
  EXPECT_EQ(take_heard(), "");
}

TEST_F(DebugHeap, H147_strdup_copies) {
  char* copy = _strdup_dbg("text", _NORMAL_BLOCK, __FILE__, __LINE__);

  EXPECT_STREQ(copy, "text");
  EXPECT_EQ(_msize_dbg(copy, _NORMAL_BLOCK), 5U);
  EXPECT_EQ(_strdup_dbg(nullptr, _NORMAL_BLOCK, nullptr, 0), nullptr);
  _free_dbg(copy, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H147_new_notes_who_asked_and_delete_takes_it) {
  int* number = new (_NORMAL_BLOCK, "new.cpp", 4) int(7);
  int* numbers = new (_CLIENT_BLOCK, "new.cpp", 5) int[10];
  char* file = nullptr;

  EXPECT_TRUE(_CrtIsMemoryBlock(number, sizeof(int), nullptr, &file, nullptr));
  EXPECT_STREQ(file, "new.cpp");
  EXPECT_EQ(_CrtReportBlockType(numbers), _CLIENT_BLOCK);
  delete number;
  delete[] numbers;
  EXPECT_THROW(static_cast<void>(operator new(laundered(kHuge), _NORMAL_BLOCK, nullptr, 0)), std::bad_alloc);
}

TEST_F(DebugHeap, H148_a_write_behind_the_end_is_reported_at_the_free) {
  auto* block = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, "some/file.c", 12));
  block[10] = 0;

  _free_dbg(block, _NORMAL_BLOCK);

  std::string report = take_heard();
  EXPECT_EQ(report.find("1:HEAP CORRUPTION DETECTED: after Normal block (#"), 0U) << report;
  EXPECT_NE(report.find("some/file.c(12)"), std::string::npos) << report;
}

TEST_F(DebugHeap, H148_a_write_before_the_start_is_reported_by_free_too) {
  auto* block = as_bytes(_malloc_dbg(10, _CLIENT_BLOCK, nullptr, 0));
  block[-1] = 0;

  free(block);

  std::string report = take_heard();
  EXPECT_EQ(report.find("1:HEAP CORRUPTION DETECTED: before Client block (#"), 0U) << report;
}

TEST_F(DebugHeap, H148_nothing_is_freed_for_null) {
  _free_dbg(nullptr, _NORMAL_BLOCK);

  EXPECT_EQ(take_heard(), "");
}

TEST_F(DebugHeap, H148_freed_blocks_stay_when_they_are_to) {
  _CrtMemState before;
  _CrtMemCheckpoint(&before);
  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_DELAY_FREE_MEM_DF);
  auto* block = as_bytes(_malloc_dbg(50, _NORMAL_BLOCK, nullptr, 0));

  _free_dbg(block, _NORMAL_BLOCK);

  EXPECT_TRUE(all_are(block, 50, 0xDD));
  EXPECT_EQ(_CrtReportBlockType(block), _FREE_BLOCK);
  _CrtMemState after;
  _CrtMemCheckpoint(&after);
  EXPECT_EQ(after.lCounts[_FREE_BLOCK], before.lCounts[_FREE_BLOCK] + 1);
  EXPECT_EQ(after.lSizes[_FREE_BLOCK], before.lSizes[_FREE_BLOCK] + 50);

  EXPECT_TRUE(_CrtCheckMemory());
  block[20] = 0;
  EXPECT_FALSE(_CrtCheckMemory());
  std::string report = take_heard();
  EXPECT_NE(report.find("HEAP CORRUPTION DETECTED: in freed Free block"), std::string::npos) << report;
  block[20] = 0xDD;

  _free_dbg(block, _NORMAL_BLOCK);
  EXPECT_NE(take_heard().find("freed before"), std::string::npos);
}

TEST_F(DebugHeap, H149_flags_are_told_and_changed) {
  EXPECT_EQ(_CrtSetDbgFlag(_CRTDBG_REPORT_FLAG), _CRTDBG_ALLOC_MEM_DF);
  EXPECT_EQ(_CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_EVERY_16_DF), _CRTDBG_ALLOC_MEM_DF);
  EXPECT_EQ(_crtDbgFlag, _CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_EVERY_16_DF);

  Listener listener;
  EXPECT_TRUE(leaves_errno(
      EINVAL, [] { return _CrtSetDbgFlag(0x1000) == (_CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_EVERY_16_DF); }));
  EXPECT_EQ(listener.calls(), 1);
  EXPECT_EQ(_crtDbgFlag, _CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_EVERY_16_DF);
}

TEST_F(DebugHeap, H149_blocks_are_ignored_while_debug_allocation_is_off) {
  _CrtSetDbgFlag(0);
  void* block = _malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0);
  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF);

  EXPECT_EQ(_CrtReportBlockType(block), _IGNORE_BLOCK);
  EXPECT_FALSE(_CrtDumpMemoryLeaks());
  _free_dbg(block, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H150_all_blocks_are_checked_at_each_call_or_every_so_many) {
  auto* block = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0));
  block[10] = 0;

  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_ALWAYS_DF);
  void* another = _malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0);
  EXPECT_NE(take_heard(), "");

  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_EVERY_16_DF);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(_msize_dbg(another, _NORMAL_BLOCK), 10U);
  }
  EXPECT_NE(take_heard(), "");

  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF);
  block[10] = kGap;
  _free_dbg(another, _NORMAL_BLOCK);
  _free_dbg(block, _NORMAL_BLOCK);
  EXPECT_EQ(take_heard(), "");
}

struct HookCall {
  int operation;
  void* block;
  size_t size;
  int use;
  long request;
  std::string file;
  int line;
};

HookCall g_last;
int g_answer;

int note(int operation, void* block, size_t size, int use, long request, const unsigned char* file, int line) {
  g_last = {operation, block, size, use, request, file ? reinterpret_cast<const char*>(file) : "", line};
  return g_answer;
}

TEST_F(DebugHeap, H155_the_hook_hears_of_each_call) {
  g_answer = 1;
  EXPECT_EQ(_CrtSetAllocHook(note), nullptr);
  EXPECT_EQ(_CrtGetAllocHook(), note);

  void* block = _malloc_dbg(33, _CLIENT_BLOCK, "file", 5);
  EXPECT_EQ(g_last.operation, _HOOK_ALLOC);
  EXPECT_EQ(g_last.block, nullptr);
  EXPECT_EQ(g_last.size, 33U);
  EXPECT_EQ(g_last.use, _CLIENT_BLOCK);
  EXPECT_EQ(g_last.file, "file");
  EXPECT_EQ(g_last.line, 5);
  long request = 0;
  EXPECT_TRUE(_CrtIsMemoryBlock(block, 33, &request, nullptr, nullptr));
  EXPECT_EQ(g_last.request, request);

  block = _realloc_dbg(block, 44, _CLIENT_BLOCK, nullptr, 0);
  EXPECT_EQ(g_last.operation, _HOOK_REALLOC);
  EXPECT_EQ(g_last.size, 44U);

  _free_dbg(block, _CLIENT_BLOCK);
  EXPECT_EQ(g_last.operation, _HOOK_FREE);
  EXPECT_EQ(g_last.block, block);
  EXPECT_EQ(_CrtSetAllocHook(nullptr), note);
}

TEST_F(DebugHeap, H155_the_hook_makes_calls_fail) {
  void* block = _malloc_dbg(33, _NORMAL_BLOCK, nullptr, 0);
  g_answer = 0;
  _CrtSetAllocHook(note);

  EXPECT_TRUE(leaves_errno(ENOMEM, [] { return _malloc_dbg(1, _NORMAL_BLOCK, nullptr, 0) == nullptr; }));
  EXPECT_TRUE(leaves_errno(ENOMEM, [=] { return _realloc_dbg(block, 50, _NORMAL_BLOCK, nullptr, 0) == nullptr; }));
  _free_dbg(block, _NORMAL_BLOCK);
  EXPECT_TRUE(_CrtIsMemoryBlock(block, 33, nullptr, nullptr, nullptr));

  _CrtSetAllocHook(nullptr);
  _free_dbg(block, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H156_a_block_is_known_with_who_asked_for_it) {
  void* block = _malloc_dbg(20, _NORMAL_BLOCK, "name.c", 77);
  void* plain = malloc(20);
  long request = -1;
  char* file = nullptr;
  int line = -1;

  EXPECT_TRUE(_CrtIsMemoryBlock(block, 20, &request, &file, &line));
  EXPECT_GT(request, 0);
  EXPECT_STREQ(file, "name.c");
  EXPECT_EQ(line, 77);
  EXPECT_FALSE(_CrtIsMemoryBlock(block, 21, &request, &file, &line));
  EXPECT_EQ(request, 0);
  EXPECT_EQ(file, nullptr);
  EXPECT_EQ(line, 0);
  EXPECT_FALSE(_CrtIsMemoryBlock(plain, 20, nullptr, nullptr, nullptr));

  EXPECT_TRUE(_CrtIsValidHeapPointer(block));
  EXPECT_TRUE(_CrtIsValidHeapPointer(plain));
  EXPECT_FALSE(_CrtIsValidHeapPointer(nullptr));
  EXPECT_FALSE(_CrtIsValidHeapPointer(&line));
  EXPECT_FALSE(_CrtIsValidHeapPointer(as_bytes(block) + 1));
  EXPECT_TRUE(_CrtIsValidPointer(&line, sizeof line, 1));
  EXPECT_FALSE(_CrtIsValidPointer(nullptr, 1, 0));

  EXPECT_EQ(_CrtReportBlockType(block), _NORMAL_BLOCK);
  EXPECT_EQ(_CrtReportBlockType(plain), -1);
  EXPECT_EQ(_CrtReportBlockType(nullptr), -1);
  free(plain);
  _free_dbg(block, _NORMAL_BLOCK);
}

} // namespace
