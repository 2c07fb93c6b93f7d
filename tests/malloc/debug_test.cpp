// WINMEM_HEAP=debug: the line about a mistake says who allocated and who freed the block, and writes behind blocks of
// the process heap are seen. Run with that variable.
#include "ended.h"

#define _DEBUG
#include <crtdbg.h>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <oleauto.h>
#include <regex>
#include <thread>
#include <unistd.h>
#include <windows.h>

// Names that the dynamic linker knows.
extern "C" {
[[gnu::noinline]] char* allocate_here(std::size_t size) {
  char* volatile block = static_cast<char*>(std::malloc(size));
  return block;
}
[[gnu::noinline]] void free_here(void* block) {
  std::free(block);
  __asm__ volatile(""); // so that the call is no jump
}
[[gnu::noinline]] void* grow_here(void* block, std::size_t size) {
  void* volatile grown = std::realloc(block, size);
  return grown;
}
[[gnu::noinline]] char* new_here(std::size_t size) {
  char* volatile block = static_cast<char*>(::operator new(size));
  return block;
}
[[gnu::noinline]] void* heap_alloc_here(HANDLE heap, std::size_t size) {
  void* volatile block = HeapAlloc(heap, 0, size);
  return block;
}
[[gnu::noinline]] BOOL heap_free_here(HANDLE heap, void* block) {
  volatile BOOL freed = HeapFree(heap, 0, block);
  return freed;
}
[[gnu::noinline]] void* global_alloc_here(std::size_t size) {
  void* volatile block = GlobalAlloc(GMEM_FIXED, size);
  return block;
}

enum class Maker {
  aligned_malloc,
  aligned_offset_malloc,
  aligned_realloc,
  aligned_offset_realloc,
  aligned_recalloc,
  aligned_offset_recalloc,
  recalloc,
  expand,
  pvalloc,
  malloc_dbg,
  calloc_dbg,
  realloc_dbg,
  recalloc_dbg,
  strdup_dbg,
  aligned_malloc_dbg,
  aligned_realloc_dbg,
  aligned_recalloc_dbg,
  alloc_string,
  alloc_string_of_length,
  alloc_string_of_bytes,
  realloc_string,
  realloc_string_of_length,
};
[[gnu::noinline]] void* make_here(Maker maker) {
  void* volatile made = nullptr;
  BSTR text = nullptr;
  switch (maker) {
  case Maker::aligned_malloc:
    made = _aligned_malloc(100, 64);
    break;
  case Maker::aligned_offset_malloc:
    made = _aligned_offset_malloc(100, 64, 8);
    break;
  case Maker::aligned_realloc:
    made = _aligned_realloc(nullptr, 100, 64);
    break;
  case Maker::aligned_offset_realloc:
    made = _aligned_offset_realloc(nullptr, 100, 64, 8);
    break;
  case Maker::aligned_recalloc:
    made = _aligned_recalloc(nullptr, 10, 10, 64);
    break;
  case Maker::aligned_offset_recalloc:
    made = _aligned_offset_recalloc(nullptr, 10, 10, 64, 8);
    break;
  case Maker::recalloc:
    made = _recalloc(std::malloc(8), 10, 10);
    break;
  case Maker::expand:
    made = std::malloc(500);
    made = _expand(made, 490);
    break;
  case Maker::pvalloc:
    made = pvalloc(100);
    break;
  case Maker::malloc_dbg:
    made = _malloc_dbg(100, _NORMAL_BLOCK, nullptr, 0);
    break;
  case Maker::calloc_dbg:
    made = _calloc_dbg(10, 10, _NORMAL_BLOCK, nullptr, 0);
    break;
  case Maker::realloc_dbg:
    made = _realloc_dbg(nullptr, 100, _NORMAL_BLOCK, nullptr, 0);
    break;
  case Maker::recalloc_dbg:
    made = _recalloc_dbg(nullptr, 10, 10, _NORMAL_BLOCK, nullptr, 0);
    break;
  case Maker::strdup_dbg:
    made = _strdup_dbg("a text", _NORMAL_BLOCK, nullptr, 0);
    break;
  case Maker::aligned_malloc_dbg:
    made = _aligned_malloc_dbg(100, 64, nullptr, 0);
    break;
  case Maker::aligned_realloc_dbg:
    made = _aligned_realloc_dbg(nullptr, 100, 64, nullptr, 0);
    break;
  case Maker::aligned_recalloc_dbg:
    made = _aligned_recalloc_dbg(nullptr, 10, 10, 64, nullptr, 0);
    break;
  case Maker::alloc_string:
    made = SysAllocString(L"a text");
    break;
  case Maker::alloc_string_of_length:
    made = SysAllocStringLen(L"a text", 4);
    break;
  case Maker::alloc_string_of_bytes:
    made = SysAllocStringByteLen("a text", 4);
    break;
  case Maker::realloc_string:
    SysReAllocString(&text, L"a text");
    made = text;
    break;
  case Maker::realloc_string_of_length:
    SysReAllocStringLen(&text, L"a text", 4);
    made = text;
    break;
  }
  return made;
}
[[gnu::noinline]] void free_string_here(BSTR text) {
  SysFreeString(text);
  __asm__ volatile("");
}
[[gnu::noinline]] void aligned_free_here(void* block) {
  _aligned_free(block);
  __asm__ volatile("");
}
}

namespace malloctest {
namespace {

constexpr const char* kPlace = "\\+0x[0-9a-f]+ \\(malloc_debug_tests\\+0x[0-9a-f]+\\) in thread ";

std::string by(const char* what, const char* function) { return std::string(", ") + what + " by " + function + kPlace; }

template <typename Code> void expect_report(const std::string& pattern, Code code) {
  Ended ended = run_apart(code);
  EXPECT_EQ(ended.signal, SIGABRT) << ended.said;
  EXPECT_TRUE(std::regex_search(ended.said, std::regex(pattern))) << "said: " << ended.said;
}

TEST(Debug, a_double_free_says_who_allocated_and_who_freed) {
  expect_report("double free.*" + by("allocated", "allocate_here") + "[0-9]+" + by("freed", "free_here") + "[0-9]+;",
                [] {
                  char* block = allocate_here(100);
                  free_here(block);
                  std::free(block);
                });
}

TEST(Debug, the_threads_are_told) {
  expect_report("allocated by [^,]* in thread ([0-9]+), freed by [^;]* in thread (?!\\1)[0-9]+;", [] {
    char* block = allocate_here(100);
    std::thread([&] { free_here(block); }).join();
    std::free(block);
  });
}

TEST(Debug, a_pointer_into_a_block_says_who_allocated_that) {
  for (std::size_t size : {std::size_t{100}, std::size_t{100'000}, std::size_t{3'000'000}}) {
    expect_report("inside a live block.*" + by("allocated", "allocate_here") + "[0-9]+;",
                  [&] { std::free(allocate_here(size) + 16); });
  }
}

TEST(Debug, a_block_that_grew_says_who_let_it_grow) {
  expect_report("double free.*" + by("allocated", "grow_here"), [] {
    void* block = grow_here(allocate_here(100), 5000);
    free_here(block);
    free_here(block);
  });
}

TEST(Debug, operator_new_HeapAlloc_and_GlobalAlloc_say_who_called_them) {
  expect_report(by("allocated", "new_here"), [] { std::free(new_here(100) + 16); });
  expect_report(by("allocated", "heap_alloc_here") + "[0-9]+" + by("freed", "heap_free_here"), [] {
    void* block = heap_alloc_here(GetProcessHeap(), 100);
    heap_free_here(GetProcessHeap(), block);
    heap_free_here(GetProcessHeap(), block);
  });
  expect_report(by("allocated", "heap_alloc_here"), [] {
    HANDLE heap = HeapCreate(0, 0, 0);
    HeapFree(GetProcessHeap(), 0, heap_alloc_here(heap, 100));
  });
  expect_report(by("allocated", "global_alloc_here"),
                [] { std::free(static_cast<char*>(global_alloc_here(100)) + 16); });
}

TEST(Debug, all_that_make_blocks_say_who_called_them) {
  for (int maker = 0; maker <= static_cast<int>(Maker::realloc_string_of_length); ++maker) {
    SCOPED_TRACE(maker);
    expect_report(by("allocated", "make_here") + "[0-9]+;", [maker] {
      auto* inside = static_cast<char*>(make_here(static_cast<Maker>(maker))) + 3;
      HeapFree(GetProcessHeap(), 0, inside);
    });
  }
}

TEST(Debug, all_that_free_blocks_say_who_called_them) {
  expect_report(by("allocated", "make_here") + "[0-9]+" + by("freed", "free_string_here"), [] {
    auto text = static_cast<BSTR>(make_here(Maker::alloc_string));
    free_string_here(text);
    HeapFree(GetProcessHeap(), 0, reinterpret_cast<char*>(text) - 8);
  });
  expect_report(by("allocated", "make_here") + "[0-9]+" + by("freed", "aligned_free_here"), [] {
    void* block = make_here(Maker::aligned_malloc);
    aligned_free_here(block);
    HeapFree(GetProcessHeap(), 0, static_cast<char*>(block) - 3);
  });
}

TEST(Debug, H67_one_byte_behind_a_block_of_the_process_heap_is_seen_by_HeapValidate_and_at_the_free) {
  HANDLE heap = GetProcessHeap();
  for (std::size_t size = 1; size < 28'000; size += 1 + size / 3) {
    if (size % 16 == 0) {
      continue; // the next block may begin there
    }
    char* block = allocate_here(size);
    char kept = block[size];
    block[size] = static_cast<char>(kept + 1);
    EXPECT_FALSE(HeapValidate(heap, 0, block)) << size;
    EXPECT_FALSE(HeapValidate(heap, 0, nullptr)) << size;
    expect_report("something written behind its end.*" + by("allocated", "allocate_here"), [&] { std::free(block); });
    expect_report("something written behind its end", [&] { static_cast<void>(grow_here(block, size + 1)); });
    block[size] = kept;
    EXPECT_TRUE(HeapValidate(heap, 0, nullptr)) << size;
    std::free(block);
  }
}

TEST(Debug, more_blocks_than_are_remembered_are_served) {
  constexpr std::size_t kMany = 600'000;
  auto** blocks = static_cast<char**>(std::calloc(kMany, sizeof(char*)));
  for (std::size_t i = 0; i < kMany; ++i) {
    blocks[i] = allocate_here(20);
    ASSERT_NE(blocks[i], nullptr);
  }
  expect_report(by("allocated", "allocate_here"), [&] { std::free(blocks[kMany - 1] + 1); });
  expect_report("inside a live block", [&] { std::free(blocks[0] + 1); });
  for (std::size_t i = 0; i < kMany; ++i) {
    std::free(blocks[i]);
  }
  std::free(blocks);
}

} // namespace
} // namespace malloctest
