// Names of files: temporary ones, full paths, moving.
// Rules: what Microsoft documents for each function (fileapi.h, winbase.h)
#include "file_test_support.h"

#include <cctype>
#include <set>
#include <vector>

namespace apitest {
namespace {

bool is_slash(char c) { return c == '/' || c == '\\'; }
std::string wide_to_narrow(const std::wstring& text) { return {text.begin(), text.end()}; }
std::wstring to_wide(const std::string& text) { return {text.begin(), text.end()}; }
bool is_there(const std::string& name) { return GetFileAttributesA(name.c_str()) != INVALID_FILE_ATTRIBUTES; }

// Its own names beside name(); gone at the end.
class FileNames : public Files {
protected:
  ~FileNames() override {
    for (const std::string& each : more_) {
      std::remove(each.c_str());
    }
  }
  std::string other(const char* suffix = ".2") {
    more_.insert(name() + std::string(suffix));
    std::remove((name() + std::string(suffix)).c_str());
    return name() + std::string(suffix);
  }
  void gone_at_end(const std::string& path) { more_.insert(path); }

private:
  std::set<std::string> more_;
};

std::string contents(const std::string& path) {
  HANDLE file = CreateFileA(path.c_str(), GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
  EXPECT_NE(file, INVALID_HANDLE_VALUE) << path;
  std::string text = text_at(file, 0);
  CloseHandle(file);
  return text;
}

// ---- temporary files -----------------------------------------------------------------------------------------------

TEST_F(FileNames, the_temporary_directory_ends_with_a_slash_and_its_length_is_told) {
  char path[MAX_PATH + 1] = {};
  DWORD length = GetTempPathA(sizeof path, path);

  ASSERT_GT(length, 0u);
  EXPECT_EQ(length, std::strlen(path));
  EXPECT_TRUE(is_slash(path[length - 1])) << path;
  EXPECT_EQ(GetTempPathA(0, nullptr), length + 1);
  char untouched[4] = "abc";
  EXPECT_EQ(GetTempPathA(3, untouched), length + 1);
  EXPECT_EQ(GetTempPathA(length, path), length + 1);
  EXPECT_EQ(GetTempPathA(length + 1, path), length);

  wchar_t wide[MAX_PATH + 1] = {};
  EXPECT_EQ(GetTempPathW(MAX_PATH, wide), length);
  EXPECT_EQ(wide_to_narrow(wide), path);
}

TEST_F(FileNames, a_temporary_name_has_directory_prefix_and_number) {
  char path[MAX_PATH] = {};

  EXPECT_EQ(GetTempFileNameA(".", "prefix", 0x1A2B, path), 0x1A2Bu);

  std::string text = path;
  ASSERT_EQ(text.size(), 13u) << text;
  EXPECT_TRUE(text[0] == '.' && is_slash(text[1]));
  for (char& letter : text) {
    letter = static_cast<char>(std::tolower(letter));
  }
  EXPECT_EQ(text.substr(2), "pre1a2b.tmp");
  EXPECT_FALSE(is_there(path));
  EXPECT_EQ(GetTempFileNameA(".", "p", 0x30007, path), 0x30007u);
}

TEST_F(FileNames, without_a_number_each_name_is_new_and_its_file_is_made) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    char path[MAX_PATH] = {};
    UINT number = GetTempFileNameA(".", "wm", 0, path);
    ASSERT_NE(number, 0u);
    EXPECT_EQ(number & 0xFFFF0000u, 0u);
    gone_at_end(path);
    EXPECT_TRUE(seen.insert(path).second) << path;
    EXPECT_EQ(contents(path), "");
  }
  wchar_t wide[MAX_PATH] = {};
  ASSERT_NE(GetTempFileNameW(L".", L"wm", 0, wide), 0u);
  gone_at_end(wide_to_narrow(wide));
  EXPECT_TRUE(is_there(wide_to_narrow(wide)));
}

TEST_F(FileNames, a_temporary_name_needs_a_directory_that_is_there_and_not_too_long) {
  char path[MAX_PATH] = {};
  make();

  EXPECT_ERROR(267, GetTempFileNameA("no_such_directory", "wm", 0, path));
  EXPECT_ERROR(267, GetTempFileNameA(name(), "wm", 0, path));
  EXPECT_ERROR(111, GetTempFileNameA(std::string(300, 'd').c_str(), "wm", 0, path));
  EXPECT_ERROR(87, GetTempFileNameA(nullptr, "wm", 0, path));
}

// ---- full paths ----------------------------------------------------------------------------------------------------

TEST_F(FileNames, a_full_path_begins_at_the_root_and_says_where_the_last_part_is) {
  char path[MAX_PATH] = {};
  char* part = nullptr;

  DWORD length = GetFullPathNameA(name(), sizeof path, path, &part);

  ASSERT_GT(length, std::strlen(name()));
  EXPECT_EQ(length, std::strlen(path));
  ASSERT_NE(part, nullptr);
  EXPECT_STREQ(part, name());
  EXPECT_TRUE(is_slash(part[-1]));
  EXPECT_EQ(GetFullPathNameA(name(), length, path, &part), length + 1);
  EXPECT_EQ(GetFullPathNameA(name(), 0, nullptr, nullptr), length + 1);

  wchar_t wide[MAX_PATH] = {};
  wchar_t* wide_part = nullptr;
  EXPECT_EQ(GetFullPathNameW(to_wide(name()).c_str(), MAX_PATH, wide, &wide_part), length);
  EXPECT_EQ(wide_to_narrow(wide_part), name());
}

TEST_F(FileNames, dots_are_resolved_whether_the_directories_are_there_or_not) {
  auto full = [](const std::string& text) {
    char path[MAX_PATH] = {};
    EXPECT_NE(GetFullPathNameA(text.c_str(), sizeof path, path, nullptr), 0u);
    return std::string(path);
  };
  std::string plain = full("some_file");

  EXPECT_EQ(full("./some_file"), plain);
  EXPECT_EQ(full(".\\no_such_directory\\..\\some_file"), plain);
  EXPECT_EQ(full("a/b/../../some_file"), plain);
  EXPECT_EQ(full("a//b"), full("a/b"));
  EXPECT_EQ(full("/../../x"), full("/x"));
  EXPECT_EQ(full(".") + plain[plain.size() - std::strlen("/some_file")] + "some_file", plain);
}

TEST_F(FileNames, a_path_that_ends_with_a_slash_has_no_last_part) {
  char path[MAX_PATH] = {};
  char* part = path;

  EXPECT_NE(GetFullPathNameA("directory/", sizeof path, path, &part), 0u);

  EXPECT_EQ(part, nullptr);
  EXPECT_TRUE(is_slash(path[std::strlen(path) - 1]));
}

TEST_F(FileNames, an_empty_name_has_no_full_path) {
  char path[MAX_PATH] = {};

  EXPECT_ERROR(123, GetFullPathNameA("", sizeof path, path, nullptr));
}

// ---- moving --------------------------------------------------------------------------------------------------------

TEST_F(FileNames, a_moved_file_has_the_new_name_only) {
  make("abc");
  std::string target = other();

  EXPECT_OK(MoveFileA(name(), target.c_str()));

  EXPECT_FALSE(is_there(name()));
  EXPECT_EQ(contents(target), "abc");
  EXPECT_ERROR(2, MoveFileA(name(), target.c_str()));
  EXPECT_OK(MoveFileW(to_wide(target).c_str(), to_wide(name()).c_str()));
  EXPECT_EQ(contents(name()), "abc");
}

TEST_F(FileNames, a_file_that_is_there_is_replaced_only_on_request) {
  make("old");
  std::string target = other();
  EXPECT_OK(MoveFileExA(name(), target.c_str(), 0));
  make("new");

  EXPECT_ERROR(183, MoveFileA(name(), target.c_str()));
  EXPECT_ERROR(183, MoveFileExA(name(), target.c_str(), MOVEFILE_COPY_ALLOWED));
  EXPECT_EQ(contents(target), "old");
  EXPECT_OK(MoveFileExA(name(), target.c_str(), MOVEFILE_REPLACE_EXISTING));

  EXPECT_EQ(contents(target), "new");
  EXPECT_FALSE(is_there(name()));
  make("newer");
  EXPECT_OK(MoveFileExW(to_wide(name()).c_str(), to_wide(target).c_str(),
                        MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED | MOVEFILE_WRITE_THROUGH));
  EXPECT_EQ(contents(target), "newer");
}

TEST_F(FileNames, a_move_onto_itself_changes_nothing) {
  make("abc");

  EXPECT_OK(MoveFileA(name(), name()));

  EXPECT_EQ(contents(name()), "abc");
}

TEST_F(FileNames, a_file_that_is_open_without_shared_deletion_keeps_its_name) {
  make("abc");
  std::string target = other();
  HANDLE file = open(GENERIC_READ, OPEN_EXISTING, FILE_SHARE_READ);

  EXPECT_ERROR(32, MoveFileA(name(), target.c_str()));
  EXPECT_FALSE(is_there(target));
  EXPECT_OK(CloseHandle(file));

  file = open(GENERIC_READ, OPEN_EXISTING, kShareAll);
  EXPECT_OK(MoveFileA(name(), target.c_str()));
  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_OK(CloseHandle(file));
}

TEST_F(FileNames, a_file_that_is_open_is_not_replaced) {
  make("abc");
  std::string target = other();
  EXPECT_OK(MoveFileA(name(), target.c_str()));
  make("new");
  HANDLE file = CreateFileA(target.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);

  EXPECT_ERROR(5, MoveFileExA(name(), target.c_str(), MOVEFILE_REPLACE_EXISTING));

  EXPECT_EQ(text_at(file, 0), "abc");
  EXPECT_EQ(contents(name()), "new");
  EXPECT_OK(CloseHandle(file));
}

TEST_F(FileNames, what_cannot_be_moved) {
  make("abc");
  std::string target = other();

  EXPECT_ERROR(2, MoveFileA("no_such_file_at_all", target.c_str()));
  EXPECT_ERROR(3, MoveFileA("no_such_directory/file", target.c_str()));
  EXPECT_ERROR(3, MoveFileA(name(), "no_such_directory/file"));
  EXPECT_ERROR(5, MoveFileExA(name(), ".", MOVEFILE_REPLACE_EXISTING));
  EXPECT_ERROR(87, MoveFileExA(name(), nullptr, MOVEFILE_REPLACE_EXISTING));
  EXPECT_ERROR(87, MoveFileExA(name(), target.c_str(), MOVEFILE_DELAY_UNTIL_REBOOT | MOVEFILE_COPY_ALLOWED));

  EXPECT_EQ(contents(name()), "abc");
  EXPECT_FALSE(is_there(target));
}

} // namespace
} // namespace apitest
