// Invalid parameters of functions of Microsoft's C library, where mingw-w64's msvcrt ends the process or knows nothing;
// and what only newer versions have.
// Rules: H161 to H168
#include "crt_test_support.h"

#include <cstdio>
#include <cwchar>
#include <direct.h>
#include <errno.h>
#include <io.h>
#include <malloc.h>
#include <string.h>
#include <string>
#include <unistd.h>

namespace apitest {
namespace {

// The text of a block, which is freed.
template <typename Character> std::basic_string<Character> given(Character* block) {
  std::basic_string<Character> text = block;
  std::free(block);
  return text;
}

TEST(CrtRefusals, H161_H162_a_destination_that_is_too_small_is_cleared_by_copies_only) {
  Listener listener;
  char bytes[4] = {'a', 'b', 'c', 'd'};
  EXPECT_ERRNO(ERANGE, memmove_s(bytes, 2, "xyz", 3) == ERANGE);
  EXPECT_EQ(std::string(bytes, 4), "abcd");
  EXPECT_ERRNO(ERANGE, memcpy_s(bytes, 2, "xyz", 3) == ERANGE);
  EXPECT_EQ(std::string(bytes, 4), std::string("\0\0cd", 4));
  wchar_t wide[4] = {L'a', L'b', L'c', L'd'};
  EXPECT_ERRNO(ERANGE, wmemmove_s(wide, 2, L"xyz", 3) == ERANGE);
  EXPECT_EQ(std::wstring(wide, 4), L"abcd");
  EXPECT_ERRNO(ERANGE, wmemcpy_s(wide, 2, L"xyz", 3) == ERANGE);
  EXPECT_EQ(std::wstring(wide, 4), std::wstring(L"\0\0cd", 4));
  EXPECT_ERRNO(ERANGE, wmemcpy_s(wide, laundered(kHuge), L"xyz", 3) == ERANGE);
  EXPECT_EQ(listener.calls(), 5);
}

TEST(CrtRefusals, H161_H162_null_is_invalid_unless_there_is_nothing_to_copy) {
  Listener listener;
  char bytes[4] = {'a', 'b', 'c', 'd'};
  EXPECT_ERRNO(EINVAL, memcpy_s(nullptr, 4, bytes, 3) == EINVAL);
  EXPECT_ERRNO(EINVAL, memmove_s(bytes, 4, nullptr, 3) == EINVAL);
  EXPECT_EQ(std::string(bytes, 4), "abcd");
  EXPECT_ERRNO(EINVAL, memcpy_s(bytes, 4, nullptr, 3) == EINVAL);
  EXPECT_EQ(std::string(bytes, 4), std::string(4, '\0'));
  EXPECT_EQ(listener.calls(), 3);
  EXPECT_ERRNO(kNobodysErrno, memcpy_s(nullptr, 0, nullptr, 0) == 0);
  EXPECT_ERRNO(kNobodysErrno, wmemmove_s(nullptr, 0, nullptr, 0) == 0);
  EXPECT_EQ(listener.calls(), 3);
}

TEST(CrtRefusals, H162_wide_copies_count_characters) {
  wchar_t to[8] = L"-------";
  EXPECT_EQ(wmemcpy_s(to, 8, L"abc", 3), 0);
  EXPECT_EQ(std::wstring(to), L"abc----");
  EXPECT_EQ(wmemmove_s(to + 1, 7, to, 3), 0);
  EXPECT_EQ(std::wstring(to), L"aabc---");
  wmemcpy(to, L"xyz", 3);
  wmemmove(to + 4, to, 2);
  wmemset(to + 6, L'+', 1);
  EXPECT_EQ(std::wstring(to), L"xyzcxy+");
}

TEST(CrtRefusals, H163_bytes_at_null_are_invalid) {
  Listener listener;
  char bytes[4] = "abc";
  EXPECT_ERRNO(EINVAL, _memicmp(nullptr, bytes, 1) == _NLSCMPERROR);
  EXPECT_ERRNO(EINVAL, _memicmp(bytes, nullptr, 1) == _NLSCMPERROR);
  EXPECT_ERRNO(EINVAL, (_swab(nullptr, bytes, 2), true));
  EXPECT_ERRNO(EINVAL, (_swab(bytes, bytes, -1), true));
  EXPECT_EQ(listener.calls(), 4);
  EXPECT_EQ(_memicmp(nullptr, nullptr, 0), 0);
  EXPECT_STREQ(bytes, "abc");
}

TEST(CrtRefusals, H164_numbers_at_null_are_invalid) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _get_errno(nullptr) == EINVAL);
  EXPECT_ERRNO(EINVAL, _get_doserrno(nullptr) == EINVAL);
  EXPECT_EQ(listener.calls(), 2);
  EXPECT_ERRNO(kNobodysErrno, (_invalid_parameter_noinfo(), true));
  EXPECT_EQ(listener.calls(), 3);
}

TEST(CrtRefusals, H164_the_behavior_of_abort_is_remembered) {
  EXPECT_EQ(_set_abort_behavior(0, _CALL_REPORTFAULT), unsigned{_WRITE_ABORT_MSG | _CALL_REPORTFAULT});
  EXPECT_EQ(_set_abort_behavior(0, 0), unsigned{_WRITE_ABORT_MSG});
  EXPECT_EQ(_set_abort_behavior(0xF, _CALL_REPORTFAULT), unsigned{_WRITE_ABORT_MSG});
  EXPECT_EQ(_set_abort_behavior(0, 0), unsigned{_WRITE_ABORT_MSG | _CALL_REPORTFAULT});
}

TEST(CrtRefusals, H165_base_functions_are_the_process_heaps) {
  void* block = _malloc_base(100);
  EXPECT_TRUE(HeapValidate(GetProcessHeap(), 0, block));
  EXPECT_EQ(_msize_base(block), 100u);
  block = _realloc_base(block, 50);
  EXPECT_EQ(_msize(block), 50u);
  block = _recalloc_base(block, 25, 4);
  EXPECT_TRUE(is_filled(static_cast<char*>(block) + 50, 50, 0));
  _free_base(block);
  EXPECT_FALSE(HeapValidate(GetProcessHeap(), 0, block));
  block = _calloc_base(10, 3);
  EXPECT_TRUE(is_filled(static_cast<char*>(block), 30, 0));
  std::free(block);
  EXPECT_ERRNO(ENOMEM, _calloc_base(laundered(kHuge), 2) == nullptr);
}

TEST(CrtRefusals, H165_what_malloc_h_had_once) {
  Listener listener;
  SIZE_T used = 7;
  EXPECT_EQ(_heapset('x'), _HEAPOK);
  EXPECT_ERRNO(ENOSYS, _heapadd(&used, 1000) == -1);
  EXPECT_ERRNO(ENOSYS, _heapused(&used, &used) == 0);
  EXPECT_EQ(_get_sbh_threshold(), 0u);
  EXPECT_EQ(_set_sbh_threshold(0), 1);
  EXPECT_EQ(listener.calls(), 0);
  EXPECT_ERRNO(EINVAL, _set_sbh_threshold(480) == 0);
  EXPECT_EQ(listener.calls(), 1);
}

TEST(CrtRefusals, H166_variables_want_a_place_and_a_name) {
  Listener listener;
  char none = 0;
  char* text = &none;
  SIZE_T length = 7;
  EXPECT_ERRNO(EINVAL, _dupenv_s(nullptr, &length, "PATH") == EINVAL);
  EXPECT_ERRNO(EINVAL, _dupenv_s(&text, &length, nullptr) == EINVAL);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(length, 0u);
  EXPECT_EQ(listener.calls(), 2);
}

TEST(CrtRefusals, H166_a_name_of_any_characters_is_found) {
  setenv("WINMEM_\xC3\xA4\xF0\x9F\x98\x80\\/C:", "\xE2\x82\xAC", 1);
  wchar_t* text = nullptr;
  SIZE_T length = 0;
  ASSERT_EQ(_wdupenv_s(&text, &length, L"WINMEM_\u00E4\U0001F600\\/C:"), 0);
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text, std::wstring(L"\u20AC"));
  EXPECT_EQ(length, 2u);
  std::free(text);
}

TEST(CrtRefusals, H167_no_room_at_all_is_invalid) {
  Listener listener;
  char buffer[1] = {'-'};
  EXPECT_ERRNO(EINVAL, _getcwd(buffer, 0) == nullptr);
  EXPECT_ERRNO(EINVAL, _getcwd(nullptr, -1) == nullptr);
  EXPECT_ERRNO(EINVAL, _fullpath(buffer, "x", 0) == nullptr);
  EXPECT_EQ(listener.calls(), 3);
  EXPECT_EQ(buffer[0], '-');
}

TEST(CrtRefusals, H167_names_are_for_a_directory_that_is_there) {
  setenv("TMP", "/no such directory", 1);
  EXPECT_ERRNO(ENOENT, _tempnam("/nor this one", "x") == nullptr);
  char* name = _tempnam("/", "x");
  EXPECT_EQ(std::string(name).substr(0, 2), "/x");
  std::free(name);
  setenv("TMP", "/", 1);
  name = _tempnam("/dev", "x");
  EXPECT_EQ(std::string(name).substr(0, 2), "/x");
  std::free(name);
  unsetenv("TMP");
}

TEST(CrtRefusals, H168_descriptors_that_cannot_be_resized_are_told_apart) {
  Listener listener;
  EXPECT_ERRNO(EINVAL, _fileno(nullptr) == -1);
  EXPECT_ERRNO(EINVAL, _chsize(0, -1) == -1);
  EXPECT_ERRNO(EBADF, _chsize(-1, 10) == -1);
  EXPECT_ERRNO(EBADF, _chsize_s(987, 10) == EBADF);
  EXPECT_EQ(listener.calls(), 4);
  FILE* read_only = std::fopen("/proc/self/exe", "r");
  EXPECT_ERRNO(EACCES, _chsize_s(_fileno(read_only), 10) == EACCES);
  std::fclose(read_only);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_ERRNO(EACCES, _chsize(ends[1], 10) == -1);
  close(ends[0]);
  close(ends[1]);
  FILE* in_memory = fmemopen(nullptr, 10, "w");
  EXPECT_ERRNO(kNobodysErrno, _fileno(in_memory) == -2);
  std::fclose(in_memory);
}

TEST(CrtRefusals, H164_the_systems_number_is_kept_beside_errno) {
  errno = 0;
  EXPECT_EQ(_set_doserrno(1234), 0);
  EXPECT_EQ(_doserrno, 1234u);
  unsigned number = 0;
  EXPECT_EQ(_get_doserrno(&number), 0);
  EXPECT_EQ(number, 1234u);
  EXPECT_EQ(errno, 0);
}

TEST(CrtRefusals, H166_variables_are_copied_with_their_length) {
  setenv("WINMEM_TEXT", "value", 1);
  char* text = nullptr;
  SIZE_T length = 0;
  ASSERT_EQ(_dupenv_s(&text, &length, "WINMEM_TEXT"), 0);
  EXPECT_EQ(given(text), "value");
  EXPECT_EQ(length, 6u);
  ASSERT_EQ(_dupenv_s(&text, nullptr, "WINMEM_TEXT"), 0);
  EXPECT_EQ(given(text), "value");
  wchar_t* wide = nullptr;
  ASSERT_EQ(_wdupenv_s(&wide, &length, L"WINMEM_TEXT"), 0);
  EXPECT_EQ(given(wide), L"value");
  EXPECT_EQ(length, 6u);
}

TEST(CrtRefusals, H166_a_variable_that_is_not_there_is_null_and_no_error) {
  char none = 0;
  char* text = &none;
  SIZE_T length = 77;

  EXPECT_EQ(_dupenv_s(&text, &length, "WINMEM_NO_SUCH_VARIABLE"), 0);

  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(length, 0u);
}

} // namespace
} // namespace apitest
