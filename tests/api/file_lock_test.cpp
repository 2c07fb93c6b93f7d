// Locks of bytes: which ranges go together, what they keep others from, how they end.
// Rules: W48, and what Microsoft documents for LockFileEx and UnlockFileEx
#include "file_test_support.h"

#include <chrono>
#include <thread>

namespace apitest {
namespace {

constexpr DWORD kExclusive = LOCKFILE_EXCLUSIVE_LOCK;
constexpr DWORD kAtOnce = LOCKFILE_FAIL_IMMEDIATELY;

OVERLAPPED where(ULONGLONG offset) {
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return at;
}

BOOL lock(HANDLE file, DWORD flags, ULONGLONG offset, ULONGLONG size) {
  OVERLAPPED at = where(offset);
  return LockFileEx(file, flags, 0, static_cast<DWORD>(size), static_cast<DWORD>(size >> 32), &at);
}

BOOL unlock(HANDLE file, ULONGLONG offset, ULONGLONG size) {
  OVERLAPPED at = where(offset);
  return UnlockFileEx(file, 0, static_cast<DWORD>(size), static_cast<DWORD>(size >> 32), &at);
}

// Two handles that were opened each for itself, to a file of 100 bytes.
class FileLocks : public Files {
protected:
  FileLocks() : first(with_text(std::string(100, 'x').c_str())), second(open(kReadWrite, OPEN_EXISTING)) {}
  ~FileLocks() override {
    CloseHandle(first);
    CloseHandle(second);
  }

  static bool reads(HANDLE file, DWORD offset, DWORD size) {
    char buffer[128];
    OVERLAPPED at = where(offset);
    DWORD count = 0;
    BOOL read = ReadFile(file, buffer, size, &count, &at);
    EXPECT_TRUE(read || GetLastError() == 33) << GetLastError();
    return read && count == size;
  }
  static bool writes(HANDLE file, DWORD offset, DWORD size) {
    std::string text(size, 'y');
    OVERLAPPED at = where(offset);
    DWORD count = 0;
    BOOL written = WriteFile(file, text.data(), size, &count, &at);
    EXPECT_TRUE(written || GetLastError() == 33) << GetLastError();
    return written && count == size;
  }

  HANDLE first;
  HANDLE second;
};

TEST_F(FileLocks, an_exclusive_lock_keeps_other_handles_from_reading_and_writing) {
  EXPECT_OK(lock(first, kExclusive, 10, 10));

  EXPECT_TRUE(reads(second, 0, 10));
  EXPECT_FALSE(reads(second, 19, 1));
  EXPECT_FALSE(reads(second, 0, 11));
  EXPECT_FALSE(writes(second, 10, 1));
  EXPECT_TRUE(writes(second, 20, 5));
  EXPECT_TRUE(reads(first, 0, 50));
  EXPECT_TRUE(writes(first, 5, 30));

  EXPECT_OK(unlock(first, 10, 10));
  EXPECT_TRUE(reads(second, 10, 10));
  EXPECT_TRUE(writes(second, 10, 10));
}

TEST_F(FileLocks, a_shared_lock_lets_all_read_and_nobody_write) {
  EXPECT_OK(lock(first, 0, 10, 10));

  EXPECT_TRUE(reads(first, 0, 50));
  EXPECT_TRUE(reads(second, 0, 50));
  EXPECT_FALSE(writes(second, 15, 1));
  EXPECT_TRUE(writes(second, 20, 1));

  EXPECT_OK(unlock(first, 10, 10));
  EXPECT_TRUE(writes(second, 15, 1));
}

TEST_F(FileLocks, a_shared_lock_keeps_its_own_handle_from_writing) {
  EXPECT_OK(lock(first, 0, 10, 10));

  EXPECT_FALSE(writes(first, 0, 11));
  EXPECT_TRUE(writes(first, 0, 10));

  EXPECT_OK(unlock(first, 10, 10));
  EXPECT_TRUE(writes(first, 0, 11));
}

TEST_F(FileLocks, which_locks_of_two_handles_go_together) {
  EXPECT_OK(lock(first, kAtOnce, 0, 10));
  EXPECT_OK(lock(second, kAtOnce, 5, 10));
  EXPECT_ERROR(33, lock(second, kExclusive | kAtOnce, 0, 1));
  EXPECT_ERROR(33, lock(first, kExclusive | kAtOnce, 14, 1));
  EXPECT_ERROR(33, LockFile(second, 0, 0, 1, 0));
  EXPECT_OK(lock(second, kExclusive | kAtOnce, 20, 10));
  EXPECT_ERROR(33, lock(first, kAtOnce, 29, 100));
  EXPECT_OK(lock(first, kAtOnce, 30, 100));

  EXPECT_OK(unlock(first, 0, 10));
  EXPECT_OK(unlock(second, 5, 10));
  EXPECT_OK(unlock(second, 20, 10));
  EXPECT_OK(unlock(first, 30, 100));
  EXPECT_OK(LockFile(second, 0, 0, 200, 0));
  EXPECT_OK(UnlockFile(second, 0, 0, 200, 0));
}

TEST_F(FileLocks, an_exclusive_lock_overlaps_none_not_even_of_its_own_handle) {
  EXPECT_OK(LockFile(first, 10, 0, 10, 0));
  EXPECT_ERROR(33, LockFile(first, 10, 0, 10, 0));
  EXPECT_ERROR(33, LockFile(first, 0, 0, 11, 0));
  EXPECT_OK(UnlockFile(first, 10, 0, 10, 0));

  EXPECT_OK(lock(first, kAtOnce, 10, 10));
  EXPECT_ERROR(33, LockFile(first, 15, 0, 1, 0));
  EXPECT_OK(unlock(first, 10, 10));
}

TEST_F(FileLocks, a_shared_lock_over_an_exclusive_one_of_the_same_handle_is_left_when_that_goes) {
  EXPECT_OK(lock(first, kExclusive | kAtOnce, 10, 10));
  EXPECT_OK(lock(first, kAtOnce, 10, 10));
  EXPECT_FALSE(reads(second, 10, 1));

  EXPECT_OK(unlock(first, 10, 10));

  EXPECT_TRUE(reads(second, 10, 10));
  EXPECT_FALSE(writes(second, 10, 1));
  EXPECT_OK(unlock(first, 10, 10));
  EXPECT_TRUE(writes(second, 10, 1));
  EXPECT_ERROR(158, unlock(first, 10, 10));
}

TEST_F(FileLocks, only_exactly_what_was_locked_can_be_unlocked) {
  EXPECT_OK(lock(first, kExclusive, 10, 10));
  EXPECT_OK(lock(first, kExclusive, 20, 10));

  EXPECT_ERROR(158, unlock(first, 10, 20));
  EXPECT_ERROR(158, unlock(first, 10, 5));
  EXPECT_ERROR(158, unlock(second, 10, 10));
  EXPECT_FALSE(reads(second, 12, 1));

  EXPECT_OK(unlock(first, 10, 10));
  EXPECT_TRUE(reads(second, 10, 10));
  EXPECT_FALSE(reads(second, 20, 1));
  EXPECT_OK(unlock(first, 20, 10));
  EXPECT_TRUE(reads(second, 0, 50));
}

TEST_F(FileLocks, what_shared_locks_cover_together_goes_range_by_range) {
  EXPECT_OK(lock(first, kAtOnce, 0, 30));
  EXPECT_OK(lock(first, kAtOnce, 20, 30));
  EXPECT_OK(lock(first, kAtOnce, 20, 30));

  EXPECT_OK(unlock(first, 20, 30));
  EXPECT_FALSE(writes(second, 49, 1));
  EXPECT_OK(unlock(first, 20, 30));
  EXPECT_TRUE(writes(second, 30, 20));
  EXPECT_FALSE(writes(second, 25, 1));
  EXPECT_OK(unlock(first, 0, 30));
  EXPECT_TRUE(writes(second, 0, 50));
}

TEST_F(FileLocks, locks_go_with_the_handle_and_not_with_a_duplicate) {
  HANDLE twin = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), first, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));
  HANDLE third = open(kReadWrite, OPEN_EXISTING);
  EXPECT_OK(lock(third, kExclusive, 0, 10));
  EXPECT_OK(lock(first, kExclusive, 20, 10));

  EXPECT_OK(CloseHandle(third));
  EXPECT_TRUE(reads(second, 0, 20));
  EXPECT_OK(CloseHandle(twin));
  EXPECT_FALSE(reads(second, 20, 1));
  EXPECT_OK(unlock(first, 20, 10));
}

TEST_F(FileLocks, ranges_behind_the_end_and_at_large_offsets_are_locked_like_others) {
  constexpr ULONGLONG kOffsets[] = {100,
                                    0xFFFFFFFF,
                                    0x100000000,
                                    0x3FFFFFFFFFFFFFFF,
                                    0x4000000000000000,
                                    0x7FFFFFFFFFFFFEFF,
                                    0x7FFFFFFFFFFFFFFE,
                                    0x8000000000000000,
                                    0xFFFFFFFF00000000,
                                    0xFFFFFFFFFFFFFFF0};
  for (ULONGLONG offset : kOffsets) {
    SCOPED_TRACE(offset);
    EXPECT_OK(lock(first, kExclusive | kAtOnce, offset, 10));
    EXPECT_ERROR(33, lock(second, kAtOnce, offset + 9, 1));
    EXPECT_OK(lock(second, kExclusive | kAtOnce, offset + 10, 1));
    EXPECT_OK(lock(second, kExclusive | kAtOnce, offset - 1, 1));
    EXPECT_OK(unlock(second, offset + 10, 1));
    EXPECT_OK(unlock(second, offset - 1, 1));
    EXPECT_OK(unlock(first, offset, 10));
  }
}

TEST_F(FileLocks, all_of_the_file_and_more_can_be_locked) {
  EXPECT_OK(lock(first, kExclusive | kAtOnce, 0, ~0ULL));
  EXPECT_FALSE(reads(second, 0, 1));
  EXPECT_ERROR(33, lock(second, kAtOnce, 0x123456789ABC, 1));
  EXPECT_ERROR(33, lock(second, kAtOnce, 0xFFFFFFFFFFFFFF00, 1));

  EXPECT_EQ(opens(GENERIC_READ, kShareAll), true); // sharing is another matter
  EXPECT_OK(unlock(first, 0, ~0ULL));
  EXPECT_TRUE(reads(second, 0, 1));
}

TEST_F(FileLocks, a_range_that_passes_the_last_offset_is_none) {
  EXPECT_ERROR(307, lock(first, kExclusive | kAtOnce, 0xFFFFFFFFFFFFFFF0, 17));
  EXPECT_ERROR(307, lock(first, kAtOnce, 2, ~0ULL));
  EXPECT_OK(lock(first, kExclusive | kAtOnce, 0xFFFFFFFFFFFFFFF0, 16));
  EXPECT_OK(unlock(first, 0xFFFFFFFFFFFFFFF0, 16));
}

TEST_F(FileLocks, a_handle_that_only_reads_locks_exclusively_and_one_that_only_writes_shares) {
  HANDLE reader = open(GENERIC_READ, OPEN_EXISTING);
  HANDLE writer = open(GENERIC_WRITE, OPEN_EXISTING);

  EXPECT_OK(lock(reader, kAtOnce, 40, 10));
  EXPECT_OK(lock(reader, kExclusive | kAtOnce, 0, 10));
  EXPECT_FALSE(writes(second, 0, 1));
  EXPECT_FALSE(reads(second, 0, 1));
  EXPECT_TRUE(reads(reader, 0, 10));
  EXPECT_FALSE(writes(second, 40, 1));
  EXPECT_OK(lock(writer, kAtOnce, 40, 10));
  EXPECT_OK(unlock(reader, 40, 10));
  EXPECT_FALSE(writes(second, 40, 1));

  EXPECT_OK(CloseHandle(reader));
  EXPECT_OK(CloseHandle(writer));
  EXPECT_TRUE(writes(second, 0, 50));
}

TEST_F(FileLocks, a_lock_is_waited_for_until_another_handle_lets_go) {
  EXPECT_OK(lock(first, kExclusive, 10, 10));
  std::thread waiter([this] {
    EXPECT_TRUE(lock(second, kExclusive, 5, 10));
    EXPECT_TRUE(writes(second, 5, 10));
    EXPECT_TRUE(unlock(second, 5, 10));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));

  EXPECT_TRUE(writes(first, 10, 10));
  EXPECT_OK(unlock(first, 10, 10));

  waiter.join();
  EXPECT_OK(lock(first, kExclusive | kAtOnce, 0, 100));
  EXPECT_OK(unlock(first, 0, 100));
}

TEST_F(FileLocks, a_lock_is_waited_for_until_the_same_handle_lets_go) {
  EXPECT_OK(lock(first, kExclusive, 10, 10));
  std::thread waiter([this] {
    EXPECT_TRUE(lock(first, kExclusive, 5, 10));
    EXPECT_TRUE(unlock(first, 5, 10));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));

  EXPECT_OK(unlock(first, 10, 10));

  waiter.join();
  EXPECT_ERROR(158, unlock(first, 5, 10));
}

TEST_F(FileLocks, W48_the_event_of_an_overlapped_is_set_when_the_lock_is_held) {
  HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  OVERLAPPED at = where(0);
  at.hEvent = event;

  EXPECT_OK(LockFileEx(first, kExclusive | kAtOnce, 0, 10, 0, &at));
  EXPECT_EQ(WaitForSingleObject(event, 0), 0u);

  EXPECT_OK(CloseHandle(event));
}

TEST_F(FileLocks, W48_the_event_of_an_overlapped_is_judged_and_reset_first) {
  HANDLE event = CreateEventA(nullptr, TRUE, TRUE, nullptr);
  EXPECT_OK(lock(second, kExclusive | kAtOnce, 0, 10));
  OVERLAPPED at = where(0);
  at.hEvent = first; // a file

  EXPECT_ERROR(6, LockFileEx(first, kExclusive | kAtOnce, 0, 10, 0, &at));
  at.Offset = 20;
  EXPECT_ERROR(6, LockFileEx(first, kExclusive | kAtOnce, 0, 10, 0, &at));
  EXPECT_OK(lock(second, kExclusive | kAtOnce, 20, 10)); // it was not locked
  at.hEvent = event;
  EXPECT_ERROR(33, LockFileEx(first, kExclusive | kAtOnce, 0, 10, 0, &at));
  EXPECT_EQ(WaitForSingleObject(event, 0), 258u);
  EXPECT_OK(SetEvent(event));
  char byte = 0;
  EXPECT_ERROR(33, ReadFile(first, &byte, 1, nullptr, &at));
  EXPECT_EQ(WaitForSingleObject(event, 0), 258u);

  EXPECT_OK(CloseHandle(event));
}

TEST_F(FileLocks, arguments_are_judged) {
  OVERLAPPED at = where(0);
  HANDLE asker = open(FILE_READ_ATTRIBUTES, OPEN_EXISTING);

  EXPECT_ERROR(87, LockFileEx(first, kExclusive, 1, 10, 0, &at));
  EXPECT_ERROR(87, UnlockFileEx(first, 1, 10, 0, &at));
  EXPECT_ERROR(5, LockFile(asker, 0, 0, 1, 0));
  EXPECT_ERROR(5, UnlockFile(asker, 0, 0, 1, 0));
  EXPECT_ERROR(6, LockFile(nullptr, 0, 0, 1, 0));
  EXPECT_ERROR(6, UnlockFile(INVALID_HANDLE_VALUE, 0, 0, 1, 0));
  EXPECT_ERROR(158, UnlockFile(first, 0, 0, 1, 0));

  EXPECT_OK(CloseHandle(asker));
}

TEST_F(FileLocks, a_lock_of_nothing_keeps_nobody_out_and_is_taken_back_once) {
  EXPECT_OK(lock(first, kExclusive | kAtOnce, 10, 0));
  EXPECT_TRUE(writes(second, 0, 50));
  EXPECT_OK(lock(second, kExclusive | kAtOnce, 10, 5));

  EXPECT_OK(unlock(second, 10, 5));
  EXPECT_OK(unlock(first, 10, 0));
  EXPECT_ERROR(158, unlock(first, 10, 0));
}

} // namespace
} // namespace apitest
