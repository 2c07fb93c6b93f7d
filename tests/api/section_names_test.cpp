// CreateFileMapping and OpenFileMapping with names, NtCreateSection and NtOpenSection with object attributes.
#include "named_section.h"

#include <string>

namespace apitest {
namespace {

// A name of this test alone: tests run beside each other.
std::string own(const std::string& text) { return "winmem-test-" + std::to_string(GetCurrentProcessId()) + "-" + text; }

std::wstring wide(const std::string& text) { return {text.begin(), text.end()}; }

DWORD error_of_create(const std::string& name, DWORD bytes = 0x10000, DWORD protect = PAGE_READWRITE) {
  SetLastError(0xBEEF);
  HANDLE made = create(name, bytes, protect);
  DWORD error = GetLastError();
  if (made != nullptr) {
    CloseHandle(made);
  }
  return made == nullptr ? error : ERROR_SUCCESS;
}

DWORD error_of_open(const std::string& name) {
  SetLastError(0xBEEF);
  HANDLE found = open(name);
  DWORD error = GetLastError();
  if (found != nullptr) {
    CloseHandle(found);
  }
  return found == nullptr ? error : ERROR_SUCCESS;
}

TEST(SectionNames, S10_a_new_name_sets_the_last_error_to_zero_and_one_that_is_there_to_183) {
  SetLastError(0xBEEF);
  Section first(create(own("ten")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  ASSERT_NE(static_cast<HANDLE>(first), nullptr);
  Section second(create(own("ten")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_ALREADY_EXISTS});
  ASSERT_NE(static_cast<HANDLE>(second), nullptr);
  View one = view_of(first, FILE_MAP_WRITE);
  View two = view_of(second, FILE_MAP_WRITE);
  one[5] = 7;
  EXPECT_EQ(two[5], 7);
}

TEST(SectionNames, S20_all_forms_share_one_name_space) {
  Section first(
      CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, wide(own("forms")).c_str()));
  ASSERT_NE(static_cast<HANDLE>(first), nullptr);
  Section narrow(open(own("forms")));
  Section broad(OpenFileMappingW(FILE_MAP_READ, FALSE, wide(own("forms")).c_str()));
  EXPECT_NE(static_cast<HANDLE>(narrow), nullptr);
  EXPECT_NE(static_cast<HANDLE>(broad), nullptr);
  Section again(create(own("forms")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_ALREADY_EXISTS});
}

TEST(SectionNames, S20_names_are_case_sensitive) {
  Section first(create(own("case")));
  EXPECT_TRUE(is_missing(own("Case")));
  Section second(create(own("CASE")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
}

TEST(SectionNames, S20_local_is_the_same_name_and_global_another) {
  Section first(create(own("space")));
  Section local(open("Local\\" + own("space")));
  EXPECT_NE(static_cast<HANDLE>(local), nullptr);
  EXPECT_TRUE(is_missing("Global\\" + own("space")));
  Section global(create("Global\\" + own("space")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  ASSERT_NE(static_cast<HANDLE>(global), nullptr);
  View one = view_of(local, FILE_MAP_WRITE);
  View two = view_of(global, FILE_MAP_WRITE);
  one[0] = 1;
  EXPECT_EQ(two[0], 0);
}

TEST(SectionNames, S20_other_backslashes_are_no_path) {
  EXPECT_EQ(error_of_create(own("a\\b")), DWORD{ERROR_PATH_NOT_FOUND});
  EXPECT_EQ(error_of_open(own("a\\b")), DWORD{ERROR_PATH_NOT_FOUND});
  EXPECT_EQ(error_of_create("Local\\" + own("a\\b")), DWORD{ERROR_PATH_NOT_FOUND});
}

TEST(SectionNames, S20_an_empty_name_is_none) {
  Section first(create(""));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  Section second(create(""));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  View one = view_of(first, FILE_MAP_WRITE);
  View two = view_of(second, FILE_MAP_WRITE);
  one[0] = 1;
  EXPECT_EQ(two[0], 0);
}

TEST(SectionNames, S20_a_name_of_bytes_has_259_characters_at_most) {
  std::string longest = own("long-") + std::string(300, 'x');
  longest.resize(259);
  Section made(create(longest));
  EXPECT_NE(static_cast<HANDLE>(made), nullptr);
  Section found(open(longest));
  EXPECT_NE(static_cast<HANDLE>(found), nullptr);
  EXPECT_TRUE(is_missing(longest.substr(0, 258)));
  EXPECT_EQ(error_of_create(longest + "x"), DWORD{ERROR_FILENAME_EXCED_RANGE});
  EXPECT_EQ(error_of_open(longest + "x"), DWORD{ERROR_FILENAME_EXCED_RANGE});
}

TEST(SectionNames, S20_any_other_characters_make_a_name) {
  std::wstring name = wide(own("")) + L"/../%41 \x00E4\x4E2D.\"*?:";
  Section made(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, name.c_str()));
  ASSERT_NE(static_cast<HANDLE>(made), nullptr);
  Section found(OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str()));
  EXPECT_NE(static_cast<HANDLE>(found), nullptr);
  name.back() = L';';
  EXPECT_EQ(OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str()), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_FILE_NOT_FOUND});
}

TEST(SectionNames, S21_the_size_and_the_protection_of_the_first_call_win) {
  Section first(create(own("first"), 0x20000));
  Section second(create(own("first"), 0x1000, PAGE_READONLY));
  ASSERT_NE(static_cast<HANDLE>(second), nullptr);
  View view = view_of(second, FILE_MAP_READ);
  EXPECT_EQ(ask(view.base()).RegionSize, 0x20000U);
  Section third(create(own("first"), 0x40000));
  View whole = view_of(third, FILE_MAP_WRITE);
  EXPECT_EQ(ask(whole.base()).RegionSize, 0x20000U);
}

TEST(SectionNames, S21_arguments_are_judged_all_the_same) {
  Section first(create(own("judged")));
  EXPECT_EQ(error_of_create(own("judged"), 0x1000, PAGE_NOACCESS), DWORD{ERROR_INVALID_PARAMETER});
  EXPECT_EQ(error_of_create(own("judged"), 0), DWORD{ERROR_INVALID_PARAMETER});
}

TEST(SectionNames, S22_another_kind_of_object_has_the_name) {
  OwnedHandle event(CreateEventA(nullptr, TRUE, FALSE, own("taken").c_str()));
  ASSERT_NE(static_cast<HANDLE>(event), nullptr);

  EXPECT_ERROR(6, create(own("taken")));
  EXPECT_ERROR(6, open(own("taken")));
  event.close();

  Section section(create(own("taken")));
  EXPECT_EQ(GetLastError(), 0u);
  EXPECT_ERROR(6, CreateEventA(nullptr, TRUE, FALSE, own("taken").c_str()));
  EXPECT_ERROR(6, CreateMutexA(nullptr, FALSE, own("taken").c_str()));
  EXPECT_ERROR(6, OpenSemaphoreA(SYNCHRONIZE, FALSE, own("taken").c_str()));
}

TEST(SectionNames, S23_open_needs_a_name_that_is_there) {
  SetLastError(0xBEEF);
  EXPECT_EQ(OpenFileMappingA(FILE_MAP_READ, FALSE, nullptr), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
  SetLastError(0xBEEF);
  EXPECT_EQ(OpenFileMappingW(FILE_MAP_READ, FALSE, nullptr), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
  EXPECT_EQ(error_of_open(own("missing")), DWORD{ERROR_FILE_NOT_FOUND});
}

TEST(SectionNames, S23_open_leaves_the_last_error_alone) {
  Section first(create(own("error")));
  SetLastError(0xBEEF);
  Section found(open(own("error")));
  EXPECT_NE(static_cast<HANDLE>(found), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{0xBEEF});
}

TEST(SectionNames, S31_the_access_of_the_handle_limits_the_views) {
  Section first(create(own("access")));
  Section reads(open(own("access"), FILE_MAP_READ));
  EXPECT_EQ(MapViewOfFile(reads, FILE_MAP_WRITE, 0, 0, 0), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
  View reading = view_of(reads, FILE_MAP_READ);
  View copying = view_of(reads, FILE_MAP_COPY);
  Section writes(open(own("access"), FILE_MAP_WRITE));
  EXPECT_EQ(MapViewOfFile(writes, FILE_MAP_READ, 0, 0, 0), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_ACCESS_DENIED});
  View writing = view_of(writes, FILE_MAP_WRITE);
  writing[0] = 3;
  EXPECT_EQ(reading[0], 3);
}

TEST(SectionNames, S11_more_rights_than_the_section_gives_fail_when_it_is_mapped) {
  Section first(create(own("rights"), 0x10000, PAGE_READONLY));
  Section more(open(own("rights"), FILE_MAP_WRITE));
  ASSERT_NE(static_cast<HANDLE>(more), nullptr);
  SetLastError(0xBEEF);
  EXPECT_EQ(MapViewOfFile(more, FILE_MAP_WRITE, 0, 0, 0), nullptr);
  EXPECT_EQ(GetLastError(), DWORD{ERROR_INVALID_PARAMETER});
}

TEST(SectionNames, S24_the_name_lives_as_long_as_some_handle) {
  HANDLE first = create(own("life"));
  HANDLE second = open(own("life"));
  HANDLE third = nullptr;
  ASSERT_TRUE(
      DuplicateHandle(GetCurrentProcess(), first, GetCurrentProcess(), &third, 0, FALSE, DUPLICATE_SAME_ACCESS));
  EXPECT_TRUE(CloseHandle(first));
  EXPECT_FALSE(is_missing(own("life")));
  EXPECT_TRUE(CloseHandle(second));
  EXPECT_FALSE(is_missing(own("life")));
  EXPECT_TRUE(CloseHandle(third));
  EXPECT_TRUE(is_missing(own("life")));
}

TEST(SectionNames, S24_a_view_keeps_its_pages_and_not_the_name) {
  HANDLE first = create(own("view"));
  View old = view_of(first, FILE_MAP_WRITE);
  old[100] = 9;
  EXPECT_TRUE(CloseHandle(first));
  EXPECT_TRUE(is_missing(own("view")));
  Section second(create(own("view")));
  EXPECT_EQ(GetLastError(), DWORD{ERROR_SUCCESS});
  View fresh = view_of(second, FILE_MAP_WRITE);
  EXPECT_EQ(fresh[100], 0);
  EXPECT_EQ(old[100], 9);
  fresh[100] = 4;
  EXPECT_EQ(old[100], 9);
}

TEST(SectionNames, two_handles_to_a_name_are_one_object) {
  using Compare = BOOL(WINAPI*)(HANDLE, HANDLE);
  static const auto compare = lookup<Compare>("kernelbase", "CompareObjectHandles");
  if (compare == nullptr) {
    GTEST_SKIP() << "no CompareObjectHandles";
  }
  Section first(create(own("one")));
  Section second(open(own("one")));
  Section other(create(own("other")));
  EXPECT_TRUE(compare(first, second));
  EXPECT_FALSE(compare(first, other));
}

TEST(SectionNames, C19_a_failed_create_leaves_no_name) {
  EXPECT_EQ(error_of_create(own("failed"), 0), DWORD{ERROR_INVALID_PARAMETER});
  EXPECT_TRUE(is_missing(own("failed")));
}

// ---- native calls ----

struct String {
  USHORT length;
  USHORT room;
  const wchar_t* text;
};
struct Attributes {
  ULONG length = sizeof(Attributes);
  HANDLE root = nullptr;
  const String* name = nullptr;
  ULONG attributes = 0;
  void* security = nullptr;
  void* quality = nullptr;
};

constexpr ULONG kOpenIf = 0x80;

struct Native {
  explicit Native(const std::wstring& name, ULONG flags = 0) : text(name) {
    string = {static_cast<USHORT>(text.size() * sizeof(wchar_t)), static_cast<USHORT>(text.size() * sizeof(wchar_t)),
              text.c_str()};
    attributes.name = &string;
    attributes.attributes = flags;
  }
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;

  NTSTATUS create(HANDLE* out) {
    using Call = NTSTATUS(NTAPI*)(HANDLE*, ACCESS_MASK, Attributes*, LARGE_INTEGER*, ULONG, ULONG, HANDLE);
    static const auto call = lookup<Call>("ntdll", "NtCreateSection");
    LARGE_INTEGER size;
    size.QuadPart = 0x10000;
    return call(out, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE, SEC_COMMIT, nullptr);
  }
  NTSTATUS open(HANDLE* out) {
    using Call = NTSTATUS(NTAPI*)(HANDLE*, ACCESS_MASK, Attributes*);
    static const auto call = lookup<Call>("ntdll", "NtOpenSection");
    return call(out, SECTION_ALL_ACCESS, &attributes);
  }

  std::wstring text;
  String string{};
  Attributes attributes;
};

constexpr auto kCollision = static_cast<NTSTATUS>(0xC0000035);
constexpr auto kExists = static_cast<NTSTATUS>(0x40000000);
constexpr auto kNotFound = static_cast<NTSTATUS>(0xC0000034);
constexpr auto kPathNotFound = static_cast<NTSTATUS>(0xC000003A);
constexpr auto kPathSyntax = static_cast<NTSTATUS>(0xC000003B);

TEST(NtCreateSection, S21_an_existing_name_is_a_collision_unless_openif_is_given) {
  std::wstring path = L"\\BaseNamedObjects\\" + wide(own("native"));
  HANDLE first = nullptr;
  ASSERT_EQ(Native(path).create(&first), 0);
  HANDLE none = nullptr;
  EXPECT_EQ(Native(path).create(&none), kCollision);
  EXPECT_EQ(none, nullptr);
  HANDLE second = nullptr;
  EXPECT_EQ(Native(path, kOpenIf).create(&second), kExists);
  EXPECT_NE(second, nullptr);
  HANDLE third = nullptr;
  EXPECT_EQ(Native(path).open(&third), 0);
  for (HANDLE each : {first, second, third}) {
    EXPECT_TRUE(CloseHandle(each));
  }
  EXPECT_EQ(Native(path).open(&none), kNotFound);
}

TEST(NtCreateSection, S20_the_directory_of_base_named_objects_is_global) {
  Section global(create("Global\\" + own("base")));
  HANDLE found = nullptr;
  EXPECT_EQ(Native(L"\\BaseNamedObjects\\" + wide(own("base"))).open(&found), 0);
  EXPECT_TRUE(CloseHandle(found));
}

TEST(NtOpenSection, S20_paths_are_judged) {
  HANDLE none = nullptr;
  EXPECT_EQ(Native(wide(own("relative"))).open(&none), kPathSyntax);
  EXPECT_EQ(Native(L"\\NoSuchDirectory\\" + wide(own("x"))).open(&none), kPathNotFound);
  EXPECT_EQ(Native(L"\\BaseNamedObjects\\" + wide(own("a\\b"))).open(&none), kPathNotFound);
  EXPECT_EQ(none, nullptr);
}

TEST(NtQueryObject, tells_the_name_of_a_section) {
  using Call = NTSTATUS(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
  static const auto call = lookup<Call>("ntdll", "NtQueryObject");
  Section global(create("Global\\" + own("told")));
  alignas(8) char buffer[2048] = {};
  ULONG length = 0;
  ASSERT_EQ(call(global, 1, buffer, sizeof buffer, &length), 0);
  const auto* told = reinterpret_cast<const String*>(buffer);
  EXPECT_EQ(std::wstring(told->text, told->length / sizeof(wchar_t)), L"\\BaseNamedObjects\\" + wide(own("told")));
}

} // namespace
} // namespace apitest
