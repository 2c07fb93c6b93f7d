// Every name of libwinmem-malloc.so, as POSIX, glibc and C++ have it.
// Rules: H130, H131, H133
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <memory>
#include <new>
#include <string>
#include <windows.h>

namespace {

constexpr std::size_t kImpossible = std::size_t{1} << 47;

template <typename T> T hidden(T value) {
  volatile T kept = value;
  return kept;
}

bool is_block(const void* block, std::size_t size) { return HeapSize(GetProcessHeap(), 0, block) == size; }
std::size_t number(const void* block) { return reinterpret_cast<std::size_t>(block); }

// Before main, in the order of constructors, malloc works.
const std::unique_ptr<std::string> made_before_main = std::make_unique<std::string>(1000, 'b');

TEST(Family, H130_it_works_before_main) {
  EXPECT_EQ(*made_before_main, std::string(1000, 'b'));
  EXPECT_TRUE(is_block(made_before_main.get(), sizeof(std::string)));
}

TEST(Family, H130_libcs_own_blocks_are_of_the_process_heap) {
  char* copy = strdup("forty-two");
  EXPECT_TRUE(is_block(copy, 10));
  std::free(copy);
  char* line = nullptr;
  EXPECT_EQ(asprintf(&line, "%d", 12345), 5);
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, line));
  std::free(line);
}

TEST(Family, aligned_blocks_are_freed_and_reallocated_like_others) {
  for (std::size_t alignment = 8; alignment <= 1 << 21; alignment *= 2) {
    for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5000}, std::size_t{3'000'000}}) {
      void* block = nullptr;
      ASSERT_EQ(posix_memalign(&block, alignment, size), 0);
      EXPECT_EQ(number(block) % alignment, 0U);
      EXPECT_TRUE(is_block(block, size));
      block = std::realloc(block, size + 100);
      EXPECT_TRUE(is_block(block, size + 100));
      std::free(block);

      block = aligned_alloc(alignment, size);
      EXPECT_EQ(number(block) % alignment, 0U);
      std::free(block);
    }
  }
}

TEST(Family, posix_memalign_returns_its_error) {
  void* block = &block;
  errno = 77;
  EXPECT_EQ(posix_memalign(&block, 3, 10), EINVAL);
  EXPECT_EQ(posix_memalign(&block, 4, 10), EINVAL);
  EXPECT_EQ(posix_memalign(&block, 0, 10), EINVAL);
  EXPECT_EQ(posix_memalign(&block, 64, kImpossible), ENOMEM);
  EXPECT_EQ(block, static_cast<void*>(&block));
  EXPECT_EQ(errno, 77);
}

TEST(Family, memalign_rounds_its_alignment_up) {
  void* block = memalign(hidden(std::size_t{100}), 10);
  EXPECT_EQ(number(block) % 128, 0U);
  std::free(block);
  errno = 0;
  EXPECT_EQ(memalign(hidden(~std::size_t{0}), 10), nullptr);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(aligned_alloc(64, hidden(kImpossible)), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(Family, valloc_and_pvalloc_give_pages) {
  void* block = valloc(100);
  EXPECT_EQ(number(block) % 4096, 0U);
  EXPECT_TRUE(is_block(block, 100));
  std::free(block);
  block = pvalloc(100);
  EXPECT_EQ(number(block) % 4096, 0U);
  EXPECT_TRUE(is_block(block, 4096));
  std::free(block);
  errno = 0;
  EXPECT_EQ(pvalloc(hidden(~std::size_t{0})), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}

TEST(Family, all_of_the_usable_size_is_usable) {
  for (std::size_t size : {0, 1, 24, 1000, 100'000, 3'000'000}) {
    void* block = std::malloc(size);
    EXPECT_GE(malloc_usable_size(block), size);
    std::memset(block, 1, malloc_usable_size(block));
    std::free(block);
  }
  EXPECT_EQ(malloc_usable_size(nullptr), 0U);
}

TEST(Family, reallocarray_looks_at_the_product) {
  void* block = reallocarray(nullptr, 10, 10);
  EXPECT_TRUE(is_block(block, 100));
  errno = 0;
  EXPECT_EQ(reallocarray(block, hidden(std::size_t{1} << 33), std::size_t{1} << 33), nullptr);
  EXPECT_EQ(errno, ENOMEM);
  EXPECT_TRUE(is_block(block, 100));
  std::free(block);
}

TEST(Family, trimming_gives_memory_back) {
  constexpr int kBlocks = 200;
  void* blocks[kBlocks];
  for (void*& block : blocks) {
    block = std::malloc(100'000);
    std::memset(block, 1, 100'000);
  }
  for (void* block : blocks) {
    std::free(block);
  }
  HEAP_SUMMARY summary{};
  summary.cb = sizeof summary;
  malloc_trim(0);
  ASSERT_TRUE(HeapSummary(GetProcessHeap(), 0, &summary));
  EXPECT_LT(summary.cbCommitted, std::size_t{kBlocks} * 100'000);
}

// ---- C++ ----

struct alignas(512) Wide {
  char bytes[512];
};

TEST(Family, every_form_of_new_and_delete) {
  auto size = hidden(std::size_t{100});
  auto alignment = std::align_val_t{256};
  ::operator delete(::operator new(size));
  ::operator delete(::operator new(size), size);
  ::operator delete(::operator new(size, std::nothrow), std::nothrow);
  ::operator delete[](::operator new[](size));
  ::operator delete[](::operator new[](size), size);
  ::operator delete[](::operator new[](size, std::nothrow), std::nothrow);
  for (int form = 0; form < 3; ++form) {
    void* one = form == 0 ? ::operator new(size, alignment, std::nothrow) : ::operator new(size, alignment);
    void* array = form == 0 ? ::operator new[](size, alignment, std::nothrow) : ::operator new[](size, alignment);
    EXPECT_EQ(number(one) % 256, 0U);
    EXPECT_EQ(number(array) % 256, 0U);
    EXPECT_TRUE(is_block(one, size));
    if (form == 0) {
      ::operator delete(one, alignment, std::nothrow);
      ::operator delete[](array, alignment, std::nothrow);
    } else if (form == 1) {
      ::operator delete(one, alignment);
      ::operator delete[](array, alignment);
    } else {
      ::operator delete(one, size, alignment);
      ::operator delete[](array, size, alignment);
    }
  }
  EXPECT_EQ(number(std::make_unique<Wide>().get()) % 512, 0U);
  delete static_cast<Wide*>(nullptr);
}

TEST(Family, new_without_memory_is_bad_alloc_or_null) {
  EXPECT_THROW(static_cast<void>(::operator new(hidden(kImpossible))), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(::operator new(hidden(~std::size_t{0}))), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(::operator new (hidden(kImpossible), std::align_val_t{64})), std::bad_alloc);
  EXPECT_EQ(::operator new(hidden(kImpossible), std::nothrow), nullptr);
  EXPECT_EQ(::operator new (hidden(kImpossible), std::align_val_t{64}, std::nothrow), nullptr);
}

int calls;

TEST(Family, the_new_handler_is_called_until_it_gives_up) {
  calls = 0;
  std::set_new_handler([] {
    if (++calls == 3) {
      std::set_new_handler(nullptr);
    }
  });
  EXPECT_THROW(static_cast<void>(::operator new(hidden(kImpossible))), std::bad_alloc);
  EXPECT_EQ(calls, 3);
}

TEST(Family, a_new_handler_that_throws_is_not_felt_without_exceptions) {
  calls = 0;
  std::set_new_handler([] {
    ++calls;
    throw std::bad_alloc();
  });
  EXPECT_THROW(static_cast<void>(::operator new(hidden(kImpossible))), std::bad_alloc);
  EXPECT_EQ(::operator new(hidden(kImpossible), std::nothrow), nullptr);
  EXPECT_EQ(::operator new (hidden(kImpossible), std::align_val_t{64}, std::nothrow), nullptr);
  std::set_new_handler(nullptr);
  EXPECT_EQ(calls, 3);
}

} // namespace
