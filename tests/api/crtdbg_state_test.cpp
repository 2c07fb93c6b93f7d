// Rules: H151 H152 H153 H154 H157 H158
#include "crtdbg_test_support.h"

#include <cstdio>
#include <cstring>
#include <unistd.h>
#include <vector>

using namespace apitest;

namespace {

TEST_F(DebugHeap, H151_a_damaged_block_is_found_and_the_others_are_looked_at) {
  auto* first = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0));
  auto* second = as_bytes(_malloc_dbg(10, _NORMAL_BLOCK, nullptr, 0));
  EXPECT_TRUE(_CrtCheckMemory());

  first[10] = 1;
  second[-1] = 1;

  EXPECT_FALSE(_CrtCheckMemory());
  std::string report = take_heard();
  EXPECT_NE(report.find("after Normal block"), std::string::npos) << report;
  EXPECT_NE(report.find("before Normal block"), std::string::npos) << report;

  _CrtSetDbgFlag(0);
  EXPECT_TRUE(_CrtCheckMemory()); // without debug allocation nothing is looked at
  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF);
  first[10] = 0xFD;
  second[-1] = 0xFD;
  EXPECT_TRUE(_CrtCheckMemory());
  _free_dbg(first, _NORMAL_BLOCK);
  _free_dbg(second, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H152_states_differ_by_the_blocks_between_them) {
  _CrtMemState before;
  _CrtMemState after;
  _CrtMemState difference;
  _CrtMemCheckpoint(&before);
  void* normal = _malloc_dbg(100, _NORMAL_BLOCK, nullptr, 0);
  void* client = _malloc_dbg(30, _CLIENT_BLOCK, nullptr, 0);
  _CrtMemCheckpoint(&after);

  EXPECT_TRUE(_CrtMemDifference(&difference, &before, &after));
  EXPECT_EQ(difference.lCounts[_NORMAL_BLOCK], 1U);
  EXPECT_EQ(difference.lSizes[_NORMAL_BLOCK], 100U);
  EXPECT_EQ(difference.lCounts[_CLIENT_BLOCK], 1U);
  EXPECT_EQ(difference.lSizes[_CLIENT_BLOCK], 30U);
  EXPECT_EQ(difference.lTotalCount, 130U);

  _free_dbg(normal, _NORMAL_BLOCK);
  _free_dbg(client, _CLIENT_BLOCK);
  _CrtMemCheckpoint(&after);
  EXPECT_FALSE(_CrtMemDifference(&difference, &before, &after));
  EXPECT_EQ(difference.lTotalCount, 130U); // of all requests
}

TEST_F(DebugHeap, H152_the_librarys_own_blocks_count_only_when_they_are_to) {
  _CrtMemState before;
  _CrtMemState after;
  _CrtMemState difference;
  _CrtMemCheckpoint(&before);
  void* block = _malloc_dbg(100, _CRT_BLOCK, nullptr, 0);
  _CrtMemCheckpoint(&after);

  EXPECT_FALSE(_CrtMemDifference(&difference, &before, &after));
  EXPECT_FALSE(_CrtDumpMemoryLeaks());
  _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_CRT_DF);
  EXPECT_TRUE(_CrtMemDifference(&difference, &before, &after));
  EXPECT_TRUE(_CrtDumpMemoryLeaks());
  EXPECT_NE(take_heard().find("crt block at"), std::string::npos);
  _free_dbg(block, _CRT_BLOCK);
}

TEST_F(DebugHeap, H152_missing_states_are_invalid_parameters) {
  Listener listener;
  _CrtMemState state = {};

  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtMemCheckpoint(nullptr), true; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [&] { return _CrtMemDifference(nullptr, &state, &state) == 0; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [&] { return _CrtMemDifference(&state, nullptr, &state) == 0; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [&] { return _CrtMemDifference(&state, &state, nullptr) == 0; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtMemDumpStatistics(nullptr), true; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtDoForAllClientObjects(nullptr, nullptr), true; }));
  EXPECT_EQ(listener.calls(), 6);
}

TEST_F(DebugHeap, H153_statistics_are_seven_lines) {
  _CrtMemState state = {};
  state.lCounts[_NORMAL_BLOCK] = 2;
  state.lSizes[_NORMAL_BLOCK] = 30;
  state.lHighWaterCount = 40;
  state.lTotalCount = 50;

  _CrtMemDumpStatistics(&state);

  EXPECT_EQ(take_heard(), "0:0 bytes in 0 Free Blocks.\n"
                          "0:30 bytes in 2 Normal Blocks.\n"
                          "0:0 bytes in 0 CRT Blocks.\n"
                          "0:0 bytes in 0 Ignore Blocks.\n"
                          "0:0 bytes in 0 Client Blocks.\n"
                          "0:Largest number used: 40 bytes.\n"
                          "0:Total allocations: 50 bytes.\n");
}

TEST_F(DebugHeap, H153_a_leak_is_told_with_its_place_and_contents) {
  EXPECT_FALSE(_CrtDumpMemoryLeaks());
  EXPECT_EQ(take_heard(), "");
  auto* block = as_bytes(_malloc_dbg(20, _NORMAL_BLOCK, "leak.c", 42));
  std::memcpy(block, "text\x01", 5);
  long request = 0;
  _CrtIsMemoryBlock(block, 20, &request, nullptr, nullptr);

  EXPECT_TRUE(_CrtDumpMemoryLeaks());

  char where[64];
  std::snprintf(where, sizeof where, "0:{%ld} 0:normal block at %p, 20 bytes long.\n", request,
                static_cast<void*>(block));
  EXPECT_EQ(take_heard(), std::string("0:Detected memory leaks!\n0:Dumping objects ->\n0:leak.c(42) : ") + where +
                              "0: Data: <text            > 74 65 78 74 01 CD CD CD CD CD CD CD CD CD CD CD\n"
                              "0:Object dump complete.\n");
  _free_dbg(block, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H153_objects_since_a_state_are_the_newer_ones) {
  void* older = _malloc_dbg(11, _NORMAL_BLOCK, nullptr, 0);
  _CrtMemState state;
  _CrtMemCheckpoint(&state);
  void* newer = _malloc_dbg(22, _NORMAL_BLOCK, nullptr, 0);

  _CrtMemDumpAllObjectsSince(&state);
  std::string since = take_heard();
  _CrtMemDumpAllObjectsSince(nullptr);
  std::string all = take_heard();

  EXPECT_NE(since.find("22 bytes long"), std::string::npos) << since;
  EXPECT_EQ(since.find("11 bytes long"), std::string::npos) << since;
  EXPECT_NE(all.find("11 bytes long"), std::string::npos) << all;
  _free_dbg(newer, _NORMAL_BLOCK);
  _free_dbg(older, _NORMAL_BLOCK);
}

std::vector<void*> g_seen;

TEST_F(DebugHeap, H154_client_objects_are_visited_and_may_be_freed_meanwhile) {
  void* first = _malloc_dbg(1, _CLIENT_BLOCK, nullptr, 0);
  void* normal = _malloc_dbg(1, _NORMAL_BLOCK, nullptr, 0);
  void* second = _malloc_dbg(1, _CLIENT_BLOCK | 5 << 16, nullptr, 0);
  void* third = _malloc_dbg(1, _CLIENT_BLOCK, nullptr, 0);
  g_seen.clear();

  _CrtDoForAllClientObjects(
      [](void* block, void* context) {
        static_cast<std::vector<void*>*>(context)->push_back(block);
        _free_dbg(block, _CLIENT_BLOCK);
      },
      &g_seen);

  EXPECT_EQ(g_seen, (std::vector<void*>{third, second, first}));
  _free_dbg(normal, _NORMAL_BLOCK);
}

TEST_F(DebugHeap, H154_client_objects_are_dumped_by_the_programs_function) {
  void* block = _malloc_dbg(9, _CLIENT_BLOCK | 5 << 16, nullptr, 0);
  EXPECT_EQ(_BLOCK_SUBTYPE(_CrtReportBlockType(block)), 5);
  EXPECT_EQ(_BLOCK_TYPE(_CrtReportBlockType(block)), _CLIENT_BLOCK);
  g_seen.clear();
  _CrtSetDumpClient([](void* data, size_t size) {
    g_seen.push_back(data);
    EXPECT_EQ(size, 9U);
  });
  EXPECT_NE(_CrtGetDumpClient(), nullptr);

  EXPECT_TRUE(_CrtDumpMemoryLeaks());

  std::string report = take_heard();
  EXPECT_NE(report.find("client block at"), std::string::npos) << report;
  EXPECT_NE(report.find("subtype 5, 9 bytes long.\n"), std::string::npos) << report;
  EXPECT_EQ(report.find("Data:"), std::string::npos) << report;
  EXPECT_EQ(g_seen, std::vector<void*>{block});
  _free_dbg(block, _CLIENT_BLOCK);
}

TEST_F(DebugHeap, H157_reports_go_to_the_file_of_their_kind) {
  _CrtSetReportHook(nullptr);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(_CrtSetReportMode(_CRT_WARN, _CRTDBG_MODE_FILE), _CRTDBG_MODE_DEBUG);
  EXPECT_EQ(_CrtSetReportMode(_CRT_WARN, _CRTDBG_REPORT_MODE), _CRTDBG_MODE_FILE);
  EXPECT_EQ(_CrtSetReportFile(_CRT_WARN, reinterpret_cast<_HFILE>(intptr_t{ends[1]})), _CRTDBG_INVALID_HFILE);

  EXPECT_EQ(_CrtDbgReport(_CRT_WARN, "file", 3, nullptr, "%d and %s\n", 5, "text"), 0);
  _RPT1(_CRT_WARN, "%d\n", 6);
  _ASSERTE(1 + 1 == 2);

  char text[100] = "";
  ssize_t size = read(ends[0], text, sizeof text - 1);
  EXPECT_EQ(std::string(text, static_cast<size_t>(size)), "file(3) : 5 and text\n6\n");
  _CrtSetReportMode(_CRT_WARN, _CRTDBG_MODE_DEBUG);
  _CrtSetReportFile(_CRT_WARN, _CRTDBG_INVALID_HFILE);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(DebugHeap, H157_what_there_is_not_is_an_invalid_parameter) {
  Listener listener;

  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtSetReportMode(_CRT_ERRCNT, _CRTDBG_MODE_FILE) == -1; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtSetReportMode(_CRT_WARN, 8) == -1; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtSetReportFile(-1, _CRTDBG_FILE_STDERR) == _CRTDBG_HFILE_ERROR; }));
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtSetReportHook2(2, nullptr) == -1; }));
  EXPECT_EQ(listener.calls(), 4);
  EXPECT_EQ(_CrtDbgReport(_CRT_ERRCNT, nullptr, 0, nullptr, "text"), -1);
}

int g_calls;

int first_hook(int, char*, int*) {
  g_calls = g_calls * 10 + 1;
  return 0;
}

int second_hook(int, char*, int* result) {
  g_calls = g_calls * 10 + 2;
  *result = 7;
  return 1;
}

TEST_F(DebugHeap, H157_hooks_are_counted_and_the_newest_is_asked_first) {
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_INSTALL, second_hook), 1);
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_INSTALL, first_hook), 1);
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_INSTALL, first_hook), 2);
  g_calls = 0;

  EXPECT_EQ(_CrtDbgReport(_CRT_ASSERT, nullptr, 0, nullptr, "text"), 7);

  EXPECT_EQ(g_calls, 12);
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_REMOVE, first_hook), 1);
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_REMOVE, first_hook), 0);
  EXPECT_EQ(_CrtSetReportHook2(_CRT_RPTHOOK_REMOVE, second_hook), 0);
  EXPECT_EQ(take_heard(), ""); // the older kind of hook comes after them
  Listener listener;
  EXPECT_TRUE(leaves_errno(EINVAL, [] { return _CrtSetReportHook2(_CRT_RPTHOOK_REMOVE, second_hook) == -1; }));
}

using DebugHeapDeathTest = DebugHeap;

TEST_F(DebugHeapDeathTest, H157_an_error_in_a_box_ends_the_process) {
  EXPECT_DEATH(
      {
        _CrtSetReportHook(nullptr);
        _CrtDbgReport(_CRT_ASSERT, "here.c", 9, nullptr, "a == b");
      },
      "here.c\\(9\\) : Assertion failed: a == b");
}

TEST_F(DebugHeapDeathTest, H153_leaks_are_told_at_the_end_of_the_process) {
  EXPECT_EXIT(
      {
        _CrtSetReportHook(nullptr);
        _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF | _CRTDBG_LEAK_CHECK_DF);
        static_cast<void>(_malloc_dbg(3, _NORMAL_BLOCK, "end.c", 8));
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "Detected memory leaks!(.|\n)*end.c\\(8\\)");
}

TEST_F(DebugHeapDeathTest, H158_a_request_stops_by_its_number) {
  EXPECT_EQ(_crtBreakAlloc, -1);
  EXPECT_EXIT(
      {
        void* block = _malloc_dbg(1, _NORMAL_BLOCK, nullptr, 0);
        long number = 0;
        _CrtIsMemoryBlock(block, 1, &number, nullptr, nullptr);
        _CrtSetBreakAlloc(number + 2);
        static_cast<void>(_malloc_dbg(1, _NORMAL_BLOCK, nullptr, 0));
        std::fputs("one went well", stderr);
        static_cast<void>(_malloc_dbg(1, _NORMAL_BLOCK, nullptr, 0));
      },
      ::testing::KilledBySignal(SIGTRAP), "one went well");
}

} // namespace
