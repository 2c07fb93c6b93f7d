// Texts and paths that Microsoft's C library allocates for the program to free.
// Rules: H166, H167
#include "crt_test_support.h"

#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <direct.h>
#include <malloc.h>
#include <mbstring.h>
#include <string.h>
#include <string>

namespace apitest {
namespace {

// What the program's own free takes back.
template <typename Character> class Given {
public:
  explicit Given(Character* text) : text_(text) {}
  ~Given() { std::free(text_); }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;

  std::basic_string<Character> text() const { return text_ != nullptr ? text_ : std::basic_string<Character>(); }
  Character* get() const { return text_; }

private:
  Character* text_;
};

TEST(CrtTexts, H166_duplicates_are_blocks_for_free) {
  EXPECT_EQ(Given<char>(_strdup("")).text(), "");
  EXPECT_EQ(Given<char>(_strdup("narrow")).text(), "narrow");
  EXPECT_EQ(Given<wchar_t>(_wcsdup(L"wide")).text(), L"wide");
  const unsigned char bytes[] = "bytes";
  EXPECT_STREQ(reinterpret_cast<char*>(Given<unsigned char>(_mbsdup(bytes)).get()), "bytes");
  EXPECT_EQ(_strdup(nullptr), nullptr);
  EXPECT_EQ(_wcsdup(nullptr), nullptr);
  Given<char> sized(_strdup("1234567"));
  EXPECT_EQ(_msize(sized.get()), 8u);
}

TEST(CrtTexts, H167_the_current_directory_is_the_same_by_all_ways) {
  Given<char> narrow(_getcwd(nullptr, 0));
  Given<wchar_t> wide(_wgetcwd(nullptr, 0));
  std::string here = narrow.text();
  ASSERT_FALSE(here.empty());
  EXPECT_EQ(std::wstring(here.begin(), here.end()), wide.text());
  EXPECT_GE(_msize(Given<char>(_getcwd(nullptr, 3000)).get()), 3000u);
  EXPECT_EQ(Given<char>(_fullpath(nullptr, ".", 0)).text(), narrow.text());
  EXPECT_EQ(Given<char>(_fullpath(nullptr, "", 0)).text(), narrow.text());

  std::string buffer(narrow.text().size() + 1, '-');
  EXPECT_EQ(_getcwd(buffer.data(), static_cast<int>(buffer.size())), buffer.data());
  EXPECT_EQ(buffer.c_str(), narrow.text());
}

TEST(CrtTexts, H167_a_buffer_that_is_too_short_is_a_range_error) {
  char buffer[2] = "-";
  EXPECT_ERRNO(ERANGE, _getcwd(buffer, 1) == nullptr);
  EXPECT_ERRNO(ERANGE, _fullpath(buffer, "some name", 2) == nullptr);
}

TEST(CrtTexts, H167_a_full_path_has_no_dots) {
  std::string here = Given<char>(_getcwd(nullptr, 0)).text();
  char slash = here[0] == '/' ? '/' : '\\';

  EXPECT_EQ(Given<char>(_fullpath(nullptr, "one/../two/./three", 0)).text(), here + slash + "two" + slash + "three");
  Given<wchar_t> wide(_wfullpath(nullptr, L"one/../two", 0));
  std::string wanted = here + slash + "two";
  EXPECT_EQ(wide.text(), std::wstring(wanted.begin(), wanted.end()));
  EXPECT_GE(_msize(Given<char>(_fullpath(nullptr, "x", 0)).get()), 260u);
}

TEST(CrtTexts, H167_a_name_for_a_temporary_file_is_free_and_in_the_directory) {
  Given<char> first(_tempnam(nullptr, "wm"));
  Given<char> second(_tempnam(nullptr, "wm"));
  Given<wchar_t> wide(_wtempnam(nullptr, L"wm"));

  ASSERT_NE(first.get(), nullptr);
  ASSERT_NE(wide.get(), nullptr);
  SIZE_T last = first.text().find_last_of("/\\") + 1;
  EXPECT_EQ(first.text().substr(last, 2), "wm");
  EXPECT_EQ(std::fopen(first.get(), "r"), nullptr);
  EXPECT_NE(wide.text().find(L"wm"), std::wstring::npos);
  FILE* file = std::fopen(first.get(), "w");
  ASSERT_NE(file, nullptr);
  std::fclose(file);
  EXPECT_NE(Given<char>(_tempnam(nullptr, "wm")).text(), first.text());
  std::remove(first.get());
}

} // namespace
} // namespace apitest
