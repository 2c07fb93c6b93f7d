// NtQueryVirtualMemory's extended working set information: which pages are there, and what they are.
// Rules: V114 V116
#include "native_calls.h"

#include <cstring>
#include <vector>

namespace apitest {
namespace {

constexpr int kWorkingSetClass = 4;

struct Entry {
  PVOID address;
  ULONG_PTR flags;

  bool valid() const { return (flags & 1) != 0; }
  unsigned share_count() const { return (flags >> 1) & 7; }
  unsigned protection() const { return (flags >> 4) & 0x7FF; }
  bool shared() const { return ((flags >> 15) & 1) != 0; }
  unsigned node() const { return (flags >> 16) & 0x3F; }
  bool locked() const { return ((flags >> 22) & 1) != 0; }
  bool large() const { return ((flags >> 23) & 1) != 0; }
};

constexpr ULONG_PTR kNothing = 0xCCCCCCCCCCCCCCCC;

Entry ask_page(const void* address) {
  Entry entry = {const_cast<PVOID>(address), kNothing};
  EXPECT_STATUS(kSuccess, nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, &entry, sizeof entry, nullptr));
  EXPECT_EQ(entry.address, address);
  return entry;
}

void touch(const Region& region, std::size_t page) { *static_cast<volatile char*>(region.page(page)) = 1; }

TEST(NtQueryWorkingSet, V116_a_touched_private_page_is_valid_and_not_shared) {
  Region region = committed(8);
  touch(region, 3);

  const Entry entry = ask_page(region.page(3) + 0x123);
  EXPECT_TRUE(entry.valid());
  EXPECT_EQ(entry.protection(), 4u);
  EXPECT_FALSE(entry.shared());
  EXPECT_EQ(entry.share_count(), 0u);
  EXPECT_FALSE(entry.locked());
  EXPECT_FALSE(entry.large());
  EXPECT_LT(entry.node(), 64u);
}

TEST(NtQueryWorkingSet, V116_pages_that_were_never_touched_are_all_zero) {
  Region region = reserve(1024);
  region.commit(0, 600);
  touch(region, 0);

  EXPECT_EQ(ask_page(region.page(550)).flags, 0u);
  EXPECT_EQ(ask_page(region.page(1000)).flags, 0u); // reserved
  EXPECT_EQ(ask_page(free_range(kGranule)).flags, 0u);
}

TEST(NtQueryWorkingSet, V116_the_protection_is_the_current_one) {
  Region region = committed(4);
  touch(region, 0);
  touch(region, 1);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(0), kPage, PAGE_READONLY, &old));
  ASSERT_TRUE(VirtualProtect(region.page(1), kPage, PAGE_EXECUTE_READWRITE, &old));

  EXPECT_EQ(ask_page(region.page(0)).protection(), 2u);
  EXPECT_EQ(ask_page(region.page(1)).protection(), 0x40u);
}

TEST(NtQueryWorkingSet, V116_decommit_takes_a_page_out_and_a_touch_brings_it_back) {
  Region region = committed(4);
  touch(region, 2);
  ASSERT_TRUE(VirtualFree(region.page(2), kPage, MEM_DECOMMIT));
  EXPECT_EQ(ask_page(region.page(2)).flags, 0u);
  region.commit(2, 1);
  EXPECT_EQ(ask_page(region.page(2)).flags, 0u);
  touch(region, 2);
  EXPECT_TRUE(ask_page(region.page(2)).valid());
}

TEST(NtQueryWorkingSet, V116_pages_without_access_are_not_valid) {
  Region region = committed(4);
  touch(region, 0);
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(region.page(0), kPage, PAGE_NOACCESS, &old));

  EXPECT_FALSE(ask_page(region.page(0)).valid());
}

TEST(NtQueryWorkingSet, V116_V100_a_locked_page_says_so_and_is_valid_untouched) {
  Region region = committed(4);
  if (!VirtualLock(region.page(1), kPage)) {
    GTEST_SKIP() << "this process may lock nothing";
  }
  EXPECT_TRUE(ask_page(region.page(1)).valid());
  EXPECT_TRUE(ask_page(region.page(1)).locked());
  EXPECT_FALSE(ask_page(region.page(2)).locked());
  EXPECT_TRUE(VirtualUnlock(region.page(1), kPage));
  EXPECT_FALSE(ask_page(region.page(1)).locked());
}

TEST(NtQueryWorkingSet, V116_many_pages_in_any_order_are_answered_one_by_one) {
  constexpr std::size_t kPages = 700;
  Region region = committed(kPages);
  for (std::size_t page = 0; page < kPages; page += 3) {
    touch(region, page);
  }
  std::vector<Entry> entries;
  for (std::size_t page = 0; page < kPages; ++page) { // in order, then backwards, then scattered
    entries.push_back({region.page(page), kNothing});
  }
  for (std::size_t page = kPages; page-- > 0;) {
    entries.push_back({region.page(page), kNothing});
  }
  for (std::size_t i = 0; i < kPages; ++i) {
    entries.push_back({region.page(i * 257 % kPages), kNothing});
  }
  SIZE_T returned = 0;

  ASSERT_EQ(status(nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, entries.data(),
                             entries.size() * sizeof(Entry), &returned)),
            kSuccess);

  EXPECT_EQ(returned, entries.size() * sizeof(Entry));
  for (const Entry& entry : entries) {
    const std::size_t page = (number(entry.address) - number(region.base())) / kPage;
    ASSERT_EQ(entry.valid(), page % 3 == 0) << page;
  }
}

TEST(NtQueryWorkingSet, V116_a_last_entry_that_is_cut_off_stays_as_it_is) {
  Region region = committed(1);
  touch(region, 0);
  Entry entries[2] = {{region.base(), kNothing}, {region.base(), kNothing}};
  SIZE_T returned = 0;

  EXPECT_STATUS(kSuccess,
                nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, entries, sizeof entries - 1, &returned));

  EXPECT_EQ(returned, sizeof(Entry));
  EXPECT_TRUE(entries[0].valid());
  EXPECT_EQ(entries[1].flags, kNothing);
}

TEST(NtQueryWorkingSet, V116_addresses_outside_of_user_space_are_no_error) {
  EXPECT_EQ(ask_page(at(0x7FFFFFFF0000)).flags, 0u);
  EXPECT_EQ(ask_page(at(0xFFFF800000000000)).flags, 0u);
  EXPECT_EQ(ask_page(at(~std::uintptr_t{0})).flags, 0u);
  EXPECT_EQ(ask_page(nullptr).flags, 0u);
}

TEST(NtQueryWorkingSet, V116_the_base_argument_is_ignored) {
  Region region = committed(1);
  touch(region, 0);
  for (void* base : {static_cast<void*>(nullptr), static_cast<void*>(at(0xFFFF800000000000)),
                     static_cast<void*>(region.base() + 7)}) {
    Entry entry = {region.base(), kNothing};
    EXPECT_STATUS(kSuccess, nt::query(GetCurrentProcess(), base, kWorkingSetClass, &entry, sizeof entry, nullptr));
    EXPECT_TRUE(entry.valid());
  }
}

TEST(NtQueryWorkingSet, V116_memory_of_others_is_answered_truly) {
  static char data[3 * kPage];
  data[kPage] = 1;
  int local = 0;

  const Entry code = ask_page(reinterpret_cast<const void*>(&ask_page));
  EXPECT_TRUE(code.valid());
  EXPECT_TRUE(code.protection() == 0x20u || code.protection() == 0x10u) << code.protection();
  const Entry written = ask_page(data + kPage);
  EXPECT_TRUE(written.valid());
  EXPECT_FALSE(written.shared());
  const Entry stack = ask_page(&local);
  EXPECT_TRUE(stack.valid());
  EXPECT_EQ(stack.protection(), 4u);
}

TEST(NtQueryWorkingSet, V114_a_length_without_room_for_an_entry_is_a_mismatch) {
  Entry entry = {nullptr, kNothing};

  EXPECT_STATUS(kInfoLengthMismatch, nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, &entry, 0, nullptr));
  EXPECT_STATUS(kInfoLengthMismatch, nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, &entry, 15, nullptr));
  EXPECT_EQ(entry.flags, kNothing);
}

TEST(NtQueryWorkingSet, V114_C29_a_null_process_is_an_invalid_handle) {
  Entry entry = {nullptr, kNothing};

  EXPECT_STATUS(kInvalidHandle, nt::query(nullptr, nullptr, kWorkingSetClass, &entry, sizeof entry, nullptr));
  EXPECT_EQ(entry.flags, kNothing);
}

TEST(NtQueryWorkingSet, V114_an_unwritable_buffer_is_an_access_violation_and_writes_nothing) {
  Region region = reserve(3);
  region.commit(0, 1);
  auto* entries = reinterpret_cast<Entry*>(region.page(1)) - 2; // the third is on a reserved page
  entries[0] = {region.base(), kNothing};
  entries[1] = {region.base(), kNothing};

  EXPECT_STATUS(kAccessViolation,
                nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, entries, 3 * sizeof(Entry), nullptr));
  EXPECT_EQ(entries[0].flags, kNothing);
  EXPECT_EQ(entries[1].flags, kNothing);
  EXPECT_STATUS(kAccessViolation, nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, nullptr, 16, nullptr));
  EXPECT_STATUS(kAccessViolation,
                nt::query(GetCurrentProcess(), nullptr, kWorkingSetClass, entries, ~SIZE_T{0} / 2, nullptr));
  EXPECT_EQ(entries[0].flags, kNothing);
}

} // namespace
} // namespace apitest
