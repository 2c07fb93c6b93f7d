// IsBadReadPtr and its kin: what may be touched, asked without a crash.
// Rules: V64 V124 C35 N1
#include "expect.h"
#include "memory_map.h"

#include <cstring>
#include <memory>

namespace apitest {
namespace {

void protect(char* page, DWORD protection) {
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(page, kPage, protection, &old));
}

// The answer, of a call that leaves the last error alone.
template <typename Call> bool is_bad(Call call) {
  SetLastError(kNobodysError);
  BOOL answer = call();
  EXPECT_EQ(GetLastError(), kNobodysError);
  return answer != FALSE;
}
#define IS_BAD(...) is_bad([&] { return __VA_ARGS__; })

TEST(IsBadPtr, V124_C35_no_bytes_are_never_bad) {
  for (std::uintptr_t any : {std::uintptr_t{0}, std::uintptr_t{1}, kHighestUser, ~std::uintptr_t{0}}) {
    EXPECT_FALSE(IS_BAD(IsBadReadPtr(at(any), 0)));
    EXPECT_FALSE(IS_BAD(IsBadWritePtr(at(any), 0)));
    EXPECT_FALSE(IS_BAD(IsBadHugeReadPtr(at(any), 0)));
    EXPECT_FALSE(IS_BAD(IsBadHugeWritePtr(at(any), 0)));
    EXPECT_FALSE(IS_BAD(IsBadStringPtrA(at(any), 0)));
    EXPECT_FALSE(IS_BAD(IsBadStringPtrW(reinterpret_cast<const WCHAR*>(any), 0)));
  }
}

TEST(IsBadPtr, V124_null_and_what_wraps_are_bad) {
  for (std::uintptr_t bad : {std::uintptr_t{0}, std::uintptr_t{0xFFF}, kHighestUser + 1, ~std::uintptr_t{0}}) {
    EXPECT_TRUE(IS_BAD(IsBadReadPtr(at(bad), 1)));
    EXPECT_TRUE(IS_BAD(IsBadWritePtr(at(bad), 1)));
  }
  char here = 0;
  EXPECT_TRUE(IS_BAD(IsBadReadPtr(&here, ~std::uintptr_t{0})));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(&here, ~number(&here) + 10)));
  EXPECT_TRUE(IS_BAD(IsBadCodePtr(nullptr)));
  EXPECT_TRUE(IS_BAD(IsBadStringPtrA(nullptr, 1)));
  EXPECT_TRUE(IS_BAD(IsBadStringPtrW(nullptr, 1)));
}

TEST(IsBadPtr, V124_each_page_counts) {
  Region region = committed(8);
  protect(region.page(2), PAGE_READONLY);
  protect(region.page(3), PAGE_EXECUTE_READ);
  protect(region.page(5), PAGE_NOACCESS);
  ASSERT_TRUE(VirtualFree(region.page(7), kPage, MEM_DECOMMIT));

  EXPECT_FALSE(IS_BAD(IsBadReadPtr(region.base(), 5 * kPage)));
  EXPECT_TRUE(IS_BAD(IsBadReadPtr(region.base(), 5 * kPage + 1)));
  EXPECT_TRUE(IS_BAD(IsBadReadPtr(region.page(5), 1)));
  EXPECT_FALSE(IS_BAD(IsBadReadPtr(region.page(7) - 1, 1)));
  EXPECT_TRUE(IS_BAD(IsBadReadPtr(region.page(7) - 1, 2)));
  EXPECT_FALSE(IS_BAD(IsBadWritePtr(region.base(), 2 * kPage)));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.base(), 2 * kPage + 1)));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.page(3), 1)));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.page(5), 1)));
  EXPECT_FALSE(IS_BAD(IsBadHugeReadPtr(region.page(2), kPage)));
  EXPECT_TRUE(IS_BAD(IsBadHugeWritePtr(region.page(2), kPage)));
}

TEST(IsBadPtr, V124_what_is_tested_stays_as_it_is) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  EXPECT_FALSE(IS_BAD(IsBadWritePtr(region.base(), 4 * kPage)));
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
  EXPECT_MAP(region, "C4rw");
}

TEST(IsBadPtr, V124_the_stack_static_data_and_the_heap_are_fine) {
  static char data[3 * kPage] = {1};
  auto heap = std::make_unique<char[]>(10 * kPage);
  char stack[64] = "text";

  for (char* fine : {data, heap.get()}) {
    EXPECT_FALSE(IS_BAD(IsBadReadPtr(fine, 2 * kPage)));
    EXPECT_FALSE(IS_BAD(IsBadWritePtr(fine, 2 * kPage)));
  }
  EXPECT_FALSE(IS_BAD(IsBadReadPtr(stack, sizeof stack)));
  EXPECT_FALSE(IS_BAD(IsBadWritePtr(stack, sizeof stack)));
  EXPECT_STREQ(stack, "text");
  EXPECT_EQ(data[0], 1);
}

TEST(IsBadPtr, V124_code_can_be_read_and_not_written) {
  FARPROC code = GetProcAddress(GetModuleHandleA("kernel32"), "VirtualAlloc");

  EXPECT_FALSE(IS_BAD(IsBadCodePtr(code)));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(reinterpret_cast<void*>(code), 1)));
  Region region = committed(1);
  EXPECT_FALSE(IS_BAD(IsBadCodePtr(reinterpret_cast<FARPROC>(region.base())))); // only read access is tested
}

TEST(IsBadPtr, V64_a_guard_page_is_bad_once) {
  Region region = committed(6);
  protect(region.page(1), PAGE_READWRITE | PAGE_GUARD);
  protect(region.page(2), PAGE_READWRITE | PAGE_GUARD);
  protect(region.page(4), PAGE_READWRITE | PAGE_GUARD);

  EXPECT_TRUE(IS_BAD(IsBadReadPtr(region.base(), 6 * kPage)));
  EXPECT_MAP(region, "C2rw C1rw+g C1rw C1rw+g C1rw"); // the test ended there
  EXPECT_TRUE(IS_BAD(IsBadReadPtr(region.page(2), 1)));
  EXPECT_FALSE(IS_BAD(IsBadReadPtr(region.page(2), 1)));
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.page(4), 1)));
  EXPECT_FALSE(IS_BAD(IsBadWritePtr(region.page(4), 1)));

  EXPECT_MAP(region, "C6rw");
}

TEST(IsBadPtr, V64_what_is_under_a_guard_still_counts) {
  Region region = committed(1, PAGE_READONLY);
  protect(region.base(), PAGE_READONLY | PAGE_GUARD);

  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.base(), 1)));
  EXPECT_MAP(region, "C1ro");
  EXPECT_TRUE(IS_BAD(IsBadWritePtr(region.base(), 1)));
  EXPECT_FALSE(IS_BAD(IsBadReadPtr(region.base(), 1)));
}

TEST(IsBadPtr, V124_a_string_is_read_up_to_its_end) {
  Region region = committed(2);
  protect(region.page(1), PAGE_NOACCESS);
  char* text = region.page(1) - 6;
  std::memcpy(text, "hello", 6);

  EXPECT_FALSE(IS_BAD(IsBadStringPtrA(text, 1000)));
  text[5] = '!';
  EXPECT_TRUE(IS_BAD(IsBadStringPtrA(text, 1000)));
  EXPECT_TRUE(IS_BAD(IsBadStringPtrA(text, 7)));
  EXPECT_FALSE(IS_BAD(IsBadStringPtrA(text, 6)));
  EXPECT_TRUE(IS_BAD(IsBadStringPtrA(region.page(1), 1)));
  EXPECT_FALSE(IS_BAD(IsBadStringPtrA("a literal", ~std::uintptr_t{0})));
}

TEST(IsBadPtr, V124_a_wide_string_is_read_up_to_its_end) {
  Region region = committed(2);
  protect(region.page(1), PAGE_NOACCESS);
  constexpr std::size_t kLetters = 300;
  auto* text = reinterpret_cast<WCHAR*>(region.page(1)) - kLetters;
  for (std::size_t i = 0; i < kLetters; ++i) {
    text[i] = i + 1 < kLetters ? L'\x100' : L'\0'; // its low byte is zero
  }

  EXPECT_FALSE(IS_BAD(IsBadStringPtrW(text, 1000)));
  text[kLetters - 1] = L'x';
  EXPECT_TRUE(IS_BAD(IsBadStringPtrW(text, 1000)));
  EXPECT_TRUE(IS_BAD(IsBadStringPtrW(text, kLetters + 1)));
  EXPECT_FALSE(IS_BAD(IsBadStringPtrW(text, kLetters)));
  EXPECT_FALSE(IS_BAD(IsBadStringPtrW(L"a literal", 1000)));
}

} // namespace
} // namespace apitest
