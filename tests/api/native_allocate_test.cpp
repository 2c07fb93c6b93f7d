// NtAllocateVirtualMemory.
// Rules: V110 V111 C1 C9 C29
#include "native_calls.h"

namespace apitest {
namespace {

TEST(NtAllocate, V110_a_reserve_gives_base_and_rounded_size) {
  Range range = {nullptr, 0x1234};

  EXPECT_STATUS(kSuccess, allocate(range, MEM_RESERVE));

  Region region(range.base, 2);
  EXPECT_EQ(number(range.base) % 0x10000, 0u);
  EXPECT_EQ(range.size, 0x2000u);
  EXPECT_MAP(region, "R2");
}

TEST(NtAllocate, V110_C1_a_reserve_at_an_address_rounds_to_granule_and_page) {
  char* r = free_range(0x20000);
  Range range = {r + 0x1234, 0x2000};

  EXPECT_STATUS(kSuccess, allocate(range, MEM_RESERVE));

  Region region(range.base, 4);
  EXPECT_EQ(range.base, r);
  EXPECT_EQ(range.size, 0x4000u);
}

TEST(NtAllocate, V110_a_commit_rounds_to_pages) {
  Region region = reserve(16);
  Range range = {region.page(3) - 1, 2};

  EXPECT_STATUS(kSuccess, allocate(range, MEM_COMMIT));

  EXPECT_EQ(range.base, region.page(2));
  EXPECT_EQ(range.size, 0x2000u);
}

TEST(NtAllocate, V110_failure_leaves_base_and_size_untouched) {
  Region region = reserve(16);
  Range range = {region.base() + 0x123, 0x20001};

  EXPECT_STATUS(kConflictingAddresses, allocate(range, MEM_RESERVE));

  EXPECT_EQ(range.base, region.base() + 0x123);
  EXPECT_EQ(range.size, 0x20001u);
}

TEST(NtAllocate, V110_base_and_size_that_cannot_be_written_are_an_access_violation) {
  Range range = {nullptr, kPage};
  Region reserved = reserve(1);

  EXPECT_STATUS(kAccessViolation,
                nt::allocate(GetCurrentProcess(), nullptr, 0, &range.size, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_STATUS(kAccessViolation,
                nt::allocate(GetCurrentProcess(), &range.base, 0, nullptr, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_STATUS(kAccessViolation, nt::allocate(GetCurrentProcess(), reinterpret_cast<PVOID*>(reserved.base()), 0,
                                               &range.size, MEM_RESERVE, PAGE_READWRITE));
}

TEST(NtAllocate, V111_bad_protection) {
  Range range = {nullptr, kPage};

  for (ULONG bad : {0x0, 0x3, 0x8, 0x80, 0x100, 0x1004}) {
    EXPECT_STATUS(kInvalidPageProtection, allocate(range, MEM_RESERVE | MEM_COMMIT, bad));
  }
}

TEST(NtAllocate, V111_C29_null_process_is_an_invalid_handle) {
  Range range = {nullptr, kPage};

  EXPECT_STATUS(kInvalidHandle, nt::allocate(nullptr, &range.base, 0, &range.size, MEM_RESERVE, PAGE_READWRITE));
}

TEST(NtAllocate, V111_overlap_is_a_conflict) {
  Region region = reserve(16);
  Range range = {region.base(), kPage};

  EXPECT_STATUS(kConflictingAddresses, allocate(range, MEM_RESERVE));
}

TEST(NtAllocate, V111_C9_zero_bits_up_to_15_limit_the_number_of_address_bits) {
  for (ULONG_PTR zero_bits : {1, 2, 4, 6}) {
    Range range = {nullptr, kGranule};
    EXPECT_STATUS(kSuccess, allocate(range, MEM_RESERVE, PAGE_READWRITE, zero_bits)) << zero_bits;
    Region region(range.base, 16);
    EXPECT_LT(number(region.end()) - 1, std::uintptr_t{1} << (32 - zero_bits)) << zero_bits;
  }
}

TEST(NtAllocate, V111_C9_zero_bits_21_never_fit) {
  Range range = {nullptr, kGranule};

  EXPECT_STATUS(kNoMemory, allocate(range, MEM_RESERVE, PAGE_READWRITE, 21));
}

TEST(NtAllocate, V111_C9_zero_bits_that_leave_no_granule_never_fit) {
  for (ULONG_PTR zero_bits : {16, 17, 20}) {
    Range range = {nullptr, kGranule};
    EXPECT_STATUS(kNoMemory, allocate(range, MEM_RESERVE, PAGE_READWRITE, zero_bits)) << zero_bits;
  }
}

TEST(NtAllocate, V111_C9_zero_bits_22_to_31_are_invalid) {
  for (ULONG_PTR zero_bits = 22; zero_bits < 32; ++zero_bits) {
    Range range = {nullptr, kGranule};
    unsigned seen = status(allocate(range, MEM_RESERVE, PAGE_READWRITE, zero_bits));
    EXPECT_TRUE(seen == kInvalidParameter3 || seen == kInvalidParameter) << zero_bits << ": " << std::hex << seen;
    EXPECT_EQ(range.base, nullptr);
  }
}

TEST(NtAllocate, V111_C9_zero_bits_from_32_on_are_a_mask_of_which_the_leading_zeros_count) {
  struct Row {
    ULONG_PTR mask;
    std::uintptr_t below;
  };
  constexpr Row kRows[] = {
      {0x7FFFFFFF, 0x80000000},     {0x40000000, 0x80000000},     {0x40000001, 0x80000000},
      {0x3FFFFFFF, 0x40000000},     {0xFFFFFFFF, 0x100000000},    {0x80000000, 0x100000000},
      {0x1FFFFFFFFF, 0x2000000000}, {0x1000000000, 0x2000000000}, {0x7FFFFFFFFFFF, 0x800000000000}};
  for (const Row& row : kRows) {
    Range range = {nullptr, kGranule};
    SCOPED_TRACE(::testing::Message() << "mask " << std::hex << row.mask);
    EXPECT_STATUS(kSuccess, allocate(range, MEM_RESERVE, PAGE_READWRITE, row.mask));
    Region region(range.base, 16);
    EXPECT_LE(number(region.end()), row.below);
  }
}

TEST(NtAllocate, C9_a_mask_without_leading_zeros_sets_no_limit) {
  for (ULONG_PTR mask : {~ULONG_PTR{0}, ULONG_PTR{0x8000000000000000}}) {
    Range range = {nullptr, kGranule};
    EXPECT_STATUS(kSuccess, allocate(range, MEM_RESERVE, PAGE_READWRITE, mask)) << std::hex << mask;
    Region region(range.base, 16);
  }
}

TEST(NtAllocate, C9_an_explicit_base_that_the_zero_bits_exclude_is_refused) {
  Range range = {at(0x300001234), kGranule};

  unsigned seen = status(allocate(range, MEM_RESERVE, PAGE_READWRITE, 1));

  EXPECT_TRUE(seen >= 0xC0000000) << std::hex << seen;
  EXPECT_NE(seen, kConflictingAddresses);
  EXPECT_EQ(range.base, at(0x300001234));
}

} // namespace
} // namespace apitest
