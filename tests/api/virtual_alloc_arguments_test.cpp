// What VirtualAlloc refuses before it looks at memory.
// Rules: V1 V2 V3 V4 V5 V6 V7 V8 V9 V10 V11 C4
#include "expect.h"
#include "memory_map.h"

namespace apitest {
namespace {

constexpr DWORD kBaseProtections[] = {0x01, 0x02, 0x04, 0x10, 0x20, 0x40};

TEST(VirtualAllocArguments, V1_C1_address_below_64_KiB_is_invalid) {
  for (std::uintptr_t address : {0x1, 0xFFF, 0x1000, 0x8000, 0xFFFF}) {
    EXPECT_ERROR(87, VirtualAlloc(at(address), kPage, MEM_RESERVE, PAGE_READWRITE));
    EXPECT_ERROR(87, VirtualAlloc(at(address), kPage, MEM_COMMIT, PAGE_READWRITE));
    EXPECT_ERROR(87, VirtualAlloc(at(address), kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  }
}

TEST(VirtualAllocArguments, V2_every_single_undefined_type_bit_is_invalid) {
  constexpr DWORD kDefined = 0x1000 | 0x2000 | 0x80000 | 0x100000 | 0x200000 | 0x400000 | 0x1000000 | 0x20000000;
  for (int bit = 0; bit < 32; ++bit) {
    DWORD type = DWORD{1} << bit;
    if ((type & kDefined) != 0) {
      continue;
    }
    SCOPED_TRACE(::testing::Message() << "type bit " << bit);
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, type, PAGE_READWRITE));
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, type | MEM_RESERVE, PAGE_READWRITE));
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, type | MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  }
}

TEST(VirtualAllocArguments, V2_free_types_are_invalid) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_DECOMMIT, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RELEASE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_FREE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | 0x40000000, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V2_placeholder_bits_are_known_only_to_VirtualAlloc2) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kGranule, MEM_RESERVE | 0x40000, PAGE_NOACCESS));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kGranule, MEM_RESERVE | 0x4000, PAGE_NOACCESS));
}

TEST(VirtualAllocArguments, V3_some_action_must_be_asked_for) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, 0, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_TOP_DOWN, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_WRITE_WATCH, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_TOP_DOWN | MEM_WRITE_WATCH, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V4_reset_stands_alone) {
  Region region = committed(2);

  for (DWORD reset : {0x80000, 0x1000000}) {
    for (DWORD other : {0x1000, 0x2000, 0x3000, 0x100000, 0x200000}) {
      SCOPED_TRACE(::testing::Message() << std::hex << (reset | other));
      EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, reset | other, PAGE_READWRITE));
    }
  }
  EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_RESET | MEM_RESET_UNDO, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V5_large_pages_need_commit) {
  SIZE_T large = 0x200000;

  EXPECT_ERROR(87, VirtualAlloc(nullptr, large, MEM_LARGE_PAGES, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, large, MEM_LARGE_PAGES | MEM_RESERVE, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V5_large_pages_are_neither_physical_nor_watched) {
  SIZE_T large = 0x200000;
  DWORD type = MEM_LARGE_PAGES | MEM_RESERVE | MEM_COMMIT;

  EXPECT_ERROR(87, VirtualAlloc(nullptr, large, type | MEM_PHYSICAL, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, large, type | MEM_WRITE_WATCH, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V6_write_watch_needs_reserve) {
  Region region = reserve(1);

  EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V6_write_watch_needs_reserve_even_where_commit_implies_it) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V7_physical_needs_reserve_and_nothing_else) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_PHYSICAL, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_PHYSICAL | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_PHYSICAL | MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_PHYSICAL | MEM_RESERVE | MEM_WRITE_WATCH, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V7_physical_is_read_write_only) {
  for (DWORD protect : kBaseProtections) {
    if (protect != PAGE_READWRITE) {
      EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_PHYSICAL | MEM_RESERVE, protect));
    }
  }
}

TEST(VirtualAllocArguments, V8_each_base_protection_is_accepted) {
  for (DWORD protect : kBaseProtections) {
    SCOPED_TRACE(::testing::Message() << "protection " << protect);
    Region region = committed(1, protect);
    EXPECT_EQ(ask(region.base()).Protect, protect);
    EXPECT_EQ(ask(region.base()).AllocationProtect, protect);
  }
}

TEST(VirtualAllocArguments, V8_C4_no_protection_is_invalid) {
  Region region = reserve(1);

  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, 0));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_COMMIT, 0));
}

TEST(VirtualAllocArguments, V8_C4_two_protections_at_once_are_invalid) {
  for (DWORD one : kBaseProtections) {
    for (DWORD other : kBaseProtections) {
      if (one != other) {
        EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, one | other));
      }
    }
  }
}

TEST(VirtualAllocArguments, V8_C4_write_copy_is_invalid_for_private_memory) {
  Region region = reserve(1);

  for (DWORD protect : {0x08, 0x80}) {
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE, protect));
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, protect));
    EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_COMMIT, protect));
  }
}

TEST(VirtualAllocArguments, V8_protection_is_checked_for_a_reserve_too) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE, 0));
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V8_C8_protection_is_checked_for_a_reset_too) {
  Region region = committed(1);

  EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_RESET, 0));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_RESET, 0x06));
}

TEST(VirtualAllocArguments, V8_C8_protection_of_a_reset_is_otherwise_ignored) {
  Region region = committed(1, PAGE_READWRITE);

  EXPECT_OK(VirtualAlloc(region.base(), kPage, MEM_RESET, PAGE_NOACCESS));

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualAllocArguments, V9_targets_invalid_is_accepted_beside_execute) {
  for (DWORD execute : {0x10, 0x20, 0x40}) {
    void* base = VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, execute | 0x40000000);
    ASSERT_NE(base, nullptr) << "protection " << execute;
    Region region(base, 1);

    EXPECT_EQ(ask(base).Protect, execute);
    EXPECT_EQ(ask(base).AllocationProtect, execute);
  }
}

TEST(VirtualAllocArguments, V9_targets_invalid_needs_an_execute_protection) {
  for (DWORD plain : {0x01, 0x02, 0x04}) {
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, plain | 0x40000000));
  }
}

TEST(VirtualAllocArguments, V9_guard_goes_with_no_PAGE_NOACCESS) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, 0x100 | PAGE_NOACCESS));
}

TEST(VirtualAllocArguments, V9_cache_bits_go_with_neither_no_access_nor_guard) {
  for (DWORD cache : {0x200, 0x400}) {
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, cache | PAGE_NOACCESS));
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, cache | 0x100 | PAGE_READWRITE));
  }
}

TEST(VirtualAllocArguments, V9_cache_bits_exclude_each_other) {
  EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, 0x200 | 0x400 | PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V9_a_modifier_alone_is_invalid) {
  for (DWORD modifier : {0x100, 0x200, 0x400, 0x40000000}) {
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, modifier));
  }
}

TEST(VirtualAllocArguments, V8_every_single_unknown_protection_bit_is_invalid) {
  constexpr DWORD kKnown = 0x7FF | 0x40000000;
  for (int bit = 0; bit < 32; ++bit) {
    DWORD unknown = DWORD{1} << bit;
    if ((unknown & kKnown) == 0) {
      SCOPED_TRACE(::testing::Message() << "protection bit " << bit);
      EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, unknown | PAGE_READWRITE));
      EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, unknown | PAGE_EXECUTE_READWRITE));
    }
  }
}

TEST(VirtualAllocArguments, V10_C4_size_0_is_invalid) {
  Region region = reserve(1);

  EXPECT_ERROR(87, VirtualAlloc(nullptr, 0, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), 0, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), 0, MEM_RESET, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V10_start_above_user_space_is_invalid) {
  for (std::uintptr_t start : {0x7FFFFFFF0000, 0x7FFFFFFFF000, 0x800000000000}) {
    EXPECT_ERROR(87, VirtualAlloc(at(start), kPage, MEM_RESERVE, PAGE_READWRITE));
  }
  EXPECT_ERROR(87, VirtualAlloc(at(0xFFFF800000000000), kPage, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(at(0x8000000000000000), kPage, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(at(~std::uintptr_t{0}), kPage, MEM_RESERVE, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V10_end_above_user_space_is_invalid) {
  EXPECT_ERROR(87, VirtualAlloc(at(0x7FFFFFFE0000), kGranule + 1, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(at(0x10000), 0x7FFFFFFF0000, MEM_RESERVE, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V10_a_size_that_wraps_around_is_invalid) {
  Region region = reserve(1);

  EXPECT_ERROR(87, VirtualAlloc(region.base(), ~SIZE_T{0}, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), ~SIZE_T{0}, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAlloc(region.base(), 0 - number(region.base()), MEM_COMMIT, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V10_a_size_that_fits_nowhere_fails) {
  for (SIZE_T size : {SIZE_T{0x7FFFFFFEF001}, SIZE_T{1} << 47, SIZE_T{1} << 63, ~SIZE_T{0}}) {
    SetLastError(kNobodysError);
    EXPECT_EQ(VirtualAlloc(nullptr, size, MEM_RESERVE, PAGE_READWRITE), nullptr);
    DWORD error = GetLastError();
    EXPECT_TRUE(error == 8 || error == 87) << "error " << error << " for size " << size;
  }
}

TEST(VirtualAllocArguments, V11_C29_null_process_is_an_invalid_handle) {
  Region region = reserve(1);

  EXPECT_ERROR(6, VirtualAllocEx(nullptr, nullptr, kPage, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(6, VirtualAllocEx(nullptr, region.base(), kPage, MEM_COMMIT, PAGE_READWRITE));
}

TEST(VirtualAllocArguments, V11_the_own_process_is_named_by_the_pseudo_handle) {
  EXPECT_EQ(number(GetCurrentProcess()), ~std::uintptr_t{0});

  void* base = VirtualAllocEx(GetCurrentProcess(), nullptr, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  ASSERT_NE(base, nullptr);
  Region region(base, 1);

  EXPECT_MAP(region, "C1rw");
}

TEST(VirtualAllocArguments, V11_arguments_are_judged_before_the_handle) {
  EXPECT_ERROR(87, VirtualAllocEx(nullptr, nullptr, 0, MEM_RESERVE, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAllocEx(nullptr, nullptr, kPage, 0, PAGE_READWRITE));
  EXPECT_ERROR(87, VirtualAllocEx(nullptr, nullptr, kPage, MEM_RESERVE, 0));
  EXPECT_ERROR(87, VirtualAllocEx(nullptr, at(0x1000), kPage, MEM_RESERVE, PAGE_READWRITE));
}

} // namespace
} // namespace apitest
