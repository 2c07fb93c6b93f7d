// Files on a disk that is full: calls fail with ERROR_DISK_FULL (112), and the file is as it was. Linux only.
#include "file_test_support.h"
#include "small_file_system.h"

#include <vector>

namespace apitest {
namespace {

using LinuxDiskFull = Files;

constexpr DWORD kTooMuch = 0x200000;

HANDLE open_path(const std::string& path, DWORD access = kReadWrite, DWORD disposition = OPEN_EXISTING) {
  return CreateFileA(path.c_str(), access, kShareAll, nullptr, disposition, FILE_ATTRIBUTE_NORMAL, nullptr);
}

bool is_full(BOOL done) { return done == FALSE && GetLastError() == 112; }

// The file has its 100 bytes, all 'x', and the position is there.
bool is_as_it_was(HANDLE file, DWORD position) {
  return SetFilePointer(file, 0, nullptr, FILE_CURRENT) == position && GetFileSize(file, nullptr) == 100 &&
         text_at(file, 0, 120) == std::string(100, 'x');
}

TEST_F(LinuxDiskFull, SetEndOfFile_grows_the_file_wholly_or_not_at_all) {
  in_small_file_system(name(), [](const std::string&, const std::string& path) {
    HANDLE file = open_path(path);
    SetFilePointer(file, kTooMuch, nullptr, FILE_BEGIN);
    if (!is_full(SetEndOfFile(file)) || !is_as_it_was(file, kTooMuch))
      return 1;
    SetFilePointer(file, 0x80000, nullptr, FILE_BEGIN); // nothing of the failed call takes room
    return SetEndOfFile(file) && GetFileSize(file, nullptr) == 0x80000 ? 0 : 2;
  });
}

TEST_F(LinuxDiskFull, WriteFile_appends_wholly_or_not_at_all) {
  in_small_file_system(name(), [](const std::string&, const std::string& path) {
    HANDLE file = open_path(path);
    std::vector<char> much(kTooMuch, 'y');
    DWORD written = 99;
    SetFilePointer(file, 100, nullptr, FILE_BEGIN);
    if (!is_full(WriteFile(file, much.data(), kTooMuch, &written, nullptr)) || written != 0)
      return 1;
    if (!is_as_it_was(file, 100))
      return 2;
    OVERLAPPED where{};
    where.Offset = 100;
    SetFilePointer(file, 7, nullptr, FILE_BEGIN);
    if (!is_full(WriteFile(file, much.data(), kTooMuch, &written, &where)) || !is_as_it_was(file, 7))
      return 3;
    bool fits = WriteFile(file, much.data(), 0x80000, &written, &where) && written == 0x80000;
    return fits && GetFileSize(file, nullptr) == 0x80000 + 100 ? 0 : 4;
  });
}

TEST_F(LinuxDiskFull, a_file_that_is_full_itself_is_still_read_cut_and_deleted) {
  in_small_file_system(name(), [](const std::string& folder, const std::string& path) {
    HANDLE big = open_path(folder + "/big", kReadWrite, CREATE_NEW);
    std::vector<char> much(0x10000, 'z');
    DWORD written = 0;
    while (WriteFile(big, much.data(), 0x10000, &written, nullptr)) {
    }
    if (GetLastError() != 112 || GetFileSize(big, nullptr) % 0x10000 != 0)
      return 1;
    SetFilePointer(big, 0x10000, nullptr, FILE_BEGIN);
    HANDLE file = open_path(path);
    if (!SetEndOfFile(big) || !is_as_it_was(file, 0) || !CloseHandle(big))
      return 2;
    return DeleteFileA((folder + "/big").c_str()) ? 0 : 3;
  });
}

} // namespace
} // namespace apitest
