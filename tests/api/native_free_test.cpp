// NtFreeVirtualMemory.
// Rules: V110 V112 C5 C6 C7 C29 N2
#include "native_calls.h"

namespace apitest {
namespace {

TEST(NtFree, V110_C5_a_decommit_gives_the_rounded_range) {
  Region region = committed(8);
  Range range = {region.page(3) - 1, 2};

  EXPECT_STATUS(kSuccess, free(range, MEM_DECOMMIT));

  EXPECT_EQ(range.base, region.page(2));
  EXPECT_EQ(range.size, 0x2000u);
  EXPECT_MAP(region, "C2rw R2 C4rw");
}

TEST(NtFree, C5_a_decommit_of_size_0_gives_the_page_and_size_0) {
  Region region = committed(8);
  Range range = {region.base() + 0x123, 0};

  EXPECT_STATUS(kSuccess, free(range, MEM_DECOMMIT));

  EXPECT_EQ(range.base, region.base());
  EXPECT_EQ(range.size, 0u);
  EXPECT_MAP(region, "R8");
}

TEST(NtFree, V110_a_release_gives_base_and_size_of_the_allocation) {
  Region region = committed(8);
  Range range = {region.base() + 0x123, 0};

  EXPECT_STATUS(kSuccess, free(range, MEM_RELEASE));

  EXPECT_EQ(range.base, region.base());
  EXPECT_EQ(range.size, 0x8000u);
  EXPECT_MAP(region, "F8");
  region.forget();
}

TEST(NtFree, V110_failure_leaves_base_and_size_untouched) {
  Region region = committed(4);
  Range range = {region.base() + 0x1123, 0};

  EXPECT_STATUS(kFreeNotAtBase, free(range, MEM_RELEASE));

  EXPECT_EQ(range.base, region.base() + 0x1123);
  EXPECT_EQ(range.size, 0u);
}

TEST(NtFree, N2_arguments_inside_the_freed_memory_give_no_half_success) {
  for (ULONG type : {MEM_DECOMMIT, MEM_RELEASE}) {
    Region region = committed(2);
    auto* range = reinterpret_cast<Range*>(region.page(1));
    *range = {region.base(), 0};

    // They can be read and written when the call begins, and not any more when it ends.
    const NTSTATUS answer = free(*range, type);

    EXPECT_MAP(region, answer < 0 ? "C2rw" : type == MEM_DECOMMIT ? "R2" : "F2");
    if (ask(region.base()).State == MEM_FREE) {
      region.forget();
    }
  }
}

TEST(NtFree, V112_past_the_end) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);
  Range decommit = {r + 0xF000, 0x2000};
  Range release = {r + 0xF000, 0x2000};

  EXPECT_STATUS(kUnableToFree, free(decommit, MEM_DECOMMIT));
  EXPECT_STATUS(kUnableToFree, free(release, MEM_RELEASE));

  EXPECT_MAP(region, "C16rw");
}

TEST(NtFree, C6_a_release_over_a_hole) {
  Region region = reserve(48);
  Range hole = {region.page(16), 0x10000};
  EXPECT_STATUS(kSuccess, free(hole, MEM_RELEASE));
  Region upper(region.page(32), 16);

  Range over = {region.base(), 48 * kPage};
  EXPECT_STATUS(kUnableToFree, free(over, MEM_RELEASE));

  EXPECT_MAP(region, "R16 F16 R16");
}

TEST(NtFree, V112_C5_an_inner_base_with_size_0) {
  Region region = committed(4);
  Range release = {region.page(1), 0};
  Range decommit = {region.page(1), 0};

  EXPECT_STATUS(kFreeNotAtBase, free(release, MEM_RELEASE));
  EXPECT_STATUS(kFreeNotAtBase, free(decommit, MEM_DECOMMIT));

  EXPECT_MAP(region, "C4rw");
}

TEST(NtFree, V112_C6_nothing_there) {
  char* r = free_range(0x10000);
  Range release = {r, 0};
  Range sized = {r, kPage};
  Range decommit = {r, kPage};

  EXPECT_STATUS(kNotAllocated, free(release, MEM_RELEASE));
  EXPECT_STATUS(kNotAllocated, free(sized, MEM_RELEASE));
  EXPECT_STATUS(kNotAllocated, free(decommit, MEM_DECOMMIT));
}

TEST(NtFree, V112_C7_a_view) {
  static int of_this_module = 1;
  Range release = {ask(&of_this_module).AllocationBase, 0};
  Range decommit = {ask(&of_this_module).AllocationBase, kPage};

  EXPECT_STATUS(kUnableToDeleteSection, free(release, MEM_RELEASE));
  EXPECT_STATUS(kUnableToDeleteSection, free(decommit, MEM_DECOMMIT));
}

TEST(NtFree, V112_C7_a_bad_type_is_parameter_4) {
  Region region = committed(1);

  for (ULONG type : {0x0, 0x1000, 0x10000, 0xC000, 0x40000000}) {
    Range range = {region.base(), 0};
    EXPECT_STATUS(kInvalidParameter4, free(range, type)) << std::hex << type;
  }
  EXPECT_MAP(region, "C1rw");
}

TEST(NtFree, C29_null_process_is_an_invalid_handle) {
  Region region = committed(1);
  PVOID base = region.base();
  SIZE_T size = 0;

  EXPECT_STATUS(kInvalidHandle, nt::free(nullptr, &base, &size, MEM_RELEASE));
}

TEST(NtFree, V110_base_and_size_that_cannot_be_written_are_an_access_violation) {
  Region region = committed(1);
  PVOID base = region.base();
  SIZE_T size = 0;

  EXPECT_STATUS(kAccessViolation, nt::free(GetCurrentProcess(), nullptr, &size, MEM_RELEASE));
  EXPECT_STATUS(kAccessViolation, nt::free(GetCurrentProcess(), &base, nullptr, MEM_RELEASE));

  EXPECT_MAP(region, "C1rw");
}

} // namespace
} // namespace apitest
