#include "crtdbg_calls.h"

#include "winapi.h"

#include <algorithm>
#include <cstring>

#define _DEBUG
#include <crtdbg.h>

namespace stress {

namespace {

constexpr unsigned char kNew = 0xCD;

bool is_filled(const unsigned char* from, std::size_t size, unsigned char fill) {
  return std::all_of(from, from + size, [=](unsigned char byte) { return byte == fill; });
}

unsigned char* as_bytes(void* block) { return static_cast<unsigned char*>(block); }

// No report is ever shown: each thread may be the first to make one.
int swallow(int, char*, int* result) {
  *result = 0;
  return 1;
}

int allow(int, void*, std::size_t, int, long, const unsigned char*, int) { return 1; }
void dump(void*, std::size_t) {}
void look(void* block, void* seen) { *static_cast<void**>(seen) = block; }

} // namespace

void debug_blocks(Random& random) {
  _CrtSetReportHook(swallow);
  std::size_t size = random.between(1, random.one_in(16) ? 100'000 : 600);
  int use = random.one_in(4) ? _CLIENT_BLOCK : _NORMAL_BLOCK;
  auto* block = as_bytes(_malloc_dbg(size, use, __FILE__, __LINE__));
  MUST(block != nullptr && is_filled(block, size, kNew));
  MUST(_CrtIsMemoryBlock(block, static_cast<unsigned>(size), nullptr, nullptr, nullptr));
  MUST(_CrtIsValidHeapPointer(block) && _CrtIsValidPointer(block, 1, 1) && _CrtReportBlockType(block) == use);
  std::memset(block, 1, size);
  std::size_t larger = size + random.below(2000);
  block = as_bytes(_realloc_dbg(block, larger, use, nullptr, 0));
  MUST(block != nullptr && is_filled(block, size, 1) && is_filled(block + size, larger - size, kNew));
  block = as_bytes(_recalloc_dbg(block, larger, 2, use, nullptr, 0));
  MUST(block != nullptr && is_filled(block, size, 1) && is_filled(block + larger, larger, 0));
  MUST(_expand_dbg(block, size, use, nullptr, 0) == block && _msize_dbg(block, use) == size);
  _free_dbg(block, use);

  block = as_bytes(_calloc_dbg(size, 1, use, nullptr, 0));
  MUST(block != nullptr && is_filled(block, size, 0));
  _free_dbg(block, use);
  char* text = _strdup_dbg("text", use, nullptr, 0);
  MUST(text != nullptr && std::strcmp(text, "text") == 0);
  _free_dbg(text, use);
}

void debug_aligned_blocks(Random& random) {
  std::size_t size = random.between(40, random.one_in(16) ? 100'000 : 600);
  std::size_t alignment = std::size_t{8} << random.below(10);
  std::size_t offset = random.below(40);
  auto at = [&](const void* block) { return (reinterpret_cast<std::uintptr_t>(block) + offset) % alignment; };

  auto* block = as_bytes(_aligned_offset_malloc_dbg(size, alignment, offset, __FILE__, __LINE__));
  MUST(block != nullptr && at(block) == 0 && _aligned_msize_dbg(block, alignment, offset) == size);
  std::memset(block, 1, size);
  std::size_t larger = size + random.below(2000);
  block = as_bytes(_aligned_offset_recalloc_dbg(block, larger, 1, alignment, offset, nullptr, 0));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, 1) && is_filled(block + size, larger - size, 0));
  block = as_bytes(_aligned_offset_realloc_dbg(block, size, alignment, offset, nullptr, 0));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, 1));
  _aligned_free_dbg(block);

  offset = 0;
  block = as_bytes(_aligned_malloc_dbg(size, alignment, nullptr, 0));
  MUST(block != nullptr && at(block) == 0);
  std::memset(block, 1, size);
  block = as_bytes(_aligned_realloc_dbg(block, larger, alignment, nullptr, 0));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, 1));
  block = as_bytes(_aligned_recalloc_dbg(block, larger, 2, alignment, nullptr, 0));
  MUST(block != nullptr && at(block) == 0 && is_filled(block + larger, larger, 0));
  _aligned_free_dbg(block);
}

void debug_states(Random& random) {
  _CrtSetReportHook(swallow);
  _CrtMemState before;
  _CrtMemState after;
  _CrtMemState difference;
  _CrtMemCheckpoint(&before);
  void* block = _malloc_dbg(10, _CLIENT_BLOCK, nullptr, 0);
  _CrtMemCheckpoint(&after);
  _CrtMemDifference(&difference, &before, &after); // other threads' blocks come and go
  void* seen = nullptr;
  _CrtDoForAllClientObjects(look, &seen);
  MUST(seen != nullptr);
  if (random.one_in(16)) {
    MUST(_CrtDumpMemoryLeaks() == 1);
    MUST(_CrtCheckMemory() == 1);
    _CrtMemDumpAllObjectsSince(nullptr);
    _CrtMemDumpStatistics(&after);
  }
  _free_dbg(block, _CLIENT_BLOCK);
}

void debug_settings(Random&) {
  MUST(_CrtSetDbgFlag(_CRTDBG_REPORT_FLAG) == *__p__crtDbgFlag());
  MUST(_CrtSetBreakAlloc(-1) == -1 && __p__crtBreakAlloc() != nullptr);
  _CrtSetAllocHook(allow);
  MUST(_CrtGetAllocHook() == allow);
  _CrtSetDumpClient(dump);
  MUST(_CrtGetDumpClient() == dump);
}

void debug_reports(Random&) {
  _CrtSetReportHook(swallow);
  MUST(_CrtGetReportHook() == swallow);
  MUST(_CrtSetReportHook2(_CRT_RPTHOOK_INSTALL, swallow) > 0);
  MUST(_CrtDbgReport(_CRT_WARN, __FILE__, __LINE__, nullptr, "%d", 1) == 0);
  MUST(_CrtSetReportHook2(_CRT_RPTHOOK_REMOVE, swallow) >= 0);
  MUST(_CrtSetReportMode(_CRT_WARN, _CRTDBG_REPORT_MODE) == _CRTDBG_MODE_DEBUG);
  MUST(_CrtSetReportFile(_CRT_WARN, _CRTDBG_REPORT_FILE) == _CRTDBG_INVALID_HFILE);
}

} // namespace stress
