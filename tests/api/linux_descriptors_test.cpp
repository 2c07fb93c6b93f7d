// Descriptors of libc and handles of files. Linux only.
#include "child_process.h"
#include "file_test_support.h"

#include <cerrno>
#include <fcntl.h>
#include <io.h>
#include <unistd.h>

namespace apitest {
namespace {

using Descriptors = Files;

HANDLE handle_of(int descriptor) { return reinterpret_cast<HANDLE>(_get_osfhandle(descriptor)); }

TEST_F(Descriptors, an_open_descriptor_has_one_handle_with_its_position_and_rights) {
  make("abcdef");
  int descriptor = ::open(name(), O_RDONLY | O_CLOEXEC);
  HANDLE file = handle_of(descriptor);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  EXPECT_EQ(handle_of(descriptor), file);

  char byte = 0;
  DWORD count = 0;
  EXPECT_EQ(lseek(descriptor, 2, SEEK_SET), 2);
  EXPECT_OK(ReadFile(file, &byte, 1, &count, nullptr));
  EXPECT_EQ(byte, 'c');
  EXPECT_EQ(read(descriptor, &byte, 1), 1);
  EXPECT_EQ(byte, 'd');
  EXPECT_ERROR(5, WriteFile(file, &byte, 1, &count, nullptr));
  EXPECT_EQ(GetFileType(file), 1u);
  close(descriptor);
}

TEST_F(Descriptors, another_file_under_the_same_number_has_another_handle) {
  make("abc");
  int first = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  HANDLE before = handle_of(first);
  close(first);
  int second = ::open(name(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(second, first);

  HANDLE file = handle_of(second);

  EXPECT_NE(file, before);
  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_ERROR(6, CloseHandle(before));
  close(second);
}

TEST_F(Descriptors, a_closed_descriptor_is_EBADF) {
  int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(descriptor);
  for (int bad : {descriptor, -1, 5000}) {
    errno = 0;
    EXPECT_EQ(_get_osfhandle(bad), -1);
    EXPECT_EQ(errno, EBADF);
  }
}

TEST_F(Descriptors, a_handle_gets_a_descriptor_that_owns_it) {
  HANDLE file = with_text("abcdef");
  int descriptor = _open_osfhandle(reinterpret_cast<intptr_t>(file), 0);
  ASSERT_GE(descriptor, 0);
  ASSERT_LT(descriptor, 1024);

  EXPECT_EQ(handle_of(descriptor), file);
  EXPECT_EQ(fcntl(descriptor, F_GETFD), 0);
  char byte = 0;
  EXPECT_EQ(pread(descriptor, &byte, 1, 3), 1);
  EXPECT_EQ(byte, 'd');
  close(descriptor);

  HANDLE other = CreateFileA("NUL", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
  int next = _open_osfhandle(reinterpret_cast<intptr_t>(other), _O_NOINHERIT);
  EXPECT_EQ(fcntl(next, F_GETFD), FD_CLOEXEC);
  EXPECT_ERROR(6, CloseHandle(file));
  close(next);
  EXPECT_EQ(_open_osfhandle(-1, 0), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST_F(Descriptors, standard_handles_are_files_of_the_first_descriptors) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  int status = in_child([&] {
    DWORD count = 0;
    bool right = dup2(ends[1], 1) == 1 && WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "hello", 5, &count, nullptr);
    right = right && GetFileType(GetStdHandle(STD_OUTPUT_HANDLE)) == FILE_TYPE_PIPE;
    right = right && close(0) == 0 && GetStdHandle(STD_INPUT_HANDLE) == nullptr;
    HANDLE mine = reinterpret_cast<HANDLE>(1234);
    right = right && SetStdHandle(STD_INPUT_HANDLE, mine) && GetStdHandle(STD_INPUT_HANDLE) == mine;
    return right ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
  char text[8] = {};
  EXPECT_EQ(read(ends[0], text, 5), 5);
  EXPECT_STREQ(text, "hello");
  close(ends[0]);
  close(ends[1]);
  EXPECT_EQ(GetStdHandle(7), INVALID_HANDLE_VALUE);
  EXPECT_EQ(GetLastError(), 6u);
}

} // namespace
} // namespace apitest
