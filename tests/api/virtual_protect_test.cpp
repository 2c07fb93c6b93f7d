// VirtualProtect and VirtualProtectEx.
// Rules: V40 V41 V42 V43 V44 V45 V46 C4 C11 N2
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <cstring>

namespace apitest {
namespace {

constexpr DWORD kOldUntouched = 0x12345678;

TEST(VirtualProtect, V40_a_bad_protection_comes_before_a_null_old_pointer) {
  Region region = committed(1);

  EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, 0, nullptr));
}

TEST(VirtualProtect, V40_C11_a_null_old_pointer_is_no_access_and_changes_nothing) {
  Region region = committed(1);

  EXPECT_ERROR(998, VirtualProtect(region.base(), kPage, PAGE_READONLY, nullptr));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualProtect, V40_an_unwritable_old_pointer_is_no_access_and_changes_nothing) {
  Region region = committed(1);
  Region read_only = committed(1, PAGE_READONLY);
  Region reserved = reserve(1);

  EXPECT_ERROR(998, VirtualProtect(region.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(reserved.base())));
  EXPECT_ERROR(998, VirtualProtect(region.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(read_only.base())));
  EXPECT_ERROR(998, VirtualProtect(region.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(0x10)));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualProtect, V40_an_old_pointer_that_runs_into_an_unwritable_page_is_no_access) {
  Region region = committed(1);
  Region variable = reserve(2);
  variable.commit(0, 1);

  EXPECT_ERROR(998,
               VirtualProtect(region.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(variable.page(1) - 2)));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualProtect, V44_the_old_pointer_may_be_misaligned) {
  Region region = committed(1);
  char variable[8] = {};

  EXPECT_OK(VirtualProtect(region.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(variable + 3)));

  EXPECT_EQ(variable[3], 4);
  EXPECT_MAP(region, "C1ro");
}

TEST(VirtualProtect, N2_an_old_pointer_inside_the_range_gives_no_half_success) {
  Region region = committed(2);
  auto* old = reinterpret_cast<DWORD*>(region.page(1));

  // Writable when the call begins, and not any more when it ends. Success may leave the variable unwritten.
  const BOOL changed = VirtualProtect(region.base(), 2 * kPage, PAGE_READONLY, old);

  EXPECT_MAP(region, changed ? "C2ro" : "C2rw");
}

TEST(VirtualProtect, V40_a_null_old_pointer_comes_before_size_and_address) {
  Region region = committed(1);

  EXPECT_ERROR(998, VirtualProtect(region.base(), 0, PAGE_READONLY, nullptr));
  EXPECT_ERROR(998, VirtualProtect(at(~std::uintptr_t{0}), kPage, PAGE_READONLY, nullptr));
}

TEST(VirtualProtect, V40_size_0_is_invalid) {
  Region region = committed(1);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(87, VirtualProtect(region.base(), 0, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C1rw");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V40_an_address_out_of_user_space_is_invalid) {
  DWORD old = kOldUntouched;

  EXPECT_ERROR(87, VirtualProtect(at(0x7FFFFFFF0000), kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(87, VirtualProtect(at(0xFFFF800000000000), kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(87, VirtualProtect(at(0x8000000000000000), kPage, PAGE_READONLY, &old));
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V40_a_range_that_leaves_user_space_is_invalid) {
  Region region = committed(1);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(87, VirtualProtect(region.base(), ~SIZE_T{0}, PAGE_READONLY, &old));
  EXPECT_ERROR(87, VirtualProtect(region.base(), SIZE_T{1} << 47, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C1rw");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V40_a_bad_handle_comes_after_the_arguments_and_before_the_range) {
  Region region = reserve(1);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(87, VirtualProtectEx(nullptr, region.base(), kPage, 0, &old));
  EXPECT_ERROR(998, VirtualProtectEx(nullptr, region.base(), kPage, PAGE_READONLY, nullptr));
  EXPECT_ERROR(87, VirtualProtectEx(nullptr, region.base(), 0, PAGE_READONLY, &old));
  EXPECT_ERROR(6, VirtualProtectEx(nullptr, region.base(), kPage, PAGE_READONLY, &old));
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V41_each_base_protection_is_accepted) {
  Region region = committed(1);
  DWORD previous = 0x04;

  for (DWORD protect : {0x01, 0x02, 0x04, 0x10, 0x20, 0x40}) {
    DWORD old = 0;
    EXPECT_OK(VirtualProtect(region.base(), kPage, protect, &old));
    EXPECT_EQ(ask(region.base()).Protect, protect);
    EXPECT_EQ(old, previous);
    previous = protect;
  }
}

TEST(VirtualProtect, V41_C4_bad_protections_are_invalid) {
  Region region = committed(1);
  DWORD old = kOldUntouched;

  for (DWORD protect : {0x00, 0x03, 0x06, 0x05, 0x30, 0x44, 0x100, 0x200, 0x400, 0x101, 0x201, 0x401, 0x604, 0x304,
                        0x1004, 0x40000000, 0x40000004}) {
    SCOPED_TRACE(::testing::Message() << std::hex << protect);
    EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, protect, &old));
  }

  EXPECT_MAP(region, "C1rw");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V41_C4_write_copy_is_invalid_on_private_memory) {
  Region region = committed(1);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, PAGE_WRITECOPY, &old));
  EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, PAGE_EXECUTE_WRITECOPY, &old));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualProtect, V41_targets_no_update_is_accepted_beside_execute) {
  Region region = committed(1);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.base(), kPage, PAGE_EXECUTE_READ | 0x40000000, &old));

  EXPECT_MAP(region, "C1xr");
}

TEST(VirtualProtect, V42_the_range_rounds_outward_to_pages) {
  Region region = committed(8);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.page(3) - 1, 2, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C2rw C2ro C4rw");
}

TEST(VirtualProtect, V42_free_memory_is_an_invalid_address) {
  char* r = free_range(0x10000);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(487, VirtualProtect(r, kPage, PAGE_READONLY, &old));
  EXPECT_ERROR(487, VirtualProtect(nullptr, kPage, PAGE_READONLY, &old));
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V42_N2_two_allocations_are_an_invalid_address) {
  Neighbours pair = touching_neighbours(16);
  pair.first.commit(0, 16);
  pair.second.commit(0, 16);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(487, VirtualProtect(pair.first.page(15), 0x2000, PAGE_READONLY, &old));
  EXPECT_ERROR(487, VirtualProtect(pair.first.base(), 0x20000, PAGE_READONLY, &old));

  EXPECT_PICTURE(pair.first.base(), 32, "C16rw|C16rw");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V42_N2_a_range_past_the_end_is_an_invalid_address) {
  char* r = free_range(0x20000);
  Region region(VirtualAlloc(r, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE), 16);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(487, VirtualProtect(r, 0x10001, PAGE_READONLY, &old));

  EXPECT_MAP(region, "C16rw");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V43_C11_N2_a_page_not_committed_fails_the_whole) {
  Region region = reserve(8);
  region.commit(0, 3, PAGE_READWRITE);
  region.commit(4, 4, PAGE_READONLY);
  DWORD old = kOldUntouched;

  EXPECT_ERROR(487, VirtualProtect(region.base(), 0x8000, PAGE_EXECUTE_READ, &old));
  EXPECT_ERROR(487, VirtualProtect(region.page(2), 0x1001, PAGE_EXECUTE_READ, &old));
  EXPECT_ERROR(487, VirtualProtect(region.page(3), 0x1000, PAGE_EXECUTE_READ, &old));

  EXPECT_MAP(region, "C3rw R1 C4ro");
  EXPECT_EQ(old, kOldUntouched);
}

TEST(VirtualProtect, V44_C11_old_is_the_protection_of_the_first_page) {
  Region region = committed(4);
  region.commit(1, 1, PAGE_READONLY);
  region.commit(2, 1, PAGE_EXECUTE_READ);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.page(1), 0x3000, PAGE_NOACCESS, &old));
  EXPECT_EQ(old, 0x02u);
  EXPECT_OK(VirtualProtect(region.page(0), 0x4000, PAGE_READWRITE, &old));
  EXPECT_EQ(old, 0x04u);
  EXPECT_MAP(region, "C4rw");
}

TEST(VirtualProtect, V45_contents_survive_no_access_and_back) {
  Region region = committed(4);
  region.fill(0, 4, 0x5A);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.base(), 0x4000, PAGE_NOACCESS, &old));
  EXPECT_FALSE(platform::can_read(region.page(0)));
  EXPECT_OK(VirtualProtect(region.base(), 0x4000, PAGE_READWRITE, &old));

  EXPECT_EQ(old, 0x01u);
  EXPECT_TRUE(pages_hold(region.base(), 4, 0x5A));
}

TEST(VirtualProtect, V45_protections_grant_just_what_they_say) {
  struct Row {
    DWORD protect;
    bool read, write, execute;
  };
  constexpr Row kRows[] = {
      {PAGE_NOACCESS, false, false, false},   {PAGE_READONLY, true, false, false},
      {PAGE_READWRITE, true, true, false},    {PAGE_EXECUTE, true, false, true},
      {PAGE_EXECUTE_READ, true, false, true}, {PAGE_EXECUTE_READWRITE, true, true, true},
  };
  Region region = committed(1);
  platform::write_function(region.base(), 42);

  for (const Row& row : kRows) {
    SCOPED_TRACE(protection_word(row.protect));
    DWORD old = 0;
    EXPECT_OK(VirtualProtect(region.base(), kPage, row.protect, &old));

    EXPECT_EQ(platform::can_read(region.base()), row.read);
    EXPECT_EQ(platform::can_write(region.base()), row.write);
    EXPECT_EQ(platform::can_execute(region.base()), row.execute);
  }
}

TEST(VirtualProtect, V45_code_written_to_a_page_runs_once_it_may_execute) {
  Region region = committed(1, PAGE_READWRITE);
  std::size_t length = platform::write_function(region.base(), 1234567);
  DWORD old = 0;

  EXPECT_FALSE(platform::can_execute(region.base()));
  EXPECT_OK(VirtualProtect(region.base(), length, PAGE_EXECUTE_READ, &old));

  EXPECT_EQ(platform::call_function(region.base()), 1234567);
}

TEST(VirtualProtect, V46_execute_only_pages_are_readable) {
  Region region = committed(1, PAGE_READWRITE);
  platform::write_function(region.base(), 7);
  DWORD old = 0;

  EXPECT_OK(VirtualProtect(region.base(), kPage, PAGE_EXECUTE, &old));

  EXPECT_TRUE(platform::can_read(region.base()));
  EXPECT_FALSE(platform::can_write(region.base()));
  EXPECT_EQ(platform::call_function(region.base()), 7);
  EXPECT_MAP(region, "C1x");
}

} // namespace
} // namespace apitest
