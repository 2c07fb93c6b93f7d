// Names as Windows programs write them become paths.

#include "file/path.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

using namespace winmem;
using namespace winmem::file;

namespace {

template <class Character> std::string path_of(const Character* name) {
  char path[kPathRoom];
  return to_path(name, path) == Status::ok ? path : "refused";
}

template <class Character> Status status_of(const Character* name) {
  char path[kPathRoom];
  return to_path(name, path);
}

TEST(Path, linux_paths_stay_as_they_are_and_backslashes_become_slashes) {
  EXPECT_EQ(path_of("/tmp/a b/C.txt"), "/tmp/a b/C.txt");
  EXPECT_EQ(path_of(".\\a\\b/c"), "./a/b/c");
  EXPECT_EQ(path_of(u"\\tmp\\x"), "/tmp/x");
  EXPECT_EQ(path_of("\\\\?\\/tmp/x"), "/tmp/x");
}

TEST(Path, wide_characters_become_utf_8) {
  EXPECT_EQ(path_of(u"\u00e4\u20ac"), "\xC3\xA4\xE2\x82\xAC");
  EXPECT_EQ(path_of(U"\u00e4\U0001F600"), "\xC3\xA4\xF0\x9F\x98\x80");
  EXPECT_EQ(path_of(u"\U0001F600x"), "\xF0\x9F\x98\x80x");
}

TEST(Path, half_a_pair_is_no_name) {
  constexpr char16_t kHalf[] = {'a', 0xD800, 'b', 0};
  constexpr char32_t kBeyond[] = {0x110000, 0};

  EXPECT_EQ(status_of(kHalf), Status::object_name_invalid);
  EXPECT_EQ(status_of(kBeyond), Status::object_name_invalid);
}

TEST(Path, nothing_is_no_path) {
  EXPECT_EQ(status_of(static_cast<const char*>(nullptr)), Status::object_path_not_found);
  EXPECT_EQ(status_of(u""), Status::object_path_not_found);
}

TEST(Path, a_drive_is_refused_but_for_c_where_it_is_mapped) {
  unsetenv("WINMEM_DRIVE_C");
  EXPECT_EQ(status_of("C:\\x"), Status::object_path_not_found);

  setenv("WINMEM_DRIVE_C", "/srv/c", 1);
  EXPECT_EQ(path_of("C:\\data\\x.db"), "/srv/c/data/x.db");
  EXPECT_EQ(path_of(u"c:x"), "/srv/c/x");
  EXPECT_EQ(path_of("\\\\?\\C:\\x"), "/srv/c/x");
  EXPECT_EQ(status_of("D:\\x"), Status::object_path_not_found);
  unsetenv("WINMEM_DRIVE_C");
}

TEST(Path, servers_and_devices_are_refused_and_nul_is_dev_null) {
  EXPECT_EQ(status_of("\\\\server\\share\\x"), Status::object_path_not_found);
  EXPECT_EQ(status_of("\\\\.\\pipe\\x"), Status::object_path_not_found);
  EXPECT_EQ(path_of("nul"), "/dev/null");
  EXPECT_EQ(path_of(u"NUL"), "/dev/null");
  EXPECT_EQ(path_of("nulx"), "nulx");
}

TEST(Path, what_does_not_fit_is_too_long) {
  EXPECT_EQ(status_of(std::string(kPathRoom - 1, 'a').c_str()), Status::ok);
  EXPECT_EQ(status_of(std::string(kPathRoom, 'a').c_str()), Status::name_too_long);
}

} // namespace
