// What is told of files: attributes, times, sizes, links.
// Rules: what Microsoft documents for each function (fileapi.h, winbase.h)
#include "file_test_support.h"

namespace apitest {
namespace {

class FileInformation : public Files {};

ULONGLONG value(FILETIME time) { return ULONGLONG{time.dwHighDateTime} << 32 | time.dwLowDateTime; }

constexpr ULONGLONG kSecond = 10000000;
constexpr ULONGLONG k2020 = 132223104000000000; // 2020-01-01 in units of 100 ns since 1601

TEST_F(FileInformation, attributes_tell_directories_from_files_and_what_is_not_there) {
  make("abc");
  std::string narrow = name();
  std::wstring wide(narrow.begin(), narrow.end());

  EXPECT_EQ(GetFileAttributesA(name()), DWORD{FILE_ATTRIBUTE_ARCHIVE});
  EXPECT_EQ(GetFileAttributesW(wide.c_str()), DWORD{FILE_ATTRIBUTE_ARCHIVE});
  EXPECT_EQ(GetFileAttributesA(".") & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_ARCHIVE),
            DWORD{FILE_ATTRIBUTE_DIRECTORY});
  EXPECT_ERROR(2, GetFileAttributesA("no_such_file") + 1);
  EXPECT_ERROR(3, GetFileAttributesA("no_such_directory/file") + 1);
  EXPECT_ERROR(3, GetFileAttributesA("") + 1);
}

TEST_F(FileInformation, a_read_only_file_says_so) {
  HANDLE file = open(GENERIC_WRITE, CREATE_NEW, kShareAll, FILE_ATTRIBUTE_READONLY);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  BY_HANDLE_FILE_INFORMATION info{};

  EXPECT_OK(GetFileInformationByHandle(file, &info));

  EXPECT_NE(info.dwFileAttributes & FILE_ATTRIBUTE_READONLY, 0u);
  EXPECT_NE(GetFileAttributesA(name()) & FILE_ATTRIBUTE_READONLY, 0u);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(FileInformation, the_extended_form_tells_size_and_times) {
  make("hello");
  WIN32_FILE_ATTRIBUTE_DATA data{};
  std::string narrow = name();
  std::wstring wide(narrow.begin(), narrow.end());

  EXPECT_OK(GetFileAttributesExA(name(), GetFileExInfoStandard, &data));

  EXPECT_EQ(data.dwFileAttributes, DWORD{FILE_ATTRIBUTE_ARCHIVE});
  EXPECT_EQ(data.nFileSizeLow, 5u);
  EXPECT_EQ(data.nFileSizeHigh, 0u);
  EXPECT_GT(value(data.ftLastWriteTime), k2020);
  EXPECT_LE(value(data.ftCreationTime), value(data.ftLastWriteTime) + kSecond);
  EXPECT_GT(value(data.ftLastAccessTime), k2020);
  WIN32_FILE_ATTRIBUTE_DATA again{};
  EXPECT_OK(GetFileAttributesExW(wide.c_str(), GetFileExInfoStandard, &again));
  EXPECT_EQ(value(again.ftLastWriteTime), value(data.ftLastWriteTime));
  EXPECT_ERROR(87, GetFileAttributesExA(name(), GetFileExMaxInfoLevel, &data));
  EXPECT_ERROR(2, GetFileAttributesExA("no_such_file", GetFileExInfoStandard, &data));
}

TEST_F(FileInformation, an_open_file_is_told_from_others_by_volume_and_index) {
  HANDLE file = with_text("hello");
  HANDLE same = open(FILE_READ_ATTRIBUTES, OPEN_EXISTING);
  HANDLE directory = CreateFileA(".", 0, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  BY_HANDLE_FILE_INFORMATION info{};
  BY_HANDLE_FILE_INFORMATION second{};
  BY_HANDLE_FILE_INFORMATION third{};

  EXPECT_OK(GetFileInformationByHandle(file, &info));
  EXPECT_OK(GetFileInformationByHandle(same, &second));
  EXPECT_OK(GetFileInformationByHandle(directory, &third));

  EXPECT_EQ(info.nFileSizeLow, 5u);
  EXPECT_EQ(info.nNumberOfLinks, 1u);
  EXPECT_EQ(info.dwFileAttributes, DWORD{FILE_ATTRIBUTE_ARCHIVE});
  EXPECT_EQ(info.dwVolumeSerialNumber, second.dwVolumeSerialNumber);
  EXPECT_EQ(info.nFileIndexLow, second.nFileIndexLow);
  EXPECT_EQ(info.nFileIndexHigh, second.nFileIndexHigh);
  EXPECT_NE(info.nFileIndexLow, third.nFileIndexLow);
  EXPECT_NE(third.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY, 0u);
  EXPECT_ERROR(6, GetFileInformationByHandle(nullptr, &info));
  for (HANDLE each : {file, same, directory}) {
    EXPECT_OK(CloseHandle(each));
  }
}

TEST_F(FileInformation, basic_and_standard_information_agree_with_the_rest) {
  HANDLE file = with_text("hello");
  BY_HANDLE_FILE_INFORMATION info{};
  FILE_BASIC_INFO basic{};
  FILE_STANDARD_INFO standard{};

  EXPECT_OK(GetFileInformationByHandle(file, &info));
  EXPECT_OK(GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic));
  EXPECT_OK(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard));

  EXPECT_EQ(static_cast<ULONGLONG>(basic.LastWriteTime.QuadPart), value(info.ftLastWriteTime));
  EXPECT_EQ(basic.FileAttributes, info.dwFileAttributes);
  EXPECT_GE(basic.ChangeTime.QuadPart, basic.LastWriteTime.QuadPart - static_cast<LONGLONG>(kSecond));
  EXPECT_EQ(standard.EndOfFile.QuadPart, 5);
  EXPECT_EQ(standard.NumberOfLinks, 1u);
  EXPECT_FALSE(standard.Directory);
  EXPECT_FALSE(standard.DeletePending);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(FileInformation, arguments_of_the_classes_are_judged) {
  HANDLE file = with_text("hello");
  FILE_BASIC_INFO basic{};

  EXPECT_ERROR(24, GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic - 1));
  EXPECT_ERROR(24, GetFileInformationByHandleEx(file, FileStandardInfo, &basic, 4));
  EXPECT_ERROR(87, GetFileInformationByHandleEx(file, FileRenameInfo, &basic, sizeof basic));
  EXPECT_ERROR(6, GetFileInformationByHandleEx(nullptr, FileBasicInfo, &basic, sizeof basic));

  EXPECT_OK(CloseHandle(file));
}

} // namespace
} // namespace apitest
