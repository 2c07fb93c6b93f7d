// What mingw-w64's msvcrt lacks: _recalloc, newer functions for aligned blocks, the handlers of <new.h>.
// Rules: H134, H138 to H144
#include "crt_test_support.h"

#include <malloc.h>
#include <new.h>
#include <thread>

namespace apitest {
namespace {

TEST(CrtRecalloc, H134_recalloc_zeroes_what_is_added) {
  auto* block = static_cast<char*>(_recalloc(nullptr, 10, 10));
  EXPECT_TRUE(is_filled(block, 100, 0));
  std::memset(block, 1, 100);

  block = static_cast<char*>(_recalloc(block, 50, 10));

  EXPECT_EQ(_msize(block), 500u);
  EXPECT_TRUE(is_filled(block, 100, 1));
  EXPECT_TRUE(is_filled(block + 100, 400, 0));
  std::free(block);
}

TEST(CrtRecalloc, H134_recalloc_zeroes_what_was_used_before_a_shrink) {
  auto* block = static_cast<char*>(std::malloc(100));
  std::memset(block, 1, 100);
  block = static_cast<char*>(_recalloc(block, 1, 90));

  block = static_cast<char*>(_recalloc(block, 1, 100));

  EXPECT_TRUE(is_filled(block, 90, 1));
  EXPECT_TRUE(is_filled(block + 90, 10, 0));
  std::free(block);
}

TEST(CrtRecalloc, H134_recalloc_of_an_overflowing_product_keeps_the_block) {
  void* block = std::malloc(70);
  EXPECT_ERRNO(ENOMEM, _recalloc(laundered(block), laundered(SIZE_T{1} << 33), SIZE_T{1} << 33) == nullptr);
  EXPECT_EQ(_msize(block), 70u);
  EXPECT_EQ(_recalloc(laundered(block), 0, 8), nullptr);
  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
}

TEST(CrtRecalloc, H140_the_size_is_exact) {
  for (SIZE_T size : {SIZE_T{0}, SIZE_T{1}, SIZE_T{100}, SIZE_T{40'000}, SIZE_T{3'000'000}}) {
    for (SIZE_T alignment : {SIZE_T{8}, SIZE_T{64}, SIZE_T{65536}}) {
      void* block = _aligned_malloc(size, alignment);
      EXPECT_EQ(_aligned_msize(block, alignment, 0), size);
      _aligned_free(block);
    }
  }
  void* block = _aligned_offset_malloc(77, 32, 9);
  EXPECT_EQ(_aligned_msize(block, 32, 9), 77u);
  _aligned_free(block);
}

TEST(CrtRecalloc, H140_what_is_no_aligned_block_has_no_size) {
  Listener listener;
  void* plain = std::malloc(100);
  int on_the_stack[8] = {};
  EXPECT_ERRNO(EINVAL, _aligned_msize(nullptr, 16, 0) == kHuge);
  EXPECT_ERRNO(EINVAL, _aligned_msize(plain, 16, 0) == kHuge);
  EXPECT_ERRNO(EINVAL, _aligned_msize(static_cast<char*>(plain) + 16, 16, 0) == kHuge);
  EXPECT_ERRNO(EINVAL, _aligned_msize(on_the_stack + 4, 16, 0) == kHuge);
  EXPECT_EQ(listener.calls(), 4);
  std::free(plain);
}

TEST(CrtRecalloc, H141_what_is_added_is_zero) {
  for (SIZE_T larger : {SIZE_T{110}, SIZE_T{9'000}, SIZE_T{2'000'000}}) {
    void* used = std::malloc(larger + 64);
    std::memset(used, 0xEE, larger + 64);
    std::free(used);
    auto* block = static_cast<char*>(_aligned_recalloc(nullptr, 10, 10, 64));
    EXPECT_TRUE(is_filled(block, 100, 0));
    std::memset(block, 1, 100);

    block = static_cast<char*>(_aligned_recalloc(block, larger, 1, 64));

    EXPECT_EQ(number(block) % 64, 0u);
    EXPECT_TRUE(is_filled(block, 100, 1));
    EXPECT_TRUE(is_filled(block + 100, larger - 100, 0));
    EXPECT_EQ(_aligned_msize(block, 64, 0), larger);
    _aligned_free(block);
  }
}

TEST(CrtRecalloc, H141_an_overflowing_product_keeps_the_block) {
  void* block = _aligned_offset_recalloc(nullptr, 10, 10, 64, 3);
  EXPECT_EQ((number(block) + 3) % 64, 0u);
  EXPECT_ERRNO(ENOMEM, _aligned_recalloc(block, laundered(SIZE_T{1} << 33), SIZE_T{1} << 33, 64) == nullptr);
  EXPECT_EQ(_aligned_msize(block, 64, 3), 100u);
  EXPECT_EQ(_aligned_offset_recalloc(block, 0, 10, 64, 3), nullptr);
}

TEST(CrtRecalloc, H141_another_alignment_or_offset_is_invalid) {
  Listener listener;
  void* block = _aligned_malloc(100, 16);
  SIZE_T not_met = 32;
  while (number(block) % not_met == 0) {
    not_met *= 2;
  }
  EXPECT_ERRNO(EINVAL, _aligned_realloc(block, 200, not_met) == nullptr);
  EXPECT_ERRNO(EINVAL, _aligned_offset_realloc(block, 200, 16, 5) == nullptr);
  EXPECT_EQ(listener.calls(), 2);
  EXPECT_EQ(_aligned_msize(block, 16, 0), 100u);
  _aligned_free(block);
}

TEST(CrtRecalloc, H142_an_aligned_block_is_none_of_mallocs) {
  for (SIZE_T alignment : {8, 64, 65536, 1 << 22}) {
    void* block = _aligned_malloc(100, alignment);
    EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
    EXPECT_ERROR(ERROR_INVALID_PARAMETER, HeapFree(GetProcessHeap(), 0, block));
    EXPECT_ERRNO(EINVAL, _msize(block) == kHuge);
    _aligned_free(block);
  }
}

TEST(CrtRecalloc, H143_the_handler_of_the_thread_goes_first) {
  Listener listener;
  static int heard_here;
  heard_here = 0;
  auto hear = [](const wchar_t* expression, const wchar_t* function, const wchar_t* file, unsigned line, uintptr_t) {
    heard_here += expression == nullptr && function == nullptr && file == nullptr && line == 0 ? 1 : 100;
  };
  EXPECT_NE(_get_invalid_parameter_handler(), nullptr);
  EXPECT_EQ(_set_thread_local_invalid_parameter_handler(hear), nullptr);

  EXPECT_ERRNO(EINVAL, _msize(nullptr) == kHuge);
  std::thread([] { _msize(nullptr); }).join();

  EXPECT_EQ(heard_here, 1);
  EXPECT_EQ(listener.calls(), 1);
  EXPECT_NE(_set_thread_local_invalid_parameter_handler(nullptr), nullptr);
}

TEST(CrtRecalloc, H143_without_a_handler_the_error_is_returned) {
  EXPECT_EQ(_get_invalid_parameter_handler(), nullptr);
  EXPECT_ERRNO(EINVAL, _aligned_malloc(1, 3) == nullptr);
}

int asked;
int say_no(size_t) {
  ++asked;
  return 0;
}
int say_yes_twice(size_t) { return ++asked <= 2 ? 1 : 0; }

class NewHandler : public testing::Test {
protected:
  void SetUp() override { asked = 0; }
  void TearDown() override {
    _set_new_handler(nullptr);
    _set_new_mode(0);
  }
};

TEST_F(NewHandler, H144_modes_are_0_and_1) {
  Listener listener;
  EXPECT_EQ(_query_new_mode(), 0);
  EXPECT_EQ(_set_new_mode(1), 0);
  EXPECT_EQ(_query_new_mode(), 1);
  EXPECT_ERRNO(EINVAL, _set_new_mode(2) == -1);
  EXPECT_ERRNO(EINVAL, _set_new_mode(-1) == -1);
  EXPECT_EQ(_set_new_mode(0), 1);
  EXPECT_EQ(listener.calls(), 2);
}

TEST_F(NewHandler, H144_the_handler_before_is_returned) {
  EXPECT_EQ(_query_new_handler(), nullptr);
  EXPECT_EQ(_callnewh(10), 0);
  EXPECT_EQ(_set_new_handler(say_no), nullptr);
  EXPECT_EQ(_set_new_handler(say_yes_twice), say_no);
  EXPECT_EQ(_query_new_handler(), say_yes_twice);
  EXPECT_NE(_callnewh(10), 0);
}

TEST_F(NewHandler, H144_malloc_asks_it_in_mode_1_only) {
  _set_new_handler(say_no);
  EXPECT_EQ(std::malloc(laundered(SIZE_T{1} << 47)), nullptr);
  EXPECT_EQ(asked, 0);

  _set_new_mode(1);
  EXPECT_ERRNO(ENOMEM, std::malloc(laundered(SIZE_T{1} << 47)) == nullptr);
  EXPECT_EQ(asked, 1);

  _set_new_handler(say_yes_twice);
  asked = 0;
  void* block = std::malloc(8);
  EXPECT_ERRNO(ENOMEM, std::realloc(laundered(block), laundered(SIZE_T{1} << 47)) == nullptr);
  EXPECT_EQ(asked, 3);
  asked = 0;
  EXPECT_ERRNO(ENOMEM, _aligned_malloc(laundered(SIZE_T{1} << 47), 64) == nullptr);
  EXPECT_EQ(asked, 3);
  std::free(block);
}

TEST_F(NewHandler, H144_a_size_above_HEAP_MAXREQ_asks_nobody) {
  _set_new_handler(say_yes_twice);
  _set_new_mode(1);
  EXPECT_ERRNO(ENOMEM, std::malloc(laundered(kHuge)) == nullptr);
  EXPECT_EQ(asked, 0);
}

TEST_F(NewHandler, H144_operator_new_asks_it_and_throws) {
  _set_new_handler(say_yes_twice);
  EXPECT_THROW(static_cast<void>(::operator new(laundered(SIZE_T{1} << 47))), std::bad_alloc);
  EXPECT_EQ(asked, 3);
  asked = 0;
  EXPECT_EQ(::operator new(laundered(SIZE_T{1} << 47), std::nothrow), nullptr);
  EXPECT_EQ(asked, 3);
}

} // namespace
} // namespace apitest
