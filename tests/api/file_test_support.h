// Files that tests make: names of their own in the current directory, which go with the test.
#pragma once

#include "expect.h"

#include <cstdio>
#include <cstring>
#include <string>

#ifndef WINMEM_TESTS_NATIVE
#include <io.h>
#include <sys/stat.h>
#endif

namespace apitest {

inline constexpr DWORD kReadWrite = GENERIC_READ | GENERIC_WRITE;
inline constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// Each test has names of its own in the current directory, and leaves nothing.
class Files : public ::testing::Test {
protected:
  Files() {
    std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    name_ = "winmem-" + std::to_string(GetCurrentProcessId()) + "-" + test.substr(0, 60) + ".tmp";
    remove(); // what a process of this number left, if it was killed
  }
  ~Files() override { remove(); }

  const char* name() const { return name_.c_str(); }

  HANDLE open(DWORD access, DWORD disposition, DWORD share = kShareAll, DWORD flags = FILE_ATTRIBUTE_NORMAL) const {
    return CreateFileA(name(), access, share, nullptr, disposition, flags, nullptr);
  }

  // A new file with that text in it.
  HANDLE with_text(const char* text) const {
    HANDLE file = open(kReadWrite, CREATE_ALWAYS);
    EXPECT_NE(file, INVALID_HANDLE_VALUE);
    DWORD written = 0;
    EXPECT_TRUE(WriteFile(file, text, static_cast<DWORD>(std::strlen(text)), &written, nullptr));
    return file;
  }

  void make(const char* text = "") const { EXPECT_TRUE(CloseHandle(with_text(text))); }

  bool refuses(DWORD error, DWORD access, DWORD disposition, DWORD share = kShareAll) const {
    SetLastError(kNobodysError);
    HANDLE file = open(access, disposition, share);
    DWORD seen = GetLastError();
    if (file != INVALID_HANDLE_VALUE) {
      CloseHandle(file);
      return false;
    }
    EXPECT_EQ(seen, error);
    return seen == error;
  }

  bool opens(DWORD access, DWORD share) const {
    HANDLE file = open(access, OPEN_EXISTING, share);
    return file != INVALID_HANDLE_VALUE && CloseHandle(file);
  }

private:
  void remove() const {
#ifndef WINMEM_TESTS_NATIVE
    _chmod(name(), _S_IREAD | _S_IWRITE); // a read-only file stays there
#endif
    std::remove(name());
  }

  std::string name_;
};

inline std::string text_at(HANDLE file, LONG offset, DWORD most = 100) {
  char buffer[128] = {};
  DWORD got = 0;
  EXPECT_EQ(SetFilePointer(file, offset, nullptr, FILE_BEGIN), static_cast<DWORD>(offset));
  EXPECT_TRUE(ReadFile(file, buffer, most, &got, nullptr));
  return std::string(buffer, got);
}

} // namespace apitest
