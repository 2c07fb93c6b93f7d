// GetMappedFileName and NtQueryVirtualMemory's class 2: which file is mapped at an address.
// Rules: S86 V114
#include "native_calls.h"
#include "section_test_support.h"
#include "temporary_file.h"

#include <string>

namespace apitest {
namespace {

using GetMappedNameA = DWORD(WINAPI*)(HANDLE, void*, char*, DWORD);
using GetMappedNameW = DWORD(WINAPI*)(HANDLE, void*, wchar_t*, DWORD);
using QueryVirtualMemory = NTSTATUS(NTAPI*)(HANDLE, const void*, int, void*, SIZE_T, SIZE_T*);

DWORD mapped_name(const void* at, char* to, DWORD room, HANDLE process = GetCurrentProcess()) {
  static const auto call = lookup<GetMappedNameA>("kernel32", "K32GetMappedFileNameA");
  return call(process, const_cast<void*>(at), to, room);
}

NTSTATUS query_name(const void* at, void* to, SIZE_T length, SIZE_T* returned) {
  static const auto call = lookup<QueryVirtualMemory>("ntdll", "NtQueryVirtualMemory");
  return call(GetCurrentProcess(), at, 2, to, length, returned);
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

class MappedName : public WithFile {
protected:
  MappedName() : file_(made(0x2000)), section_(CreateFileMappingA(file_, nullptr, PAGE_READWRITE, 0, 0, nullptr)) {}

  View view(DWORD access = FILE_MAP_READ) const { return view_of(section_, access); }

private:
  OpenFile file_;
  Section section_;
};

TEST_F(MappedName, S86_any_address_of_a_view_tells_the_file) {
  View shared = view();
  View copy = view(FILE_MAP_COPY);
  char text[600];
  for (char* at : {shared.base(), shared.base() + 0x1234, copy.base() + 1}) {
    DWORD length = mapped_name(at, text, sizeof text);

    EXPECT_EQ(length, std::strlen(text));
    EXPECT_TRUE(ends_with(text, name())) << text;
  }
}

TEST_F(MappedName, S86_a_page_that_was_protected_or_copied_tells_it_too) {
  View copy = view(FILE_MAP_COPY);
  copy[0] = 1;
  EXPECT_EQ(protect(copy.page(1), 1, PAGE_NOACCESS), DWORD{PAGE_WRITECOPY});
  char text[600];

  EXPECT_NE(mapped_name(copy.page(0), text, sizeof text), 0u);
  EXPECT_TRUE(ends_with(text, name())) << text;
  EXPECT_NE(mapped_name(copy.page(1), text, sizeof text), 0u);
  EXPECT_TRUE(ends_with(text, name())) << text;
}

TEST_F(MappedName, S86_the_wide_form_tells_the_same) {
  static const auto call = lookup<GetMappedNameW>("kernel32", "K32GetMappedFileNameW");
  ASSERT_NE(LoadLibraryA("psapi.dll"), nullptr);
  static const auto old = lookup<GetMappedNameW>("psapi", "GetMappedFileNameW");
  View shared = view();
  char bytes[600];
  wchar_t text[600];
  wchar_t same[600];
  DWORD length = mapped_name(shared.base(), bytes, 600);

  EXPECT_EQ(call(GetCurrentProcess(), shared.base(), text, 600), length);
  EXPECT_EQ(old(GetCurrentProcess(), shared.base(), same, 600), length);

  EXPECT_EQ(std::wstring(text), std::wstring(bytes, bytes + length));
  EXPECT_EQ(std::wstring(same), text);
}

TEST_F(MappedName, S86_a_program_s_image_has_a_name) {
  char text[600];

  EXPECT_NE(mapped_name(reinterpret_cast<const void*>(&query_name), text, sizeof text), 0u);

  EXPECT_NE(std::string(text).find("api_section_tests"), std::string::npos) << text;
}

TEST_F(MappedName, S86_other_memory_has_none) {
  Section anonymous = section_of(0x1000);
  View nameless = view_of(anonymous, FILE_MAP_READ);
  Region region = committed(1);
  char text[600] = "kept";

  EXPECT_ERROR(1006, mapped_name(nameless.base(), text, sizeof text) != 0);
  EXPECT_ERROR(59, mapped_name(region.base(), text, sizeof text) != 0);
  EXPECT_ERROR(59, mapped_name(free_range(kGranule), text, sizeof text) != 0);

  EXPECT_STREQ(text, "kept");
}

TEST_F(MappedName, S86_arguments_are_judged) {
  View shared = view();
  char text[600];

  EXPECT_ERROR(6, mapped_name(shared.base(), text, sizeof text, nullptr) != 0);
  EXPECT_ERROR(87, mapped_name(shared.base(), nullptr, sizeof text) != 0);
  EXPECT_ERROR(122, mapped_name(shared.base(), text, 0) != 0);
}

TEST_F(MappedName, S86_a_buffer_that_is_too_small_gets_the_beginning) {
  View shared = view();
  char whole[600];
  char part[600];
  DWORD length = mapped_name(shared.base(), whole, sizeof whole);

  for (DWORD room : {DWORD{1}, DWORD{5}, length}) {
    SetLastError(kNobodysError);
    EXPECT_EQ(mapped_name(shared.base(), part, room), room);
    EXPECT_EQ(GetLastError(), 122u);
    EXPECT_EQ(std::string(part), std::string(whole, room - 1));
  }
  EXPECT_EQ(mapped_name(shared.base(), part, length + 1), length);
  EXPECT_STREQ(part, whole);
}

struct NameAnswer {
  unsigned short length; // in bytes
  unsigned short room;
  char16_t* text;
  char16_t behind[600];
};

TEST_F(MappedName, V114_class_2_gives_a_counted_string_and_its_text_behind_it) {
  View shared = view();
  char bytes[600];
  DWORD length = mapped_name(shared.base(), bytes, sizeof bytes);
  NameAnswer answer = {};
  SIZE_T returned = 0;

  EXPECT_STATUS(kSuccess, query_name(shared.base(), &answer, sizeof answer, &returned));

  EXPECT_EQ(answer.length, 2 * length);
  EXPECT_EQ(answer.room, 2 * length + 2);
  EXPECT_EQ(answer.text, answer.behind);
  EXPECT_EQ(returned, 16 + 2 * length + 2);
  EXPECT_TRUE(std::u16string(answer.text) == std::u16string(bytes, bytes + length));
}

TEST_F(MappedName, V114_class_2_says_how_much_room_it_takes) {
  View shared = view();
  NameAnswer answer = {};
  SIZE_T returned = 0;
  SIZE_T needed = 0;
  EXPECT_STATUS(kSuccess, query_name(shared.base(), &answer, sizeof answer, &needed));

  EXPECT_STATUS(0x80000005, query_name(shared.base(), &answer, needed - 1, &returned));
  EXPECT_EQ(returned, needed);
  EXPECT_STATUS(kSuccess, query_name(shared.base(), &answer, needed, &returned));
  EXPECT_STATUS(0xC0000004, query_name(shared.base(), &answer, 15, &returned));
  EXPECT_STATUS(kSuccess, query_name(shared.base(), &answer, needed, nullptr));
}

TEST_F(MappedName, V114_class_2_tells_other_memory_apart) {
  Section anonymous = section_of(0x1000);
  View nameless = view_of(anonymous, FILE_MAP_READ);
  Region region = committed(1);
  NameAnswer answer = {};
  SIZE_T returned = 77;

  EXPECT_STATUS(0xC0000098, query_name(nameless.base(), &answer, sizeof answer, &returned));
  EXPECT_STATUS(0xC0000141, query_name(region.base(), &answer, sizeof answer, &returned));

  EXPECT_EQ(returned, 77u);
}

} // namespace
} // namespace apitest
