// What the tests of the debug heap share: reports are heard and not shown, and each test finds the flags as they are
// at the start of a process.
#pragma once

#include "crt_test_support.h"

#include <algorithm>
#include <string>
#include <utility>

// Last: with _CRTDBG_MAP_ALLOC it makes macros of malloc's names.
#define _DEBUG
#include <crtdbg.h>

namespace apitest {

class DebugHeap : public ::testing::Test {
protected:
  void SetUp() override {
    heard().clear();
    _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF);
    _CrtSetReportHook(hear);
    _CrtMemCheckpoint(&at_start_);
  }

  void TearDown() override {
    _CrtSetAllocHook(nullptr);
    _CrtSetDumpClient(nullptr);
    _CrtSetDbgFlag(_CRTDBG_ALLOC_MEM_DF);
    _CrtMemState now;
    _CrtMemState difference;
    _CrtMemCheckpoint(&now);
    EXPECT_FALSE(_CrtMemDifference(&difference, &at_start_, &now)) << "the test leaves blocks behind";
    _CrtSetReportHook(nullptr);
  }

  // The texts of all reports so far, each behind its kind: "0:Detected memory leaks!\n".
  static std::string& heard() {
    static std::string text;
    return text;
  }

  static std::string take_heard() { return std::exchange(heard(), {}); }

private:
  static int hear(int kind, char* text, int* result) {
    heard() += std::to_string(kind) + ":" + text;
    *result = 0;
    return 1;
  }

  _CrtMemState at_start_;
};

inline unsigned char* as_bytes(void* block) { return static_cast<unsigned char*>(block); }

inline bool all_are(const void* from, SIZE_T size, unsigned char value) {
  const auto* bytes = static_cast<const unsigned char*>(from);
  return std::all_of(bytes, bytes + size, [=](unsigned char byte) { return byte == value; });
}

} // namespace apitest
