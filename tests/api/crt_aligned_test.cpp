// Blocks with an alignment, as Microsoft's C library has them.
// Rules: H138 to H142, C46
#include "crt_test_support.h"

#include <malloc.h>

namespace apitest {
namespace {

TEST(CrtAligned, H138_every_alignment_is_met_and_all_of_the_block_is_usable) {
  for (SIZE_T alignment = 1; alignment <= SIZE_T{1} << 20; alignment *= 2) {
    for (SIZE_T size : {SIZE_T{1}, SIZE_T{100}, SIZE_T{4096}, SIZE_T{70'000}, SIZE_T{2'000'000}}) {
      auto* block = static_cast<char*>(_aligned_malloc(size, alignment));
      ASSERT_NE(block, nullptr) << size << " at " << alignment;
      EXPECT_EQ(number(block) % (alignment < 8 ? 8 : alignment), 0u) << size << " at " << alignment;
      std::memset(block, 'a', size);
      _aligned_free(block);
    }
  }
}

TEST(CrtAligned, H138_other_alignments_are_invalid) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _aligned_malloc(10, 3) == nullptr);
  EXPECT_ERRNO(EINVAL, _aligned_malloc(10, 24) == nullptr);
  EXPECT_ERRNO(EINVAL, _aligned_malloc(10, kHuge) == nullptr);
  EXPECT_EQ(listener.calls(), 3);
}

TEST(CrtAligned, H138_C46_nothing_and_no_alignment_are_accepted) {
  void* empty = _aligned_malloc(0, 32);
  void* plain = _aligned_malloc(10, 0);
  EXPECT_NE(empty, nullptr);
  EXPECT_NE(plain, nullptr);
  _aligned_free(empty);
  _aligned_free(plain);
}

TEST(CrtAligned, H138_sizes_that_wrap_are_ENOMEM) {
  for (SIZE_T size : {kHuge, kHuge - 16, kHuge - 100, SIZE_T{1} << 47}) {
    EXPECT_ERRNO(ENOMEM, _aligned_malloc(laundered(size), 16) == nullptr) << size;
    EXPECT_ERRNO(ENOMEM, _aligned_malloc(laundered(size), 65536) == nullptr) << size;
  }
}

TEST(CrtAligned, H139_the_offset_is_aligned_instead) {
  for (SIZE_T alignment : {SIZE_T{8}, SIZE_T{16}, SIZE_T{256}, SIZE_T{65536}}) {
    for (SIZE_T offset : {SIZE_T{0}, SIZE_T{1}, SIZE_T{5}, SIZE_T{16}, SIZE_T{99}}) {
      auto* block = static_cast<char*>(_aligned_offset_malloc(100, alignment, offset));
      ASSERT_NE(block, nullptr);
      EXPECT_EQ((number(block) + offset) % alignment, 0u) << alignment << " " << offset;
      std::memset(block, 'o', 100);
      _aligned_free(block);
    }
  }
}

TEST(CrtAligned, H139_an_offset_behind_the_block_is_invalid) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _aligned_offset_malloc(100, 16, 100) == nullptr);
  EXPECT_ERRNO(EINVAL, _aligned_offset_malloc(100, 16, 5000) == nullptr);
  EXPECT_EQ(listener.calls(), 2);
}

TEST(CrtAligned, H141_contents_are_kept_and_the_alignment_too) {
  auto* block = static_cast<char*>(_aligned_realloc(nullptr, 50, 128));
  std::memset(block, 'r', 50);
  for (SIZE_T size : {SIZE_T{60}, SIZE_T{5'000}, SIZE_T{300'000}, SIZE_T{4'000'000}, SIZE_T{50}}) {
    block = static_cast<char*>(_aligned_realloc(block, size, 128));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(number(block) % 128, 0u);
    EXPECT_TRUE(is_filled(block, 50, 'r')) << size;
    std::memset(block + 50, 'x', size - 50);
  }
  _aligned_free(block);
}

TEST(CrtAligned, H141_an_offset_is_kept_too) {
  auto* block = static_cast<char*>(_aligned_offset_malloc(50, 64, 7));
  std::memset(block, 'r', 50);

  block = static_cast<char*>(_aligned_offset_realloc(block, 50'000, 64, 7));

  EXPECT_EQ((number(block) + 7) % 64, 0u);
  EXPECT_TRUE(is_filled(block, 50, 'r'));
  _aligned_free(block);
}

TEST(CrtAligned, H141_to_nothing_frees) {
  EXPECT_EQ(_aligned_realloc(_aligned_malloc(10, 16), 0, 16), nullptr);
  EXPECT_EQ(_aligned_offset_realloc(_aligned_malloc(10, 16), 0, 16, 0), nullptr);
}

TEST(CrtAligned, H141_failure_keeps_the_block) {
  auto* block = static_cast<char*>(_aligned_malloc(50, 64));
  std::memset(block, 'f', 50);

  EXPECT_ERRNO(ENOMEM, _aligned_realloc(block, laundered(kHuge - 100), 64) == nullptr);
  EXPECT_ERRNO(ENOMEM, _aligned_realloc(block, laundered(SIZE_T{1} << 47), 64) == nullptr);

  EXPECT_TRUE(is_filled(block, 50, 'f'));
  _aligned_free(block);
}

TEST(CrtAligned, H142_null_is_nothing_to_free) { EXPECT_ERRNO(kNobodysErrno, (_aligned_free(nullptr), true)); }

} // namespace
} // namespace apitest
