// VirtualFree and VirtualFreeEx.
// Rules: V30 V31 V32 V33 V34 V35 V36 V37 V38 V39 C5 C6 C7 N2
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

namespace apitest {
namespace {

TEST(VirtualFree, V30_C7_the_type_is_decommit_or_release_and_nothing_else) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);

  for (DWORD type : {0x0, 0x1000, 0x2000, 0x10000, 0xC000, 0x9000, 0x5000, 0x80000, 0x18000}) {
    SCOPED_TRACE(::testing::Message() << std::hex << type);
    EXPECT_ERROR(87, VirtualFree(region.base(), 0, type));
    EXPECT_ERROR(87, VirtualFree(region.base(), 0x1000, type));
  }

  EXPECT_MAP(region, "C4rw");
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(VirtualFree, V30_every_other_single_type_bit_is_invalid) {
  Region region = committed(1);

  for (int bit = 0; bit < 32; ++bit) {
    DWORD type = DWORD{1} << bit;
    if (type != 0x4000 && type != 0x8000) {
      SCOPED_TRACE(::testing::Message() << "type bit " << bit);
      EXPECT_ERROR(87, VirtualFree(region.base(), 0, type));
      EXPECT_ERROR(87, VirtualFree(region.base(), 0, type | MEM_DECOMMIT));
      if (type > 2) { // 1 and 2 are placeholder bits beside MEM_RELEASE.
        EXPECT_ERROR(87, VirtualFree(region.base(), 0, type | MEM_RELEASE));
      }
    }
  }
  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualFree, V31_release_with_a_size_is_invalid) {
  Region region = reserve(16);

  EXPECT_ERROR(87, VirtualFree(region.base(), 0x10000, MEM_RELEASE));
  EXPECT_ERROR(87, VirtualFree(region.base(), 0x1000, MEM_RELEASE));
  EXPECT_ERROR(87, VirtualFree(region.base(), 1, MEM_RELEASE));

  EXPECT_MAP(region, "R16");
}

TEST(VirtualFree, V32_C29_null_process_is_an_invalid_handle) {
  Region region = committed(1);

  EXPECT_ERROR(6, VirtualFreeEx(nullptr, region.base(), 0, MEM_RELEASE));
  EXPECT_ERROR(6, VirtualFreeEx(nullptr, region.base(), 0x1000, MEM_DECOMMIT));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualFree, V32_free_of_free_memory_is_an_invalid_address) {
  char* r = free_range(0x20000);

  EXPECT_ERROR(487, VirtualFree(r, 0, MEM_RELEASE));
  EXPECT_ERROR(487, VirtualFree(r + 0x1000, 0, MEM_RELEASE));
  EXPECT_ERROR(487, VirtualFree(r, 0x1000, MEM_DECOMMIT));
  EXPECT_ERROR(487, VirtualFree(r, 0, MEM_DECOMMIT));
}

TEST(VirtualFree, V32_free_of_null_is_an_invalid_address) {
  EXPECT_ERROR(487, VirtualFree(nullptr, 0, MEM_RELEASE));
  EXPECT_ERROR(487, VirtualFree(nullptr, 0x1000, MEM_DECOMMIT));
}

TEST(VirtualFree, V32_a_second_release_is_an_invalid_address) {
  Region region = committed(4);
  char* base = region.base();
  region.release();

  EXPECT_ERROR(487, VirtualFree(base, 0, MEM_RELEASE));
  EXPECT_ERROR(487, VirtualFree(base, 0x1000, MEM_DECOMMIT));
}

TEST(VirtualFree, V33_release_takes_any_address_in_the_first_page) {
  Region region = reserve(4);

  EXPECT_OK(VirtualFree(region.base() + 0xFFF, 0, MEM_RELEASE));

  EXPECT_MAP(region, "F4");
  region.forget();
}

TEST(VirtualFree, V33_release_of_a_later_page_is_an_invalid_address) {
  Region region = committed(4);

  EXPECT_ERROR(487, VirtualFree(region.base() + 0x1000, 0, MEM_RELEASE));
  EXPECT_ERROR(487, VirtualFree(region.base() + 0x3FFF, 0, MEM_RELEASE));

  EXPECT_MAP(region, "C4rw");
}

TEST(VirtualFree, V34_release_frees_pages_of_every_state) {
  Region region = reserve(16);
  region.commit(0, 1, PAGE_READWRITE);
  region.commit(2, 1, PAGE_NOACCESS);
  region.commit(4, 1, PAGE_READONLY);
  region.commit(6, 1, PAGE_EXECUTE_READWRITE);
  region.fill(0, 1, 0x5A);
  region.fill(6, 1, 0x5A);

  EXPECT_OK(VirtualFree(region.base(), 0, MEM_RELEASE));

  EXPECT_MAP(region, "F16");
  EXPECT_FALSE(platform::can_read(region.page(0)));
  EXPECT_FALSE(platform::can_read(region.page(4)));
  EXPECT_FALSE(platform::can_read(region.page(6)));
  region.forget();
}

TEST(VirtualFree, V34_release_never_takes_the_neighbour) {
  Neighbours pair = touching_neighbours(16);
  pair.second.commit(0, 16);
  pair.second.fill(0, 16, 0x5A);

  pair.first.release();

  EXPECT_MAP(pair.second, "C16rw");
  EXPECT_TRUE(pages_hold(pair.second.base(), 16, 0x5A));
}

TEST(VirtualFree, V35_C5_decommit_of_size_0_takes_the_whole_allocation) {
  Region region = committed(16);

  EXPECT_OK(VirtualFree(region.base(), 0, MEM_DECOMMIT));

  EXPECT_MAP(region, "R16");
}

TEST(VirtualFree, V35_C5_decommit_of_size_0_takes_any_address_in_the_first_page) {
  Region region = committed(4);

  EXPECT_OK(VirtualFree(region.base() + 0xFFF, 0, MEM_DECOMMIT));

  EXPECT_MAP(region, "R4");
}

TEST(VirtualFree, V35_C5_decommit_of_size_0_elsewhere_is_an_invalid_address) {
  Region region = committed(4);

  EXPECT_ERROR(487, VirtualFree(region.base() + 0x1000, 0, MEM_DECOMMIT));

  EXPECT_MAP(region, "C4rw");
}

TEST(VirtualFree, V35_decommit_of_size_0_stays_in_its_allocation) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.second.commit(0, 16);

  EXPECT_OK(VirtualFree(pair.first.base(), 0, MEM_DECOMMIT));

  EXPECT_PICTURE(pair.first.base(), 32, "R16|C16rw");
}

TEST(VirtualFree, V36_decommit_rounds_outward_to_pages) {
  Region region = committed(8);

  EXPECT_OK(VirtualFree(region.page(3) - 1, 2, MEM_DECOMMIT));

  EXPECT_MAP(region, "C2rw R2 C4rw");
}

TEST(VirtualFree, V36_C5_decommit_of_reserved_pages_succeeds) {
  Region region = reserve(8);
  region.commit(3, 1);

  EXPECT_OK(VirtualFree(region.page(1), 0x5000, MEM_DECOMMIT));
  EXPECT_OK(VirtualFree(region.page(1), 0x5000, MEM_DECOMMIT));

  EXPECT_MAP(region, "R8");
}

TEST(VirtualFree, V36_N2_decommit_past_the_end_is_invalid_and_changes_nothing) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);
  region.fill(0, 16, 0x5A);

  EXPECT_ERROR(87, VirtualFree(r + 0xF000, 0x1001, MEM_DECOMMIT));
  EXPECT_ERROR(87, VirtualFree(r, 0x10001, MEM_DECOMMIT));

  EXPECT_MAP(region, "C16rw");
  EXPECT_TRUE(pages_hold(r, 16, 0x5A));
}

TEST(VirtualFree, V36_N2_decommit_over_two_allocations_changes_nothing) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.second.commit(0, 16);

  EXPECT_ERROR(87, VirtualFree(pair.first.page(15), 0x2000, MEM_DECOMMIT));

  EXPECT_PICTURE(pair.first.base(), 32, "C16rw|C16rw");
}

TEST(VirtualFree, V37_decommitted_pages_are_reserved_with_the_old_allocation_protection) {
  Region region = committed(4, PAGE_EXECUTE_READWRITE);

  EXPECT_OK(VirtualFree(region.page(1), 0x1000, MEM_DECOMMIT));

  MEMORY_BASIC_INFORMATION info = ask(region.page(1));
  EXPECT_EQ(info.State, 0x2000u);
  EXPECT_EQ(info.Protect, 0u);
  EXPECT_EQ(info.AllocationProtect, 0x40u);
  EXPECT_EQ(info.AllocationBase, region.base());
  EXPECT_EQ(info.Type, 0x20000u);
}

TEST(VirtualFree, V37_decommitted_pages_merge_with_never_committed_ones) {
  Region region = reserve(8);
  region.commit(2, 4, PAGE_READWRITE);

  EXPECT_OK(VirtualFree(region.page(2), 0x4000, MEM_DECOMMIT));

  EXPECT_MAP(region, "R8");
}

TEST(VirtualFree, V37_decommitted_pages_are_inaccessible) {
  Region region = committed(3);
  region.fill(0, 3, 0x5A);

  EXPECT_OK(VirtualFree(region.page(1), 0x1000, MEM_DECOMMIT));

  EXPECT_TRUE(platform::can_write(region.page(0)));
  EXPECT_FALSE(platform::can_read(region.page(1)));
  EXPECT_FALSE(platform::can_write(region.page(1)));
  EXPECT_TRUE(platform::can_write(region.page(2)));
}

TEST(VirtualFree, V37_decommit_of_read_only_and_no_access_pages_works) {
  Region region = reserve(6);
  region.commit(0, 2, PAGE_READONLY);
  region.commit(2, 2, PAGE_NOACCESS);
  region.commit(4, 2, PAGE_EXECUTE_READ);

  EXPECT_OK(VirtualFree(region.page(1), 0x4000, MEM_DECOMMIT));
  EXPECT_MAP(region, "C1ro R4 C1xr");

  region.commit(0, 6, PAGE_READWRITE);
  EXPECT_TRUE(pages_hold(region.base(), 6, 0));
}

TEST(VirtualFree, V38_C7_a_module_is_a_view_and_cannot_be_freed) {
  static int of_this_module = 1;
  char* base = static_cast<char*>(ask(&of_this_module).AllocationBase);
  ASSERT_NE(base, nullptr);
  DWORD type = ask(base).Type;
  EXPECT_EQ(type, 0x1000000u);

  EXPECT_ERROR(87, VirtualFree(base, 0, MEM_RELEASE));
  EXPECT_ERROR(87, VirtualFree(base, 0x1000, MEM_DECOMMIT));

  EXPECT_EQ(of_this_module, 1);
  EXPECT_EQ(ask(base).State, 0x1000u);
}

TEST(VirtualFree, V39_C6_the_native_release_of_inner_pages_splits_the_allocation) {
  Region region = committed(16, PAGE_READWRITE);
  region.fill(0, 16, 0x5A);
  PVOID base = region.page(4) + 0x10;
  SIZE_T size = 0x1800;

  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));

  EXPECT_EQ(base, region.page(4));
  EXPECT_EQ(size, 0x2000u);
  EXPECT_MAP(region, "C4rw F2 C10rw");
  EXPECT_EQ(ask(region.page(0)).AllocationBase, region.page(0));
  EXPECT_EQ(ask(region.page(6)).AllocationBase, region.page(6));
  EXPECT_TRUE(pages_hold(region.page(0), 4, 0x5A));
  EXPECT_TRUE(pages_hold(region.page(6), 10, 0x5A));
  EXPECT_OK(VirtualFree(region.page(6), 0, MEM_RELEASE));
  EXPECT_MAP(region, "C4rw F12");
}

TEST(VirtualFree, V39_C6_both_parts_of_a_split_allocation_stay_valid) {
  Region region = reserve(48, PAGE_READWRITE);
  PVOID base = region.page(16);
  SIZE_T size = 0x10000;
  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));

  Region upper(region.page(32), 16);
  region.commit(3, 2);
  upper.commit(3, 2, PAGE_READONLY);

  EXPECT_MAP(region, "R3 C2rw R11 F16 R3 C2ro R11");
  EXPECT_ERROR(487, VirtualAlloc(region.page(15), 0x2000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(region.page(15), 0x12000, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_EQ(ask(upper.base()).AllocationProtect, 0x04u);
}

TEST(VirtualFree, V39_C6_the_hole_of_a_split_allocation_is_free_at_once) {
  Region region = reserve(48, PAGE_READWRITE);
  PVOID base = region.page(16);
  SIZE_T size = 0x10000;
  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));
  Region upper(region.page(32), 16);

  Region hole(VirtualAlloc(region.page(16), 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);

  EXPECT_MAP(region, "R16|C16rw|R16");
}

TEST(VirtualFree, V39_C6_the_native_release_of_the_first_or_last_pages_shortens_the_allocation) {
  Region region = committed(16);
  PVOID base = region.page(0);
  SIZE_T size = 0x2000;
  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));
  base = region.page(14);
  size = 0x2000;
  EXPECT_STATUS(0u, nt::free(GetCurrentProcess(), &base, &size, MEM_RELEASE));

  EXPECT_MAP(region, "F2 C12rw F2");
  EXPECT_EQ(ask(region.page(5)).AllocationBase, region.page(2));

  EXPECT_OK(VirtualFree(region.page(2), 0, MEM_RELEASE));
  EXPECT_MAP(region, "F16");
  region.forget();
}

} // namespace
} // namespace apitest
