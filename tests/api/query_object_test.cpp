// NtQueryObject for each kind of object: type, access, name, and what happens in buffers that are too small.
// Rules: what Microsoft documents (winternl.h, ObQueryNameString)
#include "owned_handle.h"
#include "section_test_support.h"
#include "temporary_file.h"

#include <string>

namespace apitest {
namespace {

constexpr int kBasic = 0;
constexpr int kName = 1;
constexpr int kType = 2;
constexpr NTSTATUS kLengthMismatch = static_cast<NTSTATUS>(0xC0000004);
constexpr NTSTATUS kOverflow = static_cast<NTSTATUS>(0x80000005);
constexpr NTSTATUS kAccessViolation = static_cast<NTSTATUS>(0xC0000005);

// As it is documented; both structures begin with a string.
struct String {
  USHORT length;
  USHORT most;
  wchar_t* text;
};

NTSTATUS query(HANDLE handle, int what, void* buffer, ULONG length, ULONG* returned = nullptr) {
  using Call = NTSTATUS(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
  static const auto call = lookup<Call>("ntdll", "NtQueryObject");
  return call(handle, what, buffer, length, returned);
}

std::wstring told(HANDLE handle, int what) {
  alignas(8) char buffer[4096] = {};
  ULONG returned = 0;
  EXPECT_EQ(query(handle, what, buffer, sizeof buffer, &returned), 0);
  const auto* string = reinterpret_cast<const String*>(buffer);
  return string->text == nullptr ? L"" : std::wstring(string->text, string->length / sizeof(wchar_t));
}

std::wstring wide(const std::string& text) { return std::wstring(text.begin(), text.end()); }

DWORD granted(HANDLE handle) {
  ULONG info[14] = {};
  EXPECT_EQ(query(handle, kBasic, info, sizeof info), 0);
  return info[1];
}

class QueryObject : public WithFile {
protected:
  std::string section_name() const { return "winmem-query-" + std::to_string(GetCurrentProcessId()); }
  Section named_section() const {
    return Section(
        CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 0x10000, section_name().c_str()));
  }
};

TEST_F(QueryObject, every_kind_of_object_has_the_name_of_its_type) {
  OpenFile file = made(0x1000);
  Section section = section_of(0x10000);
  OwnedHandle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  OwnedHandle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  OwnedHandle semaphore(CreateSemaphoreA(nullptr, 1, 2, nullptr));

  EXPECT_EQ(told(file, kType), L"File");
  EXPECT_EQ(told(section, kType), L"Section");
  EXPECT_EQ(told(event, kType), L"Event");
  EXPECT_EQ(told(mutex, kType), L"Mutant");
  EXPECT_EQ(told(semaphore, kType), L"Semaphore");
}

TEST_F(QueryObject, handles_tell_what_they_were_granted) {
  OpenFile file = made(0x1000);
  OpenFile reader = open(GENERIC_READ);
  Section section = section_of(0x10000);
  Section read_only = section_of(0x10000, PAGE_READONLY);
  OwnedHandle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  OwnedHandle mutex(CreateMutexA(nullptr, FALSE, nullptr));

  EXPECT_EQ(granted(file), 0x12019Fu);
  EXPECT_EQ(granted(reader), 0x120089u);
  EXPECT_EQ(granted(section), 0xF0007u);
  EXPECT_EQ(granted(read_only), 0xF0005u);
  EXPECT_EQ(granted(event), 0x1F0003u);
  EXPECT_EQ(granted(mutex), 0x1F0001u);
}

TEST_F(QueryObject, what_has_no_name_has_an_empty_one) {
  Section section = section_of(0x10000);
  OwnedHandle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  OwnedHandle semaphore(CreateSemaphoreA(nullptr, 1, 2, nullptr));
  OpenFile file = made(0x1000);
  Section of_file(CreateFileMappingA(file, nullptr, PAGE_READWRITE, 0, 0, nullptr));

  for (HANDLE nameless : {HANDLE{section}, HANDLE{event}, HANDLE{semaphore}, HANDLE{of_file}}) {
    String string = {1, 1, nullptr};
    ULONG returned = 0;
    EXPECT_EQ(query(nameless, kName, &string, sizeof string, &returned), 0);
    EXPECT_EQ(returned, sizeof string);
    EXPECT_EQ(string.length, 0);
    EXPECT_EQ(string.most, 0);
    EXPECT_EQ(string.text, nullptr);
  }
}

TEST_F(QueryObject, a_file_has_its_whole_path) {
  OpenFile file = made(0x1000);
  std::wstring path = told(file, kName);
  std::wstring own = wide(name());

  ASSERT_GT(path.size(), own.size());
  EXPECT_EQ(path.substr(path.size() - own.size()), own);
}

TEST_F(QueryObject, a_buffer_that_is_too_small_tells_how_large_it_must_be) {
  Section section = named_section();
  alignas(8) char buffer[2048] = {};
  ULONG needed = 0;
  ULONG returned = 0;
  ASSERT_EQ(query(section, kName, buffer, sizeof buffer, &needed), 0);
  const auto* string = reinterpret_cast<const String*>(buffer);
  EXPECT_EQ(needed, sizeof(String) + string->most);
  EXPECT_EQ(string->most, string->length + sizeof(wchar_t));
  EXPECT_EQ(string->text[string->length / sizeof(wchar_t)], 0);

  std::memset(buffer, 'u', sizeof buffer);
  EXPECT_EQ(query(section, kName, buffer, needed - 1, &returned), kLengthMismatch);
  EXPECT_EQ(returned, needed);
  EXPECT_EQ(query(section, kName, buffer, sizeof(String) - 1, &returned), kLengthMismatch);
  EXPECT_EQ(returned, needed);
  EXPECT_EQ(query(section, kName, nullptr, 0, &returned), kLengthMismatch);
  EXPECT_EQ(returned, needed);
  EXPECT_EQ(buffer[sizeof buffer - 1], 'u');
  EXPECT_EQ(query(section, kName, buffer, needed, &returned), 0);

  OpenFile file = made(0x1000);
  EXPECT_EQ(query(file, kName, buffer, sizeof(String) - 1, &returned), kLengthMismatch);
  EXPECT_EQ(query(file, kName, buffer, returned - 1), kOverflow);
  EXPECT_EQ(query(file, kName, buffer, returned), 0);

  ULONG type = 0;
  EXPECT_EQ(query(section, kType, nullptr, 0, &type), kLengthMismatch);
  EXPECT_GE(type, 104 + 8 * sizeof(wchar_t));
}

TEST_F(QueryObject, a_buffer_that_cannot_be_written_is_an_access_violation) {
  Section section = named_section();
  auto* read_only = static_cast<char*>(VirtualAlloc(nullptr, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY));
  ASSERT_NE(read_only, nullptr);

  EXPECT_EQ(query(section, kName, read_only, 0x1000), kAccessViolation);
  EXPECT_EQ(query(section, kType, read_only, 0x1000), kAccessViolation);
  EXPECT_EQ(query(section, kBasic, read_only, 56), kAccessViolation);

  EXPECT_TRUE(VirtualFree(read_only, 0, MEM_RELEASE));
}

} // namespace
} // namespace apitest
