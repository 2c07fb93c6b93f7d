// NtProtectVirtualMemory and NtQueryVirtualMemory.
// Rules: V110 V113 V114 C11 C29
#include "native_calls.h"

namespace apitest {
namespace {

TEST(NtProtect, V110_success_gives_the_rounded_range) {
  Region region = committed(4);
  Range range = {region.page(2) - 1, 2};
  ULONG old = 0;

  EXPECT_STATUS(kSuccess, protect(range, PAGE_READONLY, &old));

  EXPECT_EQ(range.base, region.page(1));
  EXPECT_EQ(range.size, 0x2000u);
  EXPECT_EQ(old, 0x04u);
}

TEST(NtProtect, V110_failure_leaves_base_and_size_untouched) {
  Region region = reserve(4);
  Range range = {region.page(2) - 1, 2};
  ULONG old = 0;

  EXPECT_STATUS(kNotCommitted, protect(range, PAGE_READONLY, &old));

  EXPECT_EQ(range.base, region.page(2) - 1);
  EXPECT_EQ(range.size, 2u);
}

TEST(NtProtect, V113_C11_null_old_is_an_access_violation) {
  Region region = committed(1);
  Range range = {region.base(), kPage};

  EXPECT_STATUS(kAccessViolation, protect(range, PAGE_READONLY, nullptr));

  EXPECT_MAP(region, "C1rw");
}

TEST(NtProtect, V113_C11_not_committed) {
  Region region = reserve(2);
  region.commit(0, 1);
  Range range = {region.base(), 2 * kPage};
  ULONG old = 0;

  EXPECT_STATUS(kNotCommitted, protect(range, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C1rw R1");
}

TEST(NtProtect, V113_not_one_allocation_is_a_conflict) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.second.commit(0, 16);
  Range range = {pair.first.page(15), 2 * kPage};
  ULONG old = 0;

  EXPECT_STATUS(kConflictingAddresses, protect(range, PAGE_READONLY, &old));

  EXPECT_PICTURE(pair.first.base(), 32, "C16rw|C16rw");
}

TEST(NtProtect, V113_bad_protection) {
  Region region = committed(1);
  Range range = {region.base(), kPage};
  ULONG old = 0;

  for (ULONG bad : {0x0, 0x3, 0x100, 0x1004}) {
    EXPECT_STATUS(kInvalidPageProtection, protect(range, bad, &old));
  }
}

TEST(NtProtect, C29_null_process_is_an_invalid_handle) {
  Region region = committed(1);
  PVOID base = region.base();
  SIZE_T size = kPage;
  ULONG old = 0;

  EXPECT_STATUS(kInvalidHandle, nt::protect(nullptr, &base, &size, PAGE_READONLY, &old));
}

TEST(NtQuery, V114_basic_information_has_48_bytes) {
  Region region = reserve(2);
  MEMORY_BASIC_INFORMATION info = {};
  SIZE_T returned = 0;

  EXPECT_STATUS(kSuccess, nt::query(GetCurrentProcess(), region.page(1), 0, &info, 48, &returned));

  EXPECT_EQ(returned, 48u);
  EXPECT_EQ(info.BaseAddress, region.page(1));
  EXPECT_EQ(info.AllocationBase, region.base());
}

TEST(NtQuery, V114_the_length_pointer_may_be_null) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_STATUS(kSuccess, nt::query(GetCurrentProcess(), nullptr, 0, &info, sizeof info, nullptr));
}

TEST(NtQuery, V114_a_short_buffer_is_a_length_mismatch) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_STATUS(kInfoLengthMismatch, nt::query(GetCurrentProcess(), nullptr, 0, &info, 47, nullptr));
  EXPECT_STATUS(kInfoLengthMismatch, nt::query(GetCurrentProcess(), nullptr, 0, &info, 0, nullptr));
}

TEST(NtQuery, V114_an_unknown_class_is_invalid) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_STATUS(kInvalidInfoClass, nt::query(GetCurrentProcess(), nullptr, 1000, &info, sizeof info, nullptr));
  EXPECT_STATUS(kInvalidInfoClass, nt::query(GetCurrentProcess(), nullptr, -1, &info, sizeof info, nullptr));
}

TEST(NtQuery, V114_above_user_space_is_an_invalid_parameter) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_STATUS(kInvalidParameter, nt::query(GetCurrentProcess(), at(0x7FFFFFFF0000), 0, &info, sizeof info, nullptr));
}

TEST(NtQuery, V114_C29_null_process_is_an_invalid_handle) {
  MEMORY_BASIC_INFORMATION info = {};

  EXPECT_STATUS(kInvalidHandle, nt::query(nullptr, nullptr, 0, &info, sizeof info, nullptr));
}

TEST(NtQuery, V114_an_unwritable_buffer_is_an_access_violation) {
  EXPECT_STATUS(kAccessViolation, nt::query(GetCurrentProcess(), nullptr, 0, nullptr, 48, nullptr));
}

} // namespace
} // namespace apitest
