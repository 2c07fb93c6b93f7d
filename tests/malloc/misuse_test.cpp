// free, realloc and their like on what is no live block: one line that says what the pointer is, then SIGABRT.
// Rules: H142, and H61's mistakes as malloc meets them
#include "ended.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <regex>
#include <sys/mman.h>
#include <thread>
#include <windows.h>

namespace malloctest {
namespace {

template <typename T> T hidden(T value) {
  volatile T kept = value;
  return kept;
}
char* number_as_pointer(std::uintptr_t value) { return reinterpret_cast<char*>(hidden(value)); }

char* some(std::size_t size) {
  auto* block = static_cast<char*>(std::malloc(size));
  std::memset(block, 'x', size);
  return hidden(block);
}

// What glibc's free would take for the header of a block of 64 bytes.
char* with_forged_header(void* memory) {
  auto* words = static_cast<std::uint64_t*>(memory);
  words[0] = 0;
  words[1] = 0x51;
  words[11] = 0x51;
  return reinterpret_cast<char*>(words + 2);
}

alignas(16) std::uint64_t static_words[32];

#define EXPECT_REPORT(what, ...)                                                                                       \
  do {                                                                                                                 \
    Ended ended = run_apart([&] { __VA_ARGS__; });                                                                     \
    EXPECT_EQ(ended.signal, SIGABRT) << #__VA_ARGS__ << "\n" << ended.said;                                            \
    EXPECT_TRUE(std::regex_match(ended.said, std::regex("winmem: \\w+\\(0x[0-9a-f]+\\): [^\n]*" what "[^\n]*; .*\n"))) \
        << "said: " << ended.said;                                                                                     \
  } while (false)

// ---- freed twice ----

TEST(Misuse, a_second_free_at_once) {
  EXPECT_REPORT("double free.*, (64|80) bytes at most, of the process heap", char* block = some(64); std::free(block);
                std::free(block));
}

TEST(Misuse, a_second_free_later) {
  EXPECT_REPORT("double free", char* block = some(64); char* others[50]; for (char*& other
                                                                              : others) other = some(64);
                std::free(block); for (char* other
                                       : others) std::free(other);
                std::free(block));
}

TEST(Misuse, a_second_free_by_another_thread) {
  EXPECT_REPORT("double free", char* block = some(64); std::free(block); std::thread([&] { std::free(block); }).join());
}

TEST(Misuse, a_second_free_after_the_first_threads_end) {
  EXPECT_REPORT("(double free|memory that is no block)", char* block = some(64);
                std::thread([&] { std::free(block); }).join(); std::free(block));
}

TEST(Misuse, a_second_free_of_a_block_of_some_granules) {
  EXPECT_REPORT("(double free|memory that is no block)", char* block = some(200'000); std::free(block);
                std::free(block));
}

TEST(Misuse, a_second_free_of_a_large_block) {
  EXPECT_REPORT("(double free|not mapped)", char* block = some(8'000'000); std::free(block); std::free(block));
}

TEST(Misuse, a_second_free_of_a_large_block_that_went_back) {
  EXPECT_REPORT("not mapped: freed before as a large block", char* block = some(300'000'000); std::free(block);
                malloc_trim(0); std::free(block));
}

TEST(Misuse, a_second_free_of_an_aligned_block) {
  EXPECT_REPORT("double free", void* block = aligned_alloc(256, 512); std::free(hidden(block));
                std::free(hidden(block)));
}

TEST(Misuse, a_stale_free_of_a_range_that_is_something_else_by_now) {
  EXPECT_REPORT("memory of VirtualAlloc", char* block = some(300'000'000); std::free(block); malloc_trim(0);
                auto base = reinterpret_cast<std::uintptr_t>(block) & ~std::uintptr_t{0xFFFF};
                if (VirtualAlloc(number_as_pointer(base), 0x100000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) ==
                    nullptr) _exit(1);
                std::free(block));
}

// ---- not the start of a block ----

TEST(Misuse, inside_a_small_block) {
  EXPECT_REPORT("inside a live block.*, 100 bytes at 0x[0-9a-f]+, 16 bytes before", char* block = some(100);
                std::free(block + 16));
}

TEST(Misuse, one_byte_off) { EXPECT_REPORT("inside a live block", char* block = some(100); std::free(block + 1)); }

TEST(Misuse, inside_a_large_block) {
  EXPECT_REPORT("inside a live block.*, 8000000 bytes", char* block = some(8'000'000); std::free(block + 4'000'000));
}

TEST(Misuse, inside_a_freed_block) {
  EXPECT_REPORT("inside a block that was freed", char* block = some(100); std::free(block); std::free(block + 16));
}

// ---- never a block ----

TEST(Misuse, on_the_stack) { EXPECT_REPORT("on this thread's stack", char local[64]; std::free(hidden(&local[0]))); }

TEST(Misuse, on_the_stack_with_a_forged_header) {
  EXPECT_REPORT("on this thread's stack", alignas(16) std::uint64_t words[32] = {};
                std::free(with_forged_header(words)));
}

TEST(Misuse, on_the_stack_of_a_thread) {
  EXPECT_REPORT("on this thread's stack", std::thread([] {
                                            char local[64];
                                            std::free(hidden(&local[0]));
                                          }).join());
}

TEST(Misuse, static_data) { EXPECT_REPORT("static data", std::free(hidden(static_words))); }

TEST(Misuse, static_data_with_a_forged_header) {
  EXPECT_REPORT("static data", std::free(with_forged_header(static_words)));
}

TEST(Misuse, a_text_literal) {
  const char* literal = hidden("text");
  EXPECT_REPORT("static data", std::free(const_cast<char*>(literal)));
}

void* foreign_mapping() { return mmap(nullptr, 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

TEST(Misuse, a_foreign_mapping) {
  EXPECT_REPORT("memory that winmem did not allocate", std::free(hidden(foreign_mapping())));
}

TEST(Misuse, a_foreign_mapping_with_a_forged_header) {
  EXPECT_REPORT("memory that winmem did not allocate", std::free(with_forged_header(foreign_mapping())));
}

TEST(Misuse, wild_numbers) {
  for (std::uintptr_t wild : {std::uintptr_t{8}, std::uintptr_t{0x123450}, std::uintptr_t{0x7FFFFFFFFFF0},
                              std::uintptr_t{0x8000000000000000}, ~std::uintptr_t{0}}) {
    EXPECT_REPORT("not mapped", std::free(number_as_pointer(wild)));
  }
}

TEST(Misuse, pages_of_VirtualAlloc) {
  EXPECT_REPORT("memory of VirtualAlloc, 65536 bytes",
                std::free(VirtualAlloc(nullptr, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)));
}

TEST(Misuse, a_block_of_another_heap) {
  EXPECT_REPORT("a live block of another heap, 50 bytes, of the heap 0x",
                std::free(HeapAlloc(HeapCreate(0, 0, 0), 0, 50)));
  EXPECT_REPORT("a live block of another heap, 50 bytes, of the heap 0x",
                std::free(HeapAlloc(HeapCreate(0, 0, 0x100000), 0, 50)));
}

TEST(Misuse, a_heaps_handle) { EXPECT_REPORT("a heap's handle", std::free(GetProcessHeap())); }

TEST(Misuse, H142_an_aligned_block_of_microsofts_library) {
  EXPECT_REPORT("a live block of _aligned_malloc", std::free(_aligned_malloc(100, 64)));
  EXPECT_REPORT("a live block, not from _aligned_malloc", _aligned_free(some(100)));
  EXPECT_REPORT("freed before", void* block = _aligned_malloc(100, 64); _aligned_free(block); _aligned_free(block));
}

// ---- realloc and its like ----

TEST(Misuse, realloc_of_a_freed_block) {
  EXPECT_REPORT("double free", char* block = some(64); std::free(block);
                static_cast<void>(hidden(std::realloc(block, 100))));
}

TEST(Misuse, realloc_of_the_inside_of_a_block) {
  EXPECT_REPORT("inside a live block", char* block = some(64);
                static_cast<void>(hidden(std::realloc(block + 16, 100))));
}

TEST(Misuse, the_function_is_named) {
  Ended ended = run_apart([] { static_cast<void>(_recalloc(hidden(static_words), 1, 5)); });
  EXPECT_EQ(ended.said.find("winmem: _recalloc(0x"), 0U) << ended.said;
  ended = run_apart([] { static_cast<void>(hidden(std::realloc(hidden(static_words), 0))); });
  EXPECT_EQ(ended.said.find("winmem: realloc(0x"), 0U) << ended.said;
  ended = run_apart([] { static_cast<void>(malloc_usable_size(hidden(static_words))); });
  EXPECT_EQ(ended.said.find("winmem: malloc_usable_size(0x"), 0U) << ended.said;
}

bool is_strict() {
  const char* mode = std::getenv("WINMEM_HEAP");
  return mode != nullptr && *mode != 0; // debug ones are strict, too
}

TEST(Misuse, H61_HeapFree_and_HeapReAlloc_fail) {
  if (is_strict()) {
    GTEST_SKIP() << "not where WINMEM_HEAP says so";
  }
  Ended ended = run_apart([] {
    bool failed = !HeapFree(GetProcessHeap(), 0, hidden(static_words)) && GetLastError() == ERROR_INVALID_PARAMETER;
    _exit(failed ? 5 : 6);
  });
  EXPECT_EQ(ended.status, 5);
  EXPECT_EQ(ended.said, "");
}

TEST(Misuse, HeapFree_and_HeapReAlloc_report_where_heaps_are_strict) {
  if (!is_strict()) {
    GTEST_SKIP() << "only where WINMEM_HEAP says so";
  }
  EXPECT_REPORT("static data", HeapFree(GetProcessHeap(), 0, hidden(static_words)));
  EXPECT_REPORT("static data", HeapReAlloc(GetProcessHeap(), 0, hidden(static_words), 10));
  EXPECT_REPORT("inside a live block", HeapFree(GetProcessHeap(), 0, some(100) + 16));
  EXPECT_REPORT("a live block of another heap", HeapFree(HeapCreate(0, 0, 0), 0, some(100)));
}

TEST(Misuse, a_handler_of_SIGABRT_is_called_as_by_abort) {
  Ended ended = run_apart([] {
    std::signal(SIGABRT, [](int) { _exit(7); });
    std::free(hidden(static_words));
  });
  EXPECT_EQ(ended.status, 7);
}

} // namespace
} // namespace malloctest
