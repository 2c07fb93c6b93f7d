// Rules: E1 E2 E3 E4
//
// What a handler learns about an access violation: which instruction, which byte, which kind of access.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

namespace apitest {
namespace {

constexpr int kRead = 0;
constexpr int kWrite = 1;
constexpr int kExecute = 8;

const std::uintptr_t kReader = number(exception_probe_read_at);
const std::uintptr_t kWriter = number(exception_probe_write_at);

using Code = int (*)();
Code code_at(void* place) { return reinterpret_cast<Code>(place); }

TEST(AccessViolation, E1_a_read_tells_the_exact_byte) {
  Region region = committed(4);
  DWORD old = 0;
  ASSERT_OK(VirtualProtect(region.page(1), kPage, PAGE_NOACCESS, &old));
  Recorder seen;

  for (std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{2047}, kPage - 1}) {
    EXPECT_EQ(exception_probe_read(region.page(1) + offset), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, region.page(1) + offset);
    EXPECT_EQ(seen.last_context().Rip, kReader);
  }
  EXPECT_EQ(seen.count(), 4u);
}

TEST(AccessViolation, E1_a_write_tells_the_exact_byte) {
  Region region = committed(4, PAGE_READONLY);
  Recorder seen;

  for (std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{2047}, kPage - 1}) {
    EXPECT_EQ(exception_probe_write(region.page(2) + offset, 1), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, region.page(2) + offset);
    EXPECT_EQ(seen.last_context().Rip, kWriter);
  }
  EXPECT_EQ(seen.count(), 4u);
  EXPECT_EQ(exception_probe_read(region.page(2)), 0);
}

TEST(AccessViolation, E1_reserved_memory) {
  Region region = reserve(16);
  region.commit(4, 1);
  Recorder seen;

  EXPECT_EQ(exception_probe_read(region.page(3) + 7), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, region.page(3) + 7);
  EXPECT_EQ(exception_probe_write(region.page(5) + 9, 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, region.page(5) + 9);
}

TEST(AccessViolation, E1_decommitted_memory) {
  Region region = committed(16);
  region.fill(0, 16, 0x11);
  ASSERT_OK(VirtualFree(region.page(4), 2 * kPage, MEM_DECOMMIT));
  Recorder seen;

  EXPECT_EQ(exception_probe_read(region.page(4)), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, region.page(4));
  EXPECT_EQ(exception_probe_write(region.page(5) + 3, 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, region.page(5) + 3);
}

TEST(AccessViolation, E1_released_memory) {
  char* base = free_range(16 * kPage);
  Recorder seen;

  EXPECT_EQ(exception_probe_read(base + 5), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, base + 5);
  EXPECT_EQ(exception_probe_write(base + 5, 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, base + 5);
}

TEST(AccessViolation, E1_null_and_small_numbers) {
  Recorder seen;

  for (std::uintptr_t address : {0u, 1u, 8u, 0xFFFu, 0xFFFFu}) {
    EXPECT_EQ(exception_probe_read(at(address)), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, at(address));
    EXPECT_EQ(exception_probe_write(at(address), 1), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, at(address));
  }
}

TEST(AccessViolation, E1_addresses_of_the_kernel) {
  Recorder seen;

  for (std::uintptr_t address : {0xFFFF800000000000u, 0xFFFFFFFF00001234u, 0xFFFFFFFFFFFFFFF7u}) {
    EXPECT_EQ(exception_probe_read(at(address)), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, at(address));
    EXPECT_EQ(exception_probe_write(at(address), 1), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kWrite, at(address));
  }
}

TEST(AccessViolation, E1_execution_of_memory_that_is_not_code) {
  Region region = committed(4, PAGE_READWRITE);
  platform::write_function(region.page(1) + 0x123, 5);
  Recorder seen;

  EXPECT_EQ(code_at(region.page(1) + 0x123)(), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(region.page(1) + 0x123), kExecute, region.page(1) + 0x123);
  EXPECT_EQ(seen.last_context().Rip, number(region.page(1) + 0x123));
}

TEST(AccessViolation, E1_execution_of_reserved_and_of_inaccessible_memory) {
  Region region = reserve(16);
  region.commit(8, 1, PAGE_NOACCESS);
  Recorder seen;

  EXPECT_EQ(code_at(region.page(2) + 1)(), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(region.page(2) + 1), kExecute, region.page(2) + 1);
  EXPECT_EQ(code_at(region.page(8) + 2)(), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(region.page(8) + 2), kExecute, region.page(8) + 2);
  EXPECT_EQ(code_at(nullptr)(), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), 0u, kExecute, nullptr);
  EXPECT_EQ(seen.count(), 3u);
}

TEST(AccessViolation, E1_code_that_runs_into_a_bad_page_has_its_own_address_and_the_pages) {
  Region region = committed(16, PAGE_EXECUTE_READWRITE);
  DWORD old = 0;
  char* start = region.page(1) - 6; // endbr64, then one byte of a mov; the rest lies on the next page
  platform::write_function(start, 5);
  ASSERT_OK(VirtualProtect(region.page(1), kPage, PAGE_NOACCESS, &old));
  Recorder seen;

  EXPECT_EQ(code_at(start)(), -1);

  ASSERT_EQ(seen.count(), 1u);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(start + 4), kExecute, region.page(1));
}

TEST(AccessViolation, E2_an_address_that_is_not_canonical_reads_at_all_ones) {
  Recorder seen;

  for (std::uintptr_t address : {0x0000800000000000u, 0x1234567812345678u, 0xFFFF7FFFFFFFFFFFu}) {
    EXPECT_EQ(exception_probe_read(at(address)), -1);
    EXPECT_ACCESS_VIOLATION(seen.last(), kReader, kRead, at(~std::uintptr_t{0}));
    EXPECT_EQ(seen.last_context().Rip, kReader);
  }
  EXPECT_EQ(seen.count(), 3u);
}

TEST(AccessViolation, E2_a_write_to_an_address_that_is_not_canonical_is_reported_as_a_read) {
  Recorder seen;

  EXPECT_EQ(exception_probe_write(at(0x0000800000000000), 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kRead, at(~std::uintptr_t{0}));
  EXPECT_EQ(exception_probe_write(at(0x1234567812345678), 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), kWriter, kRead, at(~std::uintptr_t{0}));
}

TEST(AccessViolation, E3_a_read_modify_write_of_a_read_only_page_is_a_write) {
  Region region = committed(4, PAGE_READONLY);
  Recorder seen;

  EXPECT_EQ(exception_probe_increment(region.page(1) + 5), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(exception_probe_increment_at), kWrite, region.page(1) + 5);
  EXPECT_EQ(exception_probe_locked_increment(region.page(1) + 6), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(exception_probe_locked_increment_at), kWrite, region.page(1) + 6);
}

TEST(AccessViolation, E3_a_read_modify_write_of_an_inaccessible_page_is_a_write) {
  Region region = committed(4, PAGE_NOACCESS);
  Recorder seen;

  EXPECT_EQ(exception_probe_increment(region.page(1) + 5), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(exception_probe_increment_at), kWrite, region.page(1) + 5);
}

TEST(AccessViolation, E4_an_access_that_crosses_into_a_bad_page_tells_that_pages_first_byte) {
  Region region = reserve(16);
  region.commit(0, 1);
  Recorder seen;

  EXPECT_EQ(exception_probe_read_16(region.page(1) - 8), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(exception_probe_read_16_at), kRead, region.page(1));
  EXPECT_EQ(exception_probe_write_8(region.page(1) - 1), -1);
  EXPECT_ACCESS_VIOLATION(seen.last(), number(exception_probe_write_8_at), kWrite, region.page(1));
}

TEST(AccessViolation, E4_an_access_that_crosses_two_bad_pages_faults_once_for_each) {
  Region region = committed(16, PAGE_NOACCESS);
  char* start = region.page(3) - 5;
  std::vector<ULONG_PTR> addresses;
  Watch repair([&](EXCEPTION_POINTERS* exception) -> LONG {
    addresses.push_back(exception->ExceptionRecord->ExceptionInformation[1]);
    DWORD old = 0;
    return VirtualProtect(at(addresses.back()), 1, PAGE_READWRITE, &old) ? EXCEPTION_CONTINUE_EXECUTION
                                                                         : EXCEPTION_CONTINUE_SEARCH;
  });

  EXPECT_EQ(exception_probe_read_16(start), 1);

  EXPECT_EQ(addresses, (std::vector<ULONG_PTR>{number(start), number(region.page(3))}));
  EXPECT_MAP(region, "C2na C2rw C12na");
}

TEST(AccessViolation, E1_E4_memory_is_as_it_was_after_a_write_that_failed) {
  Region region = committed(16);
  region.fill(0, 16, 0x5A);
  DWORD old = 0;
  ASSERT_OK(VirtualProtect(region.page(1), kPage, PAGE_READONLY, &old));
  Recorder seen;

  EXPECT_EQ(exception_probe_write_8(region.page(1) - 4), -1);

  EXPECT_EQ(seen.count(), 1u);
  EXPECT_TRUE(pages_hold(region.base(), 16, 0x5A));
}

} // namespace
} // namespace apitest
