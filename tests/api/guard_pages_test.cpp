// PAGE_GUARD as calls and queries see it. What a touch does, a handler must see: other tests.
// Rules: V9 V19 V43 V44 V46 V54 V62 V63 C2 C3 C11
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <cstring>

namespace apitest {
namespace {

constexpr DWORD kGuarded = PAGE_READWRITE | PAGE_GUARD;

DWORD protect(char* at, std::size_t pages, DWORD value) {
  DWORD old = 0;
  EXPECT_OK(VirtualProtect(at, pages * kPage, value, &old));
  return old;
}

TEST(GuardPages, V62_protect_arms_and_the_old_protection_shows_it) {
  Region region = committed(4);

  EXPECT_EQ(protect(region.page(1), 2, kGuarded), DWORD{PAGE_READWRITE});
  EXPECT_MAP(region, "C1rw C2rw+g C1rw");
  EXPECT_EQ(protect(region.page(1), 2, PAGE_READONLY), kGuarded);

  EXPECT_MAP(region, "C1rw C2ro C1rw");
}

TEST(GuardPages, V62_every_protection_but_no_access_may_be_guarded) {
  Region region = committed(1);

  for (DWORD base : {DWORD{PAGE_READONLY}, DWORD{PAGE_READWRITE}, DWORD{PAGE_EXECUTE}, DWORD{PAGE_EXECUTE_READ},
                     DWORD{PAGE_EXECUTE_READWRITE}}) {
    protect(region.base(), 1, base | PAGE_GUARD);
    EXPECT_EQ(ask(region.base()).Protect, base | PAGE_GUARD);
    EXPECT_FALSE(platform::can_read(region.base())) << base;
    EXPECT_EQ(protect(region.base(), 1, PAGE_READWRITE), base | PAGE_GUARD);
  }
}

TEST(GuardPages, V9_guard_is_refused_beside_no_access_alone_and_beside_cache_bits) {
  Region region = committed(1);
  DWORD old = 0x12345678;

  for (DWORD bad : {DWORD{PAGE_GUARD}, DWORD{PAGE_GUARD | PAGE_NOACCESS}, DWORD{kGuarded | PAGE_NOCACHE},
                    DWORD{kGuarded | PAGE_WRITECOMBINE}}) {
    EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, bad, &old));
    EXPECT_ERROR(87, VirtualAlloc(region.base(), kPage, MEM_COMMIT, bad));
    EXPECT_ERROR(87, VirtualAlloc(nullptr, kPage, MEM_RESERVE, bad));
  }

  EXPECT_EQ(old, 0x12345678u);
  EXPECT_MAP(region, "C1rw");
}

TEST(GuardPages, V62_C3_the_allocation_protection_keeps_the_guard) {
  Region region = reserve(4, kGuarded);
  EXPECT_EQ(ask(region.base()).AllocationProtect, kGuarded);
  EXPECT_EQ(ask(region.base()).Protect, 0u);

  region.commit(0, 2, PAGE_READONLY);
  region.commit(2, 1, kGuarded);

  EXPECT_MAP(region, "C2ro C1rw+g R1");
  EXPECT_EQ(ask(region.base()).AllocationProtect, kGuarded);
  EXPECT_TRUE(platform::can_read(region.page(1)));
  EXPECT_FALSE(platform::can_read(region.page(2)));
}

TEST(GuardPages, V62_reserved_and_committed_at_once_every_page_is_armed) {
  Region region = committed(16, PAGE_READONLY | PAGE_GUARD);

  EXPECT_MAP(region, "C16ro+g");
  EXPECT_FALSE(platform::can_read(region.base()));
  EXPECT_FALSE(platform::can_read(region.page(15)));
}

TEST(GuardPages, V62_V19_C2_commit_arms_committed_pages_and_keeps_their_contents) {
  Region region = committed(3);
  region.fill(0, 3, 0x5A);

  EXPECT_OK(VirtualAlloc(region.page(1), kPage, MEM_COMMIT, kGuarded));
  EXPECT_MAP(region, "C1rw C1rw+g C1rw");
  EXPECT_OK(VirtualAlloc(region.page(1), kPage, MEM_COMMIT, PAGE_READWRITE));

  EXPECT_MAP(region, "C3rw");
  EXPECT_TRUE(pages_hold(region.base(), 3, 0x5A));
}

TEST(GuardPages, V62_armed_twice_is_armed) {
  Region region = committed(2);
  protect(region.base(), 2, kGuarded);

  EXPECT_EQ(protect(region.base(), 2, kGuarded), kGuarded);
  EXPECT_OK(VirtualAlloc(region.base(), kPage, MEM_COMMIT, kGuarded));

  EXPECT_MAP(region, "C2rw+g");
  EXPECT_FALSE(platform::can_read(region.base()));
}

TEST(GuardPages, V62_decommit_forgets_the_guard) {
  Region region = committed(3);
  region.fill(0, 3, 0x5A);
  protect(region.page(1), 1, kGuarded);

  EXPECT_OK(VirtualFree(region.page(1), kPage, MEM_DECOMMIT));
  EXPECT_MAP(region, "C1rw R1 C1rw");
  region.commit(1, 1);

  EXPECT_MAP(region, "C3rw");
  EXPECT_TRUE(pages_hold(region.page(1), 1, 0));
}

TEST(GuardPages, V34_release_frees_guarded_pages) {
  Region region = committed(4, kGuarded);
  char* base = region.base();

  region.release();

  EXPECT_PICTURE(base, 4, "F4");
}

TEST(GuardPages, V43_C11_N2_a_page_not_committed_arms_none) {
  Region region = reserve(4);
  region.commit(0, 3);
  DWORD old = 0x12345678;

  EXPECT_ERROR(487, VirtualProtect(region.page(1), 3 * kPage, kGuarded, &old));

  EXPECT_EQ(old, 0x12345678u);
  EXPECT_MAP(region, "C3rw R1");
  EXPECT_TRUE(platform::can_write(region.page(1)));
}

TEST(GuardPages, V44_the_old_protection_is_that_of_the_first_page) {
  Region region = committed(3);
  protect(region.page(1), 1, PAGE_READONLY | PAGE_GUARD);

  EXPECT_EQ(protect(region.page(0), 3, PAGE_READWRITE), DWORD{PAGE_READWRITE});
  protect(region.page(0), 1, PAGE_READONLY | PAGE_GUARD);
  EXPECT_EQ(protect(region.page(0), 3, PAGE_READWRITE), DWORD{PAGE_READONLY | PAGE_GUARD});
}

TEST(GuardPages, V25_the_cache_bits_of_the_allocation_show_beside_the_guard) {
  Region region = committed(2, PAGE_READWRITE | PAGE_NOCACHE);

  protect(region.page(1), 1, kGuarded);

  EXPECT_EQ(ask(region.page(1)).Protect, kGuarded | PAGE_NOCACHE);
}

TEST(GuardPages, V62_thousands_of_single_guards) {
  constexpr std::size_t kPages = 2048;
  Region region = committed(kPages);
  for (std::size_t n = 0; n < kPages; n += 2) {
    protect(region.page(n), 1, kGuarded);
  }

  for (std::size_t n = 0; n < kPages; ++n) {
    MEMORY_BASIC_INFORMATION info = ask(region.page(n));
    ASSERT_EQ(info.Protect, n % 2 == 0 ? kGuarded : DWORD{PAGE_READWRITE}) << n;
    ASSERT_EQ(info.RegionSize, kPage) << n;
  }
  EXPECT_EQ(protect(region.base(), kPages, PAGE_READWRITE), kGuarded);
  EXPECT_MAP(region, "C2048rw");
}

TEST(GuardPages, V63_an_old_pointer_in_a_guard_page_is_no_access_and_the_guard_stays) {
  Region region = committed(2);
  Region other = committed(1);
  protect(region.page(1), 1, kGuarded);

  EXPECT_ERROR(998, VirtualProtect(other.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(region.page(1))));
  EXPECT_ERROR(998, VirtualProtect(other.base(), kPage, PAGE_READONLY, reinterpret_cast<DWORD*>(region.page(1) - 2)));

  EXPECT_MAP(region, "C1rw C1rw+g");
  EXPECT_MAP(other, "C1rw");
}

TEST(GuardPages, V63_a_query_into_a_guard_page_is_no_access_and_the_guard_stays) {
  Region region = committed(2);
  protect(region.page(1), 1, kGuarded);

  for (char* buffer : {region.page(1), region.page(1) - 8}) {
    EXPECT_ERROR(998, VirtualQuery(region.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(buffer),
                                   sizeof(MEMORY_BASIC_INFORMATION)));
  }

  EXPECT_MAP(region, "C1rw C1rw+g");
}

TEST(GuardPages, V63_native_arguments_in_a_guard_page_are_an_access_violation) {
  Region region = committed(1);
  auto* base = reinterpret_cast<PVOID*>(region.base());
  auto* size = reinterpret_cast<SIZE_T*>(region.base() + 8);
  *base = nullptr;
  *size = kPage;
  protect(region.base(), 1, kGuarded);

  EXPECT_STATUS(0xC0000005u, nt::allocate(GetCurrentProcess(), base, 0, size, MEM_RESERVE, PAGE_READWRITE));

  EXPECT_MAP(region, "C1rw+g");
  protect(region.base(), 1, PAGE_READWRITE);
  EXPECT_EQ(*base, nullptr);
  EXPECT_EQ(*size, kPage);
}

TEST(GuardPages, V62_reset_leaves_the_guard) {
  Region region = committed(2);
  protect(region.page(1), 1, kGuarded);

  EXPECT_OK(VirtualAlloc(region.base(), 2 * kPage, MEM_RESET, kGuarded));

  EXPECT_MAP(region, "C1rw C1rw+g");
}

} // namespace
} // namespace apitest
