// Files that tests own, on Windows and on Linux.
#pragma once

#include "expect.h"

#include <cstdio>
#include <cstring>
#include <string>

namespace apitest {

inline constexpr DWORD kReadWrite = GENERIC_READ | GENERIC_WRITE;
inline constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// An open file; closed at the end of the scope.
class OpenFile {
public:
  explicit OpenFile(HANDLE handle) : handle_(handle) { EXPECT_NE(handle, INVALID_HANDLE_VALUE) << GetLastError(); }
  OpenFile(OpenFile&& other) noexcept : handle_(other.handle_) { other.handle_ = INVALID_HANDLE_VALUE; }
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() { close(); }

  operator HANDLE() const { return handle_; } // NOLINT(google-explicit-constructor): it is one
  void close() {
    if (handle_ != INVALID_HANDLE_VALUE) {
      EXPECT_TRUE(CloseHandle(handle_));
    }
    handle_ = INVALID_HANDLE_VALUE;
  }

private:
  HANDLE handle_;
};

// Each test has one name of its own in the current directory, and leaves nothing.
class WithFile : public ::testing::Test {
protected:
  WithFile() {
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    name_ = "winmem-" + std::to_string(GetCurrentProcessId()) + "-" + std::string(test->name()).substr(0, 60) + ".tmp";
    std::remove(name()); // what a process of this number left, if it was killed
  }
  ~WithFile() override { std::remove(name()); }

  const char* name() const { return name_.c_str(); }

  HANDLE try_open(DWORD access, DWORD disposition = OPEN_EXISTING, DWORD share = kShareAll) const {
    return CreateFileA(name(), access, share, nullptr, disposition, FILE_ATTRIBUTE_NORMAL, nullptr);
  }
  OpenFile open(DWORD access = kReadWrite, DWORD disposition = OPEN_EXISTING) const {
    return OpenFile(try_open(access, disposition));
  }

  // A new file of that size: byte i is 'a' + i % 26 in the first 26 bytes of each page, and 0 in the others.
  OpenFile made(std::size_t bytes) const {
    OpenFile file = open(kReadWrite, CREATE_ALWAYS);
    std::string contents(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) {
      contents[i] = i % 0x1000 < 26 ? static_cast<char>('a' + i % 0x1000) : '\0';
    }
    DWORD written = 0;
    EXPECT_TRUE(WriteFile(file, contents.data(), static_cast<DWORD>(bytes), &written, nullptr));
    EXPECT_EQ(written, bytes);
    return file;
  }

  static DWORD size_of(HANDLE file) { return GetFileSize(file, nullptr); }

  // The byte of the file at that offset, read by ReadFile; -1 behind the end.
  static int byte_at(HANDLE file, LONG offset) {
    char byte = 0;
    DWORD got = 0;
    EXPECT_EQ(SetFilePointer(file, offset, nullptr, FILE_BEGIN), static_cast<DWORD>(offset));
    EXPECT_TRUE(ReadFile(file, &byte, 1, &got, nullptr));
    return got == 1 ? byte : -1;
  }
  static void write_byte(HANDLE file, LONG offset, char byte) {
    DWORD written = 0;
    EXPECT_EQ(SetFilePointer(file, offset, nullptr, FILE_BEGIN), static_cast<DWORD>(offset));
    EXPECT_TRUE(WriteFile(file, &byte, 1, &written, nullptr));
  }
  // SetEndOfFile there; what it answers.
  static BOOL cut(HANDLE file, LONG size) {
    EXPECT_EQ(SetFilePointer(file, size, nullptr, FILE_BEGIN), static_cast<DWORD>(size));
    return SetEndOfFile(file);
  }

private:
  std::string name_;
};

} // namespace apitest
