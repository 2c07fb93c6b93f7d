// VirtualAlloc2 with address requirements, and the FromApp forms.
// Rules: V89 V90 C28 C29 N1 N2
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <cstring>

namespace apitest {
namespace {

// VirtualAlloc2 at any place that meets these requirements.
PVOID alloc_where(std::uintptr_t lowest, std::uintptr_t highest, std::size_t alignment, SIZE_T size = kGranule,
                  PVOID base = nullptr, ULONG type = MEM_RESERVE) {
  MEM_ADDRESS_REQUIREMENTS requirements = {};
  requirements.LowestStartingAddress = at(lowest);
  requirements.HighestEndingAddress = at(highest);
  requirements.Alignment = alignment;
  MEM_EXTENDED_PARAMETER parameter;
  std::memset(static_cast<void*>(&parameter), 0, sizeof parameter);
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = &requirements;
  return app::alloc2(GetCurrentProcess(), base, size, type, PAGE_READWRITE, &parameter, 1);
}

// The plain call with one parameter of that type, whatever it may mean.
PVOID alloc_with_parameter_type(unsigned type) {
  MEM_ADDRESS_REQUIREMENTS none = {};
  MEM_EXTENDED_PARAMETER parameter;
  std::memset(static_cast<void*>(&parameter), 0, sizeof parameter);
  parameter.Type = type;
  parameter.Pointer = &none;
  return app::alloc2(GetCurrentProcess(), nullptr, kGranule, MEM_RESERVE, PAGE_READWRITE, &parameter, 1);
}

// A window of 4 GiB in which nothing lies; sanitizers keep their own memory at different places.
std::uintptr_t free_window() {
  constexpr std::size_t kWindow = std::size_t{1} << 32;
  for (std::uintptr_t candidate : {std::uintptr_t{0x300000000}, std::uintptr_t{0x200000000000}}) {
    const MEMORY_BASIC_INFORMATION info = ask(at(candidate));
    if (info.State == MEM_FREE && info.RegionSize >= kWindow) {
      return candidate;
    }
  }
  ADD_FAILURE() << "no free window";
  return 0x300000000;
}

TEST(VirtualAlloc2, C29_V90_without_parameters_it_is_VirtualAlloc) {
  Region region(app::alloc2(GetCurrentProcess(), nullptr, 0x4000, MEM_RESERVE, PAGE_READWRITE, nullptr, 0), 4);

  EXPECT_OK(app::alloc2(GetCurrentProcess(), region.page(1), kPage, MEM_COMMIT, PAGE_READONLY, nullptr, 0));

  EXPECT_MAP(region, "R1 C1ro R2");
}

TEST(VirtualAlloc2, C29_null_process_is_this_process) {
  Region region(app::alloc2(nullptr, nullptr, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, nullptr, 0), 2);

  EXPECT_MAP(region, "C2rw");
}

TEST(VirtualAlloc2, C29_another_invalid_handle_is_one) {
  EXPECT_ERROR(6, app::alloc2(at(0xDEADBEE0), nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, nullptr, 0));
}

TEST(VirtualAlloc2, N1_success_leaves_the_last_error_alone) {
  PVOID base = nullptr;

  EXPECT_OK(base = app::alloc2(nullptr, nullptr, kPage, MEM_RESERVE, PAGE_READWRITE, nullptr, 0));
  Region region(base, 1);
  EXPECT_OK(base = alloc_where(0, 0x7FFFFFFEFFFF, 0x10000));
  Region other(base, 16);
}

TEST(VirtualAlloc2, V89_an_alignment_is_met) {
  for (std::size_t alignment : {std::size_t{0x10000}, std::size_t{0x20000}, std::size_t{0x200000},
                                std::size_t{0x40000000}, std::size_t{0x4000000000}}) {
    Region region(alloc_where(0, 0, alignment), 16);
    ASSERT_NE(region.base(), nullptr) << "alignment " << alignment << ": error " << GetLastError();
    EXPECT_EQ(number(region.base()) % alignment, 0u) << "alignment " << alignment;
    EXPECT_MAP(region, "R16");
  }
}

TEST(VirtualAlloc2, V89_many_aligned_allocations_find_their_places) {
  Region regions[8] = {
      Region(alloc_where(0, 0, 0x400000), 16), Region(alloc_where(0, 0, 0x400000), 16),
      Region(alloc_where(0, 0, 0x400000), 16), Region(alloc_where(0, 0, 0x400000), 16),
      Region(alloc_where(0, 0, 0x400000), 16), Region(alloc_where(0, 0, 0x400000), 16),
      Region(alloc_where(0, 0, 0x400000), 16), Region(alloc_where(0, 0, 0x400000), 16),
  };
  for (const Region& region : regions) {
    EXPECT_EQ(number(region.base()) % 0x400000, 0u);
    EXPECT_NE(region.base(), nullptr);
  }
}

TEST(VirtualAlloc2, V89_C28_an_alignment_that_is_no_power_of_two_or_too_small_is_invalid) {
  for (std::size_t alignment : {0x1ul, 0x1000ul, 0x8000ul, 0x30000ul, 0x10001ul, 0x18000ul}) {
    EXPECT_ERROR(87, alloc_where(0, 0, alignment));
  }
}

TEST(VirtualAlloc2, V89_no_alignment_is_a_granule) {
  Region region(alloc_where(0, 0, 0), 16);

  EXPECT_NE(region.base(), nullptr);
  EXPECT_EQ(number(region.base()) % 0x10000, 0u);
}

TEST(VirtualAlloc2, V89_the_highest_ending_address_is_met) {
  for (std::uintptr_t highest : {std::uintptr_t{0x7FFFFFFF}, std::uintptr_t{0xFFFFFFFF}, std::uintptr_t{0x3FFFFFFFF},
                                 std::uintptr_t{0x7FFFFFFEFFFF}}) {
    Region region(alloc_where(0, highest, 0), 16);
    ASSERT_NE(region.base(), nullptr) << "highest " << highest << ": error " << GetLastError();
    EXPECT_LE(number(region.end()) - 1, highest);
  }
}

TEST(VirtualAlloc2, V89_the_lowest_starting_address_is_met) {
  for (std::uintptr_t lowest : {std::uintptr_t{0x10000}, std::uintptr_t{0x100000000}, std::uintptr_t{0x200000000000}}) {
    Region region(alloc_where(lowest, 0, 0), 16);
    ASSERT_NE(region.base(), nullptr) << "lowest " << lowest << ": error " << GetLastError();
    EXPECT_GE(number(region.base()), lowest);
  }
}

TEST(VirtualAlloc2, V89_a_window_of_addresses_is_met) {
  const std::uintptr_t window = free_window();

  Region region(alloc_where(window, window + 0xFFFFFFFF, 0x100000, 0x100000), 256);

  ASSERT_NE(region.base(), nullptr) << GetLastError();
  EXPECT_GE(number(region.base()), window);
  EXPECT_LE(number(region.end()) - 1, window + 0xFFFFFFFF);
  EXPECT_EQ(number(region.base()) % 0x100000, 0u);
}

TEST(VirtualAlloc2, V89_memory_in_a_window_behaves_as_any_other) {
  const std::uintptr_t window = free_window();
  Region region(alloc_where(window, window + 0xFFFFFFFF, 0, 0x10000), 16);
  ASSERT_NE(region.base(), nullptr);

  region.commit(2, 3);
  region.fill(2, 3, 0x5A);
  EXPECT_OK(VirtualFree(region.page(3), kPage, MEM_DECOMMIT));

  EXPECT_MAP(region, "R2 C1rw R1 C1rw R11");
  EXPECT_FALSE(platform::can_read(region.page(3)));
  EXPECT_TRUE(pages_hold(region.page(4), 1, 0x5A));
  region.commit(3, 1);
  EXPECT_TRUE(pages_hold(region.page(3), 1, 0));
}

TEST(VirtualAlloc2, V89_a_window_fills_up_with_no_memory) {
  const std::uintptr_t lowest = free_window() + 0x1000000;
  const std::uintptr_t highest = lowest + 0x3FFFF; // four granules

  Region a(alloc_where(lowest, highest, 0), 16);
  Region b(alloc_where(lowest, highest, 0), 16);
  Region c(alloc_where(lowest, highest, 0), 16);
  Region d(alloc_where(lowest, highest, 0), 16);

  EXPECT_NE(a.base(), nullptr);
  EXPECT_NE(b.base(), nullptr);
  EXPECT_NE(c.base(), nullptr);
  EXPECT_NE(d.base(), nullptr);
  EXPECT_ERROR(8, alloc_where(lowest, highest, 0));
  EXPECT_PICTURE(at(lowest), 64, "R16|R16|R16|R16");
}

TEST(VirtualAlloc2, V89_C28_nothing_that_fits_is_no_memory) {
  EXPECT_ERROR(8, alloc_where(0x300000000, 0x30001FFFF, 0, 0x30000));
  EXPECT_ERROR(8, alloc_where(0x300010000, 0x30002FFFF, 0x1000000));
}

TEST(VirtualAlloc2, V89_a_lowest_address_inside_a_granule_is_invalid) {
  EXPECT_ERROR(87, alloc_where(0x300001000, 0, 0));
  EXPECT_ERROR(87, alloc_where(0x300000001, 0, 0));
}

TEST(VirtualAlloc2, V89_C28_a_highest_address_that_is_not_the_last_byte_of_a_page_is_invalid) {
  EXPECT_ERROR(87, alloc_where(0, 0x400000000, 0));
  EXPECT_ERROR(87, alloc_where(0, 0x3FFFFFFFE, 0));
  EXPECT_ERROR(87, alloc_where(0, 0x3FFFFF7FF, 0));
}

TEST(VirtualAlloc2, V89_C28_a_highest_address_above_user_space_is_invalid) {
  EXPECT_ERROR(87, alloc_where(0, 0x7FFFFFFFFFFF, 0));
  EXPECT_ERROR(87, alloc_where(0, 0x7FFFFFFF0FFF, 0));
  EXPECT_ERROR(87, alloc_where(0, ~std::uintptr_t{0}, 0));
}

TEST(VirtualAlloc2, V89_a_highest_address_not_above_the_lowest_is_invalid) {
  EXPECT_ERROR(87, alloc_where(0x300000000, 0x2FFFFFFFF, 0));
  EXPECT_ERROR(87, alloc_where(0x300010000, 0x300000FFF, 0));
}

TEST(VirtualAlloc2, V89_C28_an_explicit_base_goes_with_no_requirements) {
  char* r = free_range(0x10000);

  EXPECT_ERROR(87, alloc_where(0, 0, 0x10000, kGranule, r));
  EXPECT_ERROR(87, alloc_where(0x10000, 0, 0, kGranule, r));
  EXPECT_ERROR(87, alloc_where(0, 0x7FFFFFFEFFFF, 0, kGranule, r));

  EXPECT_PICTURE(r, 16, "F16");
}

TEST(VirtualAlloc2, V89_requirements_of_zeros_go_with_an_explicit_base) {
  char* r = free_range(0x10000);

  Region region(alloc_where(0, 0, 0, kGranule, r), 16);

  EXPECT_EQ(region.base(), r);
}

TEST(VirtualAlloc2, V89_C28_a_commit_of_existing_memory_goes_with_no_requirements) {
  Region region = reserve(16);

  EXPECT_ERROR(87, alloc_where(0, 0, 0x10000, kPage, region.base(), MEM_COMMIT));

  EXPECT_MAP(region, "R16");
}

TEST(VirtualAlloc2, V88_C28_a_count_without_an_array_is_invalid) {
  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, MEM_RESERVE, PAGE_READWRITE, nullptr, 1));
}

TEST(VirtualAlloc2, V88_C28_a_parameter_of_type_0_or_unknown_is_invalid) {
  EXPECT_ERROR(87, alloc_with_parameter_type(0));
  for (unsigned type : {7u, 8u, 100u, 255u}) {
    EXPECT_ERROR(87, alloc_with_parameter_type(type));
  }
}

TEST(VirtualAlloc2, V88_C28_the_same_type_twice_is_invalid) {
  MEM_ADDRESS_REQUIREMENTS requirements = {};
  MEM_EXTENDED_PARAMETER parameters[2];
  std::memset(static_cast<void*>(parameters), 0, sizeof parameters);
  for (MEM_EXTENDED_PARAMETER& parameter : parameters) {
    parameter.Type = MemExtendedParameterAddressRequirements;
    parameter.Pointer = &requirements;
  }

  EXPECT_ERROR(87, app::alloc2(nullptr, nullptr, kGranule, MEM_RESERVE, PAGE_READWRITE, parameters, 2));
}

TEST(VirtualAlloc2, C28_an_array_that_cannot_be_read_fails) {
  Region unreadable = reserve(1);

  for (char* place : {unreadable.base(), at(0x10), at(0xFFFF800000000000)}) {
    auto* parameters = reinterpret_cast<MEM_EXTENDED_PARAMETER*>(place);
    EXPECT_ERROR(998, app::alloc2(nullptr, nullptr, kGranule, MEM_RESERVE, PAGE_READWRITE, parameters, 1));
  }
}

TEST(VirtualAlloc2, C28_requirements_that_cannot_be_read_fail) {
  Region unreadable = reserve(1);
  MEM_EXTENDED_PARAMETER parameter;
  std::memset(static_cast<void*>(&parameter), 0, sizeof parameter);
  parameter.Type = MemExtendedParameterAddressRequirements;
  parameter.Pointer = unreadable.base();

  EXPECT_ERROR(998, app::alloc2(nullptr, nullptr, kGranule, MEM_RESERVE, PAGE_READWRITE, &parameter, 1));
}

TEST(VirtualAlloc2, V90_a_plain_reserve_rounds_its_size_up_to_a_page) {
  Region region(app::alloc2(nullptr, nullptr, 0x1001, MEM_RESERVE, PAGE_READWRITE, nullptr, 0), 16);

  EXPECT_MAP(region, "R2 F14");
}

TEST(VirtualAllocFromApp, C29_it_allocates_and_leaves_the_last_error_alone) {
  PVOID base = nullptr;

  EXPECT_OK(base = app::alloc_from_app(nullptr, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));

  Region region(base, 2);
  EXPECT_MAP(region, "C2rw");
}

TEST(VirtualAllocFromApp, C29_every_execute_protection_is_refused) {
  for (DWORD protect : {0x10, 0x20, 0x40, 0x80}) {
    EXPECT_ERROR(87, app::alloc_from_app(nullptr, kPage, MEM_RESERVE | MEM_COMMIT, protect));
  }
}

TEST(VirtualAlloc2FromApp, C29_it_allocates_and_leaves_the_last_error_alone) {
  PVOID base = nullptr;

  EXPECT_OK(base = app::alloc2_from_app(nullptr, nullptr, 0x2000, MEM_RESERVE, PAGE_READWRITE, nullptr, 0));

  Region region(base, 2);
  EXPECT_MAP(region, "R2");
}

TEST(VirtualAlloc2FromApp, C29_every_execute_protection_is_refused) {
  for (ULONG protect : {0x10, 0x20, 0x40, 0x80}) {
    EXPECT_ERROR(87, app::alloc2_from_app(nullptr, nullptr, kPage, MEM_RESERVE, protect, nullptr, 0));
  }
}

TEST(VirtualProtectFromApp, C29_it_protects_and_leaves_the_last_error_alone) {
  Region region = committed(2);
  ULONG old = 0;

  EXPECT_OK(app::protect_from_app(region.base(), kPage, PAGE_READONLY, &old));

  EXPECT_EQ(old, 0x04u);
  EXPECT_MAP(region, "C1ro C1rw");
}

TEST(VirtualProtectFromApp, C29_every_execute_protection_is_refused) {
  Region region = committed(1);
  ULONG old = 0;

  for (ULONG protect : {0x10, 0x20, 0x40, 0x80}) {
    EXPECT_ERROR(87, app::protect_from_app(region.base(), kPage, protect, &old));
  }
  EXPECT_MAP(region, "C1rw");
}

} // namespace
} // namespace apitest
