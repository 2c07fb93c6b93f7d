// Deleting files, at once and with the last handle.
// Rules: what Microsoft documents for DeleteFile and FILE_FLAG_DELETE_ON_CLOSE
#include "file_test_support.h"

namespace apitest {
namespace {

// ---- deleting -------------------------------------------------------------------------------------------------------

TEST_F(Files, a_deleted_file_is_gone_and_cannot_be_deleted_again) {
  make("abc");

  EXPECT_OK(DeleteFileA(name()));

  EXPECT_ERROR(2, DeleteFileA(name()));
  EXPECT_ERROR(3, DeleteFileA("no_such_directory/file"));
  EXPECT_ERROR(5, DeleteFileA("."));
}

TEST_F(Files, a_file_that_is_open_without_shared_deletion_cannot_be_deleted) {
  make("abc");
  HANDLE file = open(GENERIC_READ, OPEN_EXISTING, FILE_SHARE_READ | FILE_SHARE_WRITE);

  EXPECT_ERROR(32, DeleteFileA(name()));

  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_OK(CloseHandle(file));
  EXPECT_OK(DeleteFileA(name()));
}

TEST_F(Files, delete_on_close_takes_the_name_with_the_last_handle) {
  HANDLE file = open(kReadWrite, CREATE_NEW, kShareAll, FILE_FLAG_DELETE_ON_CLOSE);
  HANDLE twin = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_OK(CloseHandle(file));
  EXPECT_TRUE(opens(GENERIC_READ, kShareAll));
  EXPECT_OK(CloseHandle(twin));

  EXPECT_TRUE(refuses(2, GENERIC_READ, OPEN_EXISTING));
}

TEST_F(Files, a_read_only_file_is_neither_written_nor_deleted) {
  if (!kIsWinmem) {
    GTEST_SKIP() << "under Wine the superuser writes it all the same";
  }
  HANDLE file = open(GENERIC_WRITE, CREATE_NEW, kShareAll, FILE_ATTRIBUTE_READONLY);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  DWORD count = 0;
  EXPECT_OK(WriteFile(file, "abc", 3, &count, nullptr));
  EXPECT_OK(CloseHandle(file));

  EXPECT_TRUE(refuses(5, GENERIC_WRITE, OPEN_EXISTING));
  EXPECT_ERROR(5, DeleteFileA(name()));
  EXPECT_TRUE(opens(GENERIC_READ, kShareAll));
}

} // namespace
} // namespace apitest
