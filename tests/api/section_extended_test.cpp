// CreateFileMapping2, NtCreateSectionEx, NtMapViewOfSectionEx: extended parameters, and the access of the handle.
// Rules: S13 S85
#include "native_calls.h"
#include "section_test_support.h"
#include "temporary_file.h"

namespace apitest {
namespace {

struct Parameter {
  unsigned long long type;
  unsigned long long value;
};
using CreateFileMapping2 = HANDLE(WINAPI*)(HANDLE, SECURITY_ATTRIBUTES*, ULONG, ULONG, ULONG, ULONG64, const wchar_t*,
                                           Parameter*, ULONG);
using CreateSectionEx = NTSTATUS(NTAPI*)(HANDLE*, ACCESS_MASK, void*, LARGE_INTEGER*, ULONG, ULONG, HANDLE, Parameter*,
                                         ULONG);
using MapViewOfSectionEx = NTSTATUS(NTAPI*)(HANDLE, HANDLE, void**, LARGE_INTEGER*, SIZE_T*, ULONG, ULONG, Parameter*,
                                            ULONG);

constexpr Parameter kNode = {2, 0};

HANDLE create2(HANDLE file, ULONG access, ULONG protection, ULONG attributes, ULONG64 size, Parameter* parameters,
               ULONG count) {
  static const auto call = lookup<CreateFileMapping2>("kernelbase", "CreateFileMapping2");
  return call != nullptr ? call(file, nullptr, access, protection, attributes, size, nullptr, parameters, count)
                         : nullptr;
}

HANDLE create2(ULONG access, ULONG protection = PAGE_READWRITE, Parameter* parameters = nullptr, ULONG count = 0) {
  return create2(INVALID_HANDLE_VALUE, access, protection, SEC_COMMIT, 0x10000, parameters, count);
}

TEST(CreateFileMapping2, S13_the_access_that_is_asked_for_bounds_the_views) {
  Section reads(create2(FILE_MAP_READ));
  Section writes(create2(FILE_MAP_READ | FILE_MAP_WRITE));
  Section all(create2(FILE_MAP_ALL_ACCESS | FILE_MAP_EXECUTE, PAGE_EXECUTE_READWRITE));

  EXPECT_ERROR(5, MapViewOfFile(reads, FILE_MAP_WRITE, 0, 0, 0));
  View first = view_of(reads, FILE_MAP_READ);
  View second = view_of(writes, FILE_MAP_WRITE);
  View third = view_of(all, FILE_MAP_READ | FILE_MAP_EXECUTE);
}

TEST(CreateFileMapping2, S13_S85_a_node_may_be_preferred) {
  Parameter node = kNode;
  SetLastError(kNobodysError);
  Section section(create2(FILE_MAP_ALL_ACCESS, PAGE_READWRITE, &node, 1));
  EXPECT_EQ(GetLastError(), 0u);

  View view = view_of(section, FILE_MAP_WRITE);
  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(CreateFileMapping2, S85_wrong_parameters_are_invalid) {
  Parameter unknown = {0, 0};
  Parameter large = {77, 0};
  Parameter reserved = {0x100 | 2, 0};
  Parameter twice[] = {kNode, kNode};

  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE, &unknown, 1));
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE, &large, 1));
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE, &reserved, 1));
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE, twice, 2));
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE, nullptr, 1));
}

TEST(CreateFileMapping2, S13_protection_and_attributes_are_judged_as_ever) {
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_NOACCESS));
  EXPECT_ERROR(87, create2(FILE_MAP_READ, PAGE_READWRITE | SEC_COMMIT));
  EXPECT_ERROR(87, create2(INVALID_HANDLE_VALUE, FILE_MAP_READ, PAGE_READWRITE, SEC_COMMIT, 0, nullptr, 0));
  EXPECT_ERROR(6, create2(reinterpret_cast<HANDLE>(0x12344), FILE_MAP_READ, PAGE_READWRITE, SEC_COMMIT, 1, nullptr, 0));
}

using FileMapping2 = WithFile;

TEST_F(FileMapping2, S13_it_maps_files) {
  OpenFile file = made(0x1000);
  Section section(create2(file, FILE_MAP_WRITE | FILE_MAP_READ, PAGE_READWRITE, SEC_COMMIT, 0x2000, nullptr, 0));

  ASSERT_NE(static_cast<HANDLE>(section), nullptr);
  View view = view_of(section, FILE_MAP_WRITE);
  view[0x1FFF] = 'z';

  EXPECT_EQ(size_of(file), 0x2000u);
  EXPECT_EQ(byte_at(file, 0x1FFF), 'z');
}

TEST(NtSectionEx, S85_they_do_what_the_older_calls_do) {
  static const auto create = lookup<CreateSectionEx>("ntdll", "NtCreateSectionEx");
  static const auto map = lookup<MapViewOfSectionEx>("ntdll", "NtMapViewOfSectionEx");
  ASSERT_TRUE(create != nullptr && map != nullptr);
  LARGE_INTEGER size;
  size.QuadPart = 0x20000;
  Parameter node = kNode;
  HANDLE handle = nullptr;

  EXPECT_STATUS(kSuccess, create(&handle, 0xF001F, nullptr, &size, PAGE_READWRITE, SEC_COMMIT, nullptr, &node, 1));
  Section section(handle);
  void* base = nullptr;
  LARGE_INTEGER offset;
  offset.QuadPart = 0x10000;
  SIZE_T length = 0;
  EXPECT_STATUS(kSuccess, map(section, GetCurrentProcess(), &base, &offset, &length, 0, PAGE_READWRITE, nullptr, 0));
  View view(base);

  EXPECT_EQ(length, 0x10000u);
  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(NtSectionEx, S85_wrong_parameters_are_invalid_and_change_nothing) {
  static const auto create = lookup<CreateSectionEx>("ntdll", "NtCreateSectionEx");
  static const auto map = lookup<MapViewOfSectionEx>("ntdll", "NtMapViewOfSectionEx");
  ASSERT_TRUE(create != nullptr && map != nullptr);
  LARGE_INTEGER size;
  size.QuadPart = 0x10000;
  Parameter unknown = {77, 0};
  HANDLE handle = nullptr;
  Section section = section_of(0x10000);
  void* base = nullptr;
  SIZE_T length = 0;

  EXPECT_STATUS(kInvalidParameter,
                create(&handle, 0xF001F, nullptr, &size, PAGE_READWRITE, SEC_COMMIT, nullptr, &unknown, 1));
  EXPECT_STATUS(kInvalidParameter,
                map(section, GetCurrentProcess(), &base, nullptr, &length, 0, PAGE_READWRITE, &unknown, 1));

  EXPECT_EQ(handle, nullptr);
  EXPECT_EQ(base, nullptr);
}

} // namespace
} // namespace apitest
