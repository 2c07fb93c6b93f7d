// ReadProcessMemory and WriteProcessMemory on the own process, and the native calls beneath.
// Rules: V63 V120 V121 V122 V123 C31 C32
#include "memory_map.h"
#include "native_calls.h"
#include "owned_handle.h"
#include "platform.h"

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

namespace apitest {
namespace {

constexpr SIZE_T kUntouched = 77;
constexpr std::size_t kAtOnce = 14 * kPage; // what Windows copies at a time (V121)

HANDLE self() { return GetCurrentProcess(); }

void protect(char* page, DWORD protection) {
  DWORD old = 0;
  ASSERT_TRUE(VirtualProtect(page, kPage, protection, &old));
}

// The count that a failing or succeeding call leaves.
SIZE_T count_of(BOOL (*call)(void* from, void* to, SIZE_T size, SIZE_T* count), void* from, void* to, SIZE_T size) {
  SIZE_T count = kUntouched;
  call(from, to, size, &count);
  return count;
}
BOOL read_to(void* from, void* to, SIZE_T size, SIZE_T* count) {
  return ReadProcessMemory(self(), from, to, size, count);
}
BOOL write_to(void* from, void* to, SIZE_T size, SIZE_T* count) {
  return WriteProcessMemory(self(), to, from, size, count);
}

TEST(ReadProcessMemory, V120_copies_and_counts) {
  Region region = committed(4);
  for (std::size_t i = 0; i < 3 * kPage; ++i) {
    region.base()[i] = static_cast<char>(i * 7 + i / kPage);
  }
  std::vector<char> copy(3 * kPage);
  SIZE_T count = kUntouched;

  EXPECT_OK(ReadProcessMemory(self(), region.base() + 5, copy.data(), 2 * kPage + 100, &count));

  EXPECT_EQ(count, 2 * kPage + 100);
  EXPECT_EQ(std::memcmp(copy.data(), region.base() + 5, 2 * kPage + 100), 0);
  EXPECT_EQ(copy[2 * kPage + 100], 0);
}

TEST(ReadProcessMemory, V120_size_0_succeeds_with_count_0) {
  char byte = 5;
  SIZE_T count = kUntouched;

  EXPECT_OK(ReadProcessMemory(self(), nullptr, &byte, 0, &count));
  EXPECT_EQ(count, 0u);
  count = kUntouched;
  EXPECT_OK(WriteProcessMemory(self(), &byte, nullptr, 0, &count));

  EXPECT_EQ(count, 0u);
  EXPECT_EQ(byte, 5);
}

TEST(ReadProcessMemory, V120_the_count_pointer_may_be_null) {
  char from = 3;
  char to = 0;

  EXPECT_OK(ReadProcessMemory(self(), &from, &to, 1, nullptr));
  EXPECT_EQ(to, 3);
  EXPECT_ERROR(299, ReadProcessMemory(self(), at(16), &to, 1, nullptr));
  EXPECT_OK(WriteProcessMemory(self(), &from, &to, 1, nullptr));
}

TEST(ReadProcessMemory, V120_C31_a_null_process_is_an_invalid_handle_and_counts_0) {
  char from = 3;
  char to = 4;
  SIZE_T count = kUntouched;

  EXPECT_ERROR(6, ReadProcessMemory(nullptr, &from, &to, 1, &count));
  EXPECT_EQ(count, 0u);
  count = kUntouched;
  EXPECT_ERROR(6, WriteProcessMemory(nullptr, &from, &to, 1, &count));
  EXPECT_EQ(count, 0u);
  count = kUntouched;
  EXPECT_STATUS(kInvalidHandle, nt::read(nullptr, &from, &to, 1, &count));

  EXPECT_EQ(count, 0u);
  EXPECT_EQ(from, 3);
  EXPECT_EQ(to, 4);
}

TEST(ReadProcessMemory, V120_real_handles_of_the_own_process_do_if_they_grant_it) {
  HANDLE made = nullptr;
  ASSERT_TRUE(DuplicateHandle(self(), self(), self(), &made, PROCESS_VM_READ, FALSE, 0));
  OwnedHandle reader{made};
  ASSERT_TRUE(DuplicateHandle(self(), self(), self(), &made, PROCESS_VM_WRITE | PROCESS_VM_OPERATION, FALSE, 0));
  OwnedHandle writer{made};
  char from = 3;
  char to = 4;

  EXPECT_ERROR(5, ReadProcessMemory(writer, &from, &to, 1, nullptr));
  EXPECT_ERROR(5, WriteProcessMemory(reader, &to, &from, 1, nullptr));
  EXPECT_EQ(to, 4);
  EXPECT_OK(ReadProcessMemory(reader, &from, &to, 1, nullptr));
  EXPECT_EQ(to, 3);
  from = 9;
  EXPECT_OK(WriteProcessMemory(writer, &to, &from, 1, nullptr));
  EXPECT_EQ(to, 9);
}

TEST(ReadProcessMemory, V121_C31_a_page_that_cannot_be_read_is_a_partial_copy_of_0_bytes) {
  Region region = committed(8);
  region.fill(0, 8, 1);
  ASSERT_TRUE(VirtualFree(region.page(2), kPage, MEM_DECOMMIT));
  protect(region.page(4), PAGE_NOACCESS);
  protect(region.page(6), PAGE_READWRITE | PAGE_GUARD);
  char buffer[16] = {};

  for (std::size_t page : {2, 4, 6}) {
    SIZE_T count = kUntouched;
    EXPECT_ERROR(299, ReadProcessMemory(self(), region.page(page), buffer, 8, &count)) << page;
    EXPECT_EQ(count, 0u);
    count = kUntouched;
    EXPECT_ERROR(299, ReadProcessMemory(self(), region.page(page) - 4, buffer, 8, &count)) << page;
    EXPECT_EQ(count, 0u);
    count = kUntouched;
    EXPECT_STATUS(kPartialCopy, nt::read(self(), region.page(page) - 4, buffer, 8, &count)) << page;
    EXPECT_EQ(count, 0u);
  }
  EXPECT_EQ(buffer[0], 0);
  EXPECT_MAP(region, "C2rw R1 C1rw C1na C1rw C1rw+g C1rw"); // V63: nothing was raised, and the guard stays
}

TEST(ReadProcessMemory, V121_free_memory_is_a_partial_copy) {
  char* free = free_range(kGranule);
  char buffer[8];

  EXPECT_ERROR(299, ReadProcessMemory(self(), free, buffer, 8, nullptr));
  EXPECT_ERROR(299, ReadProcessMemory(self(), nullptr, buffer, 8, nullptr));
  EXPECT_ERROR(299, ReadProcessMemory(self(), at(kHighestUser - 7), buffer, 8, nullptr));
}

TEST(ReadProcessMemory, V121_fourteen_pages_are_read_or_none_of_them) {
  Region region = committed(48);
  region.fill(0, 48, 6);
  protect(region.page(31), PAGE_NOACCESS);
  std::vector<char> buffer(48 * kPage);

  EXPECT_ERROR(299, ReadProcessMemory(self(), region.base(), buffer.data(), 48 * kPage, nullptr));
  EXPECT_EQ(count_of(read_to, region.base(), buffer.data(), 48 * kPage), 2 * kAtOnce);

  EXPECT_EQ(buffer[2 * kAtOnce - 1], 6);
  EXPECT_EQ(buffer[2 * kAtOnce], 0);
  EXPECT_EQ(count_of(read_to, region.base() + kPage / 2, buffer.data(), 40 * kPage), 2 * kAtOnce);
  EXPECT_EQ(count_of(read_to, region.base(), buffer.data(), 31 * kPage), 31 * kPage);
}

TEST(ReadProcessMemory, V121_what_is_not_in_user_space_is_no_access) {
  char buffer[8] = {};

  for (std::uintptr_t bad :
       {kHighestUser - 6, kHighestUser + 1, std::uintptr_t{0xFFFF800000000000}, ~std::uintptr_t{3}}) {
    SIZE_T count = kUntouched;
    EXPECT_ERROR(998, ReadProcessMemory(self(), at(bad), buffer, 8, &count)) << bad;
    EXPECT_EQ(count, 0u);
    EXPECT_ERROR(998, ReadProcessMemory(self(), buffer, at(bad), 8, nullptr)) << bad;
    EXPECT_ERROR(998, WriteProcessMemory(self(), at(bad), buffer, 8, nullptr)) << bad;
    EXPECT_STATUS(kAccessViolation, nt::write(self(), at(bad), buffer, 8, nullptr)) << bad;
  }
}

TEST(ReadProcessMemory, V122_C31_a_buffer_that_ends_early_gets_what_fits_exactly) {
  Region source = committed(2);
  source.fill(0, 2, 9);
  Region target = committed(4);
  protect(target.page(1), PAGE_READONLY);
  ASSERT_TRUE(VirtualFree(target.page(3), kPage, MEM_DECOMMIT));
  SIZE_T count = kUntouched;

  EXPECT_ERROR(299, ReadProcessMemory(self(), source.base(), target.page(1) - 100, 300, &count));
  EXPECT_EQ(count, 100u);
  EXPECT_EQ(target.page(1)[-1], 9);
  EXPECT_EQ(target.page(1)[-101], 0);
  EXPECT_STATUS(kPartialCopy, nt::read(self(), source.base(), target.page(3) - 10, kPage, &count));

  EXPECT_EQ(count, 10u);
  EXPECT_ERROR(299, ReadProcessMemory(self(), source.base(), nullptr, 8, &count));
  EXPECT_EQ(count, 0u);
}

TEST(ReadProcessMemory, V121_an_unwritable_count_is_no_access_and_copies_nothing) {
  Region region = committed(1, PAGE_READONLY);
  char from = 3;
  char to = 4;

  EXPECT_ERROR(998, ReadProcessMemory(self(), &from, &to, 1, reinterpret_cast<SIZE_T*>(region.base())));
  EXPECT_ERROR(998, WriteProcessMemory(self(), &to, &from, 1, reinterpret_cast<SIZE_T*>(region.base())));
  EXPECT_EQ(to, 4);
}

TEST(ReadProcessMemory, V120_a_copy_onto_itself_moves) {
  Region region = committed(4);
  for (std::size_t i = 0; i < 3 * kPage; ++i) {
    region.base()[i] = static_cast<char>(i % 251);
  }

  EXPECT_OK(ReadProcessMemory(self(), region.base(), region.base() + 100, 3 * kPage, nullptr));
  for (std::size_t i = 0; i < 3 * kPage; ++i) {
    ASSERT_EQ(region.base()[i + 100], static_cast<char>(i % 251)) << i;
  }
  EXPECT_OK(ReadProcessMemory(self(), region.base() + 100, region.base(), 3 * kPage, nullptr));
  for (std::size_t i = 0; i < 3 * kPage; ++i) {
    ASSERT_EQ(region.base()[i], static_cast<char>(i % 251)) << i;
  }
}

TEST(WriteProcessMemory, V123_C32_code_can_be_written_and_its_protection_stays) {
  for (DWORD protection : {DWORD{PAGE_EXECUTE}, DWORD{PAGE_EXECUTE_READ}}) {
    Region region = committed(4);
    platform::write_function(region.page(1), 1);
    DWORD old = 0;
    ASSERT_TRUE(VirtualProtect(region.page(1), 2 * kPage, protection, &old));
    char code[64];
    std::size_t length = platform::write_function(code, 42);
    SIZE_T count = kUntouched;

    EXPECT_OK(WriteProcessMemory(self(), region.page(1), code, length, &count));
    EXPECT_EQ(count, length);
    EXPECT_EQ(ask(region.page(1)).Protect, protection);
    EXPECT_OK(FlushInstructionCache(self(), region.page(1), length));
    EXPECT_EQ(platform::call_function(region.page(1)), 42);
    EXPECT_FALSE(platform::can_write(region.page(1)));
    char across[16] = "abcdefghijklmno";
    EXPECT_OK(WriteProcessMemory(self(), region.page(3) - 8, across, 16, &count)); // into what is behind the code
    EXPECT_EQ(count, 16u);
    EXPECT_EQ(std::memcmp(region.page(3) - 8, across, 16), 0);
  }
}

TEST(WriteProcessMemory, V123_C32_the_native_call_keeps_to_the_protection) {
  Region region = committed(4);
  protect(region.page(1), PAGE_EXECUTE_READ);
  protect(region.page(3), PAGE_READONLY);
  char bytes[8] = "1234567";

  for (std::size_t page : {1, 3}) {
    SIZE_T count = kUntouched;
    EXPECT_STATUS(kPartialCopy, nt::write(self(), region.page(page), bytes, 8, &count));
    EXPECT_EQ(count, 0u);
    EXPECT_EQ(region.page(page)[0], 0);
  }
}

TEST(WriteProcessMemory, V123_C32_a_first_page_that_cannot_be_written_is_no_access) {
  Region region = committed(8);
  protect(region.page(1), PAGE_READONLY);
  protect(region.page(3), PAGE_NOACCESS);
  char byte = 5;

  for (std::size_t page : {1, 3}) {
    SIZE_T count = kUntouched;
    EXPECT_ERROR(998, WriteProcessMemory(self(), region.page(page), &byte, 1, &count)) << page;
    EXPECT_TRUE(count == kUntouched || count == 0) << count;
  }
  EXPECT_EQ(region.page(1)[0], 0);
}

TEST(WriteProcessMemory, V123_free_and_reserved_pages_are_no_access) {
  Region region = reserve(4);
  char byte = 5;

  EXPECT_ERROR(998, WriteProcessMemory(self(), region.base(), &byte, 1, nullptr));
  EXPECT_ERROR(998, WriteProcessMemory(self(), nullptr, &byte, 1, nullptr));
  region.commit(0, 1);
  EXPECT_TRUE(pages_hold(region.base(), 1, 0));
}

TEST(WriteProcessMemory, V123_a_read_only_page_behind_others_ends_it) {
  Region region = committed(4);
  protect(region.page(1), PAGE_READONLY);
  char bytes[16] = "abcdefghijklmno";
  SIZE_T count = kUntouched;

  EXPECT_ERROR(299, WriteProcessMemory(self(), region.page(1) - 5, bytes, 16, &count));
  EXPECT_EQ(count, 5u);
  EXPECT_EQ(std::memcmp(region.page(1) - 5, "abcde", 5), 0);
  EXPECT_STATUS(kPartialCopy, nt::write(self(), region.page(1) - 3, bytes, 16, &count));

  EXPECT_EQ(count, 3u);
  EXPECT_EQ(region.page(1)[0], 0);
}

TEST(WriteProcessMemory, C31_a_buffer_that_ends_early_writes_nothing) {
  Region source = committed(2);
  source.fill(0, 2, 9);
  protect(source.page(1), PAGE_NOACCESS);
  Region target = committed(1);
  SIZE_T count = kUntouched;

  EXPECT_STATUS(kPartialCopy, nt::write(self(), target.base(), source.page(1) - 10, 20, &count));
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(target.base()[0], 0);
  count = kUntouched;
  EXPECT_ERROR(299, WriteProcessMemory(self(), target.base(), source.page(1) - 10, 20, &count));
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(target.base()[0], 0);
}

TEST(WriteProcessMemory, V63_a_guard_page_is_not_written_and_stays_one) {
  Region region = committed(2);
  protect(region.page(1), PAGE_READWRITE | PAGE_GUARD);
  char byte = 5;
  SIZE_T count = kUntouched;

  EXPECT_ERROR(299, WriteProcessMemory(self(), region.page(1), &byte, 1, &count));

  EXPECT_EQ(count, 0u);
  EXPECT_MAP(region, "C1rw C1rw+g");
}

TEST(FlushInstructionCache, V120_a_handle_that_is_none_is_invalid) {
  EXPECT_OK(FlushInstructionCache(self(), nullptr, 0));
  EXPECT_ERROR(6, FlushInstructionCache(nullptr, nullptr, 0));
  FlushProcessWriteBuffers();
}

// A copy meets pages that come and go: it ends where they are not, and what it counts is what it copied.
TEST(ReadProcessMemory, V121_pages_that_go_meanwhile_end_the_copy) {
  constexpr std::size_t kPages = 64;
  Region region = reserve(kPages);
  std::atomic<bool> done{false};
  std::thread changer([&] {
    for (int i = 0; i < 500; ++i) {
      EXPECT_NE(VirtualAlloc(region.base(), kPages * kPage, MEM_COMMIT, PAGE_READWRITE), nullptr);
      std::memset(region.base(), 5, kPages * kPage);
      EXPECT_TRUE(VirtualFree(region.page(20), 30 * kPage, MEM_DECOMMIT));
    }
    done = true;
  });
  std::vector<char> buffer(kPages * kPage);
  while (!done) {
    std::memset(buffer.data(), 1, buffer.size());
    SIZE_T count = kUntouched;
    BOOL all = ReadProcessMemory(self(), region.base(), buffer.data(), buffer.size(), &count);
    EXPECT_EQ(all != FALSE, count == buffer.size());
    EXPECT_TRUE(count == buffer.size() || buffer[buffer.size() - 1] == 1);
  }
  changer.join();
  EXPECT_EQ(count_of(write_to, buffer.data(), region.base(), kPage), kPage);
}

} // namespace
} // namespace apitest
