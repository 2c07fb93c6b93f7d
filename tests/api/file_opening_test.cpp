// Opening files: dispositions, names, access, sharing.
// Rules: what Microsoft documents for CreateFile
#include "file_test_support.h"

namespace apitest {
namespace {

// ---- opening --------------------------------------------------------------------------------------------------------

TEST_F(Files, create_new_refuses_a_file_that_exists) {
  HANDLE file = open(GENERIC_WRITE, CREATE_NEW);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 0u);
  CloseHandle(file);

  EXPECT_TRUE(refuses(80, GENERIC_WRITE, CREATE_NEW));
}

TEST_F(Files, open_existing_refuses_a_file_that_is_not_there) {
  EXPECT_TRUE(refuses(2, GENERIC_READ, OPEN_EXISTING));
  EXPECT_TRUE(refuses(2, GENERIC_WRITE, TRUNCATE_EXISTING));
}

TEST_F(Files, create_always_empties_a_file_and_says_that_it_existed) {
  make("some text");

  HANDLE file = open(GENERIC_WRITE, CREATE_ALWAYS);

  EXPECT_EQ(GetLastError(), 183u);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetFileSize(file, nullptr), 0u);
  CloseHandle(file);
}

TEST_F(Files, open_always_keeps_the_contents_and_says_whether_it_existed) {
  HANDLE first = open(kReadWrite, OPEN_ALWAYS);
  EXPECT_EQ(GetLastError(), 0u);
  DWORD written = 0;
  EXPECT_OK(WriteFile(first, "abc", 3, &written, nullptr));

  HANDLE second = open(kReadWrite, OPEN_ALWAYS);

  EXPECT_EQ(GetLastError(), 183u);
  EXPECT_EQ(GetFileSize(second, nullptr), 3u);
  CloseHandle(first);
  CloseHandle(second);
}

TEST_F(Files, truncate_existing_empties_and_needs_write_access) {
  make("text");

  EXPECT_TRUE(refuses(87, GENERIC_READ, TRUNCATE_EXISTING));
  HANDLE file = open(GENERIC_WRITE, TRUNCATE_EXISTING);

  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetFileSize(file, nullptr), 0u);
  CloseHandle(file);
}

TEST_F(Files, bad_dispositions_are_refused) {
  make();

  EXPECT_TRUE(refuses(87, GENERIC_READ, 0));
  EXPECT_TRUE(refuses(87, GENERIC_READ, 6));
}

TEST_F(Files, a_missing_directory_is_another_error_than_a_missing_file) {
  SetLastError(0);
  EXPECT_EQ(CreateFileA("no_such_directory/file", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr),
            INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 3u);
  EXPECT_EQ(CreateFileA("no_such_directory\\file", GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr),
            INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 3u);
}

TEST_F(Files, an_empty_name_is_no_path) {
  EXPECT_EQ(CreateFileA("", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr), INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 3u);
}

TEST_F(Files, a_directory_needs_backup_semantics) {
  EXPECT_EQ(CreateFileA(".", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr), INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 5u);

  HANDLE directory =
      CreateFileA(".", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);

  EXPECT_NE(directory, INVALID_HANDLE_VALUE);
  EXPECT_OK(CloseHandle(directory));
}

TEST_F(Files, wide_names_and_both_slashes_mean_the_same_file) {
  make("abc");
  std::string narrow = std::string(".\\") + name();
  std::wstring wide(narrow.begin(), narrow.end());

  HANDLE file = CreateFileW(wide.c_str(), GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);

  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_OK(CloseHandle(file));
  EXPECT_OK(DeleteFileW(wide.c_str()));
  EXPECT_TRUE(refuses(2, GENERIC_READ, OPEN_EXISTING));
}

TEST_F(Files, create_file_2_opens_as_create_file_does) {
  make("abc");
  std::string narrow = name();
  std::wstring wide(narrow.begin(), narrow.end());
  using Function = HANDLE(WINAPI*)(LPCWSTR, DWORD, DWORD, DWORD, LPCREATEFILE2_EXTENDED_PARAMETERS);
  auto create = lookup<Function>("kernel32.dll", "CreateFile2");
  CREATEFILE2_EXTENDED_PARAMETERS parameters{};
  parameters.dwSize = sizeof parameters;
  parameters.dwFileAttributes = FILE_ATTRIBUTE_NORMAL;

  HANDLE file = create(wide.c_str(), GENERIC_READ, kShareAll, OPEN_EXISTING, &parameters);

  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_OK(CloseHandle(file));
}

// ---- access ---------------------------------------------------------------------------------------------------------

TEST_F(Files, a_handle_reads_and_writes_only_what_it_was_opened_for) {
  make("abc");
  HANDLE reader = open(GENERIC_READ, OPEN_EXISTING);
  HANDLE writer = open(GENERIC_WRITE, OPEN_EXISTING);
  HANDLE asker = open(0, OPEN_EXISTING);
  char byte = 'x';
  DWORD count = 99;

  EXPECT_ERROR(5, WriteFile(reader, &byte, 1, &count, nullptr));
  EXPECT_EQ(count, 0u);
  EXPECT_ERROR(5, ReadFile(writer, &byte, 1, &count, nullptr));
  EXPECT_ERROR(5, ReadFile(asker, &byte, 1, &count, nullptr));
  EXPECT_ERROR(5, SetEndOfFile(reader));
  EXPECT_ERROR(5, FlushFileBuffers(reader));
  EXPECT_EQ(GetFileSize(asker, nullptr), 3u);

  for (HANDLE each : {reader, writer, asker}) {
    EXPECT_OK(CloseHandle(each));
  }
}

TEST_F(Files, a_duplicate_shares_the_position) {
  HANDLE file = with_text("abcdef");
  HANDLE twin = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, GENERIC_READ, FALSE, 0));

  EXPECT_EQ(SetFilePointer(file, 2, nullptr, FILE_BEGIN), 2u);

  char byte = 0;
  DWORD count = 0;
  EXPECT_OK(ReadFile(twin, &byte, 1, &count, nullptr));
  EXPECT_EQ(byte, 'c');
  EXPECT_ERROR(5, WriteFile(twin, &byte, 1, &count, nullptr));
  EXPECT_OK(CloseHandle(file));
  EXPECT_OK(ReadFile(twin, &byte, 1, &count, nullptr));
  EXPECT_EQ(byte, 'd');
  EXPECT_OK(CloseHandle(twin));
}

TEST_F(Files, what_is_no_files_handle_is_refused) {
  char byte = 0;
  DWORD count = 0;
  HANDLE process = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &process, 0, FALSE,
                            DUPLICATE_SAME_ACCESS));

  for (HANDLE bad : {HANDLE{nullptr}, HANDLE{at(0x3FFFFFC)}, process, INVALID_HANDLE_VALUE}) {
    EXPECT_ERROR(6, ReadFile(bad, &byte, 1, &count, nullptr));
    EXPECT_ERROR(6, WriteFile(bad, &byte, 1, &count, nullptr));
    EXPECT_ERROR(6, SetEndOfFile(bad));
    EXPECT_ERROR(6, FlushFileBuffers(bad));
    EXPECT_EQ(GetFileSize(bad, nullptr), INVALID_FILE_SIZE);
    EXPECT_EQ(GetLastError(), 6u);
    EXPECT_EQ(SetFilePointer(bad, 0, nullptr, FILE_BEGIN), INVALID_SET_FILE_POINTER);
    EXPECT_EQ(GetLastError(), 6u);
    EXPECT_ERROR(6, GetFileType(bad) != 0);
  }
  EXPECT_OK(CloseHandle(process));
}

// ---- sharing --------------------------------------------------------------------------------------------------------

TEST_F(Files, without_sharing_nobody_else_gets_in) {
  make("abc");
  HANDLE file = open(GENERIC_READ, OPEN_EXISTING, 0);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);

  EXPECT_TRUE(refuses(32, GENERIC_READ, OPEN_EXISTING));
  EXPECT_TRUE(refuses(32, GENERIC_WRITE, OPEN_EXISTING));
  EXPECT_TRUE(refuses(32, DELETE, OPEN_EXISTING));
  EXPECT_TRUE(refuses(32, GENERIC_WRITE, CREATE_ALWAYS));
  EXPECT_EQ(text_at(file, 0), "abc");

  EXPECT_OK(CloseHandle(file));
  EXPECT_TRUE(opens(kReadWrite, 0));
}

TEST_F(Files, a_device_is_anybodys_whatever_they_share) {
  HANDLE first = CreateFileA("NUL", kReadWrite, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  ASSERT_NE(first, INVALID_HANDLE_VALUE);

  HANDLE second = CreateFileA("NUL", kReadWrite, 0, nullptr, OPEN_EXISTING, 0, nullptr);

  EXPECT_NE(second, INVALID_HANDLE_VALUE);
  EXPECT_OK(CloseHandle(first));
  EXPECT_OK(CloseHandle(second));
}

TEST_F(Files, who_opens_must_share_what_others_have) {
  make();
  HANDLE writer = open(GENERIC_WRITE, OPEN_EXISTING, kShareAll);

  EXPECT_TRUE(refuses(32, GENERIC_READ, OPEN_EXISTING, FILE_SHARE_READ));
  EXPECT_TRUE(opens(GENERIC_READ, FILE_SHARE_WRITE));
  EXPECT_TRUE(opens(GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE));

  EXPECT_OK(CloseHandle(writer));
  EXPECT_TRUE(opens(GENERIC_READ, FILE_SHARE_READ));
}

TEST_F(Files, every_pair_of_access_and_sharing_is_decided_by_both_sides) {
  make();
  constexpr DWORD kAccesses[] = {GENERIC_READ, GENERIC_WRITE, kReadWrite, DELETE};
  auto needs = [](DWORD access) {
    return ((access & GENERIC_READ) != 0 ? DWORD{FILE_SHARE_READ} : 0) |
           ((access & GENERIC_WRITE) != 0 ? DWORD{FILE_SHARE_WRITE} : 0) |
           ((access & DELETE) != 0 ? DWORD{FILE_SHARE_DELETE} : 0);
  };
  for (DWORD first : kAccesses) {
    for (DWORD first_share = 0; first_share < 8; ++first_share) {
      HANDLE holder = open(first, OPEN_EXISTING, first_share);
      ASSERT_NE(holder, INVALID_HANDLE_VALUE);
      for (DWORD second : kAccesses) {
        for (DWORD second_share = 0; second_share < 8; ++second_share) {
          bool may = (needs(second) & ~first_share) == 0 && (needs(first) & ~second_share) == 0;
          EXPECT_EQ(opens(second, second_share), may)
              << std::hex << first << " " << first_share << " then " << second << " " << second_share;
        }
      }
      EXPECT_TRUE(CloseHandle(holder));
    }
  }
}

TEST_F(Files, who_only_asks_disturbs_nobody_and_is_disturbed_by_nobody) {
  make();
  HANDLE asker = open(0, OPEN_EXISTING, 0);
  HANDLE writer = open(kReadWrite, OPEN_EXISTING, 0);
  HANDLE other = open(FILE_READ_ATTRIBUTES, OPEN_EXISTING, 0);

  for (HANDLE each : {asker, writer, other}) {
    EXPECT_NE(each, INVALID_HANDLE_VALUE);
    EXPECT_OK(CloseHandle(each));
  }
}

TEST_F(Files, sharing_lasts_until_the_last_duplicate_is_closed) {
  make();
  HANDLE file = open(GENERIC_READ, OPEN_EXISTING, 0);
  HANDLE twin = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_OK(CloseHandle(file));
  EXPECT_TRUE(refuses(32, GENERIC_READ, OPEN_EXISTING));

  EXPECT_OK(CloseHandle(twin));
  EXPECT_TRUE(opens(GENERIC_READ, 0));
}

} // namespace
} // namespace apitest
