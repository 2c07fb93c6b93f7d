// Sections and views.
#include "fail.h"
#include "scenario.h"
#include "state.h"

#include <cstdio>
#include <psapi.h>
#include <unistd.h>

namespace faults {
namespace {

HANDLE section(std::size_t pages, DWORD protection = PAGE_READWRITE) {
  HANDLE made =
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, protection, 0, static_cast<DWORD>(pages * kPage), nullptr);
  FAULTS_REQUIRE(made != nullptr);
  section_bytes += pages * kPage;
  return made;
}

char* view(HANDLE section, DWORD access = FILE_MAP_WRITE) {
  auto* made = static_cast<char*>(MapViewOfFile(section, access, 0, 0, 0));
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

inline constexpr std::uint32_t kNoSection[] = {0xC0000017, 0xC000012D, 0xC000009A};
inline constexpr std::uint32_t kNoView[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT, ERROR_ACCESS_DENIED};
inline constexpr std::uint32_t kNoViewThere[] = {ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED, ERROR_INVALID_ADDRESS};

NTSTATUS make_section(std::size_t pages) {
  LARGE_INTEGER size;
  size.QuadPart = static_cast<LONGLONG>(pages * kPage);
  HANDLE made = nullptr;
  NTSTATUS status = NtCreateSection(&made, SECTION_ALL_ACCESS, nullptr, &size, PAGE_READWRITE, SEC_COMMIT, nullptr);
  return status == 0 ? NtClose(made) : status;
}

SCENARIO(section_beside_others, kNoSection) {
  view(section(16));
  trial.call([] { return make_section(16); });
}

// Its memory is what the first one left.
SCENARIO(section_after_another, kNoSection) {
  view(section(16));
  FAULTS_REQUIRE(make_section(8) == 0);
  trial.call([] { return make_section(16); });
}

// At an address that views are placed at: a view anywhere would go elsewhere where that is refused.
char* free_place(HANDLE section) {
  char* there = view(section);
  FAULTS_REQUIRE(UnmapViewOfFile(there));
  return there;
}

SCENARIO(view_where_one_was, kNoViewThere) {
  HANDLE made = section(16);
  char* there = free_place(made);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there; });
}

SCENARIO(view_that_copies_beside_others, kNoViewThere) {
  HANDLE made = section(16);
  fill(view(made), 16);
  char* there = free_place(made);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_COPY, 0, 0, 0, there) == there; });
}

SCENARIO(view_at_an_address, kNoViewThere) {
  HANDLE made = section(16);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, outside()) == outside(); });
}

SCENARIO(view_of_low_addresses, kNoView) {
  HANDLE made = section(16);
  trial.call([=] {
    MEM_ADDRESS_REQUIREMENTS wanted{};
    wanted.HighestEndingAddress = reinterpret_cast<void*>(0x7FFFFFFF);
    MEM_EXTENDED_PARAMETER parameter{};
    parameter.Type = MemExtendedParameterAddressRequirements;
    parameter.Pointer = &wanted;
    return MapViewOfFile3(made, nullptr, nullptr, 0, 0, 0, PAGE_READWRITE, &parameter, 1) != nullptr;
  });
}

SCENARIO(unmap_of_a_view, kOutOfMemory) {
  char* made = view(section(16));
  fill(made, 16);
  trial.call([=] { return UnmapViewOfFile(made + 5 * kPage) != 0; });
}

SCENARIO(protect_in_the_middle_of_a_view, kOutOfMemory) {
  char* made = view(section(16));
  fill(made, 16);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(made + 4 * kPage, 8 * kPage, PAGE_READONLY, &old) != 0;
  });
}

SCENARIO(protect_a_view_so_that_it_copies, kOutOfMemory) {
  char* made = view(section(16));
  fill(made, 16);
  trial.call([=] {
    DWORD old = 0;
    return VirtualProtect(made + 4 * kPage, 8 * kPage, PAGE_WRITECOPY, &old) != 0;
  });
}

SCENARIO(question_about_a_view_that_copies, kNever) {
  char* made = view(section(16), FILE_MAP_COPY);
  fill(made + 4 * kPage, 2);
  trial.call([=] {
    MEMORY_BASIC_INFORMATION info{};
    return VirtualQuery(made, &info, sizeof info) == sizeof info && info.Type == MEM_MAPPED;
  });
}

SCENARIO(flush_of_a_view, kNever) {
  char* made = view(section(16));
  trial.call([=] { return FlushViewOfFile(made, 0) != 0; });
}

// ---- of files -------------------------------------------------------------------------------------------------------

constexpr std::uint32_t kNoFileSection[] = {
    ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED,     ERROR_NO_SYSTEM_RESOURCES, ERROR_DISK_FULL,
    ERROR_IO_DEVICE,         ERROR_INVALID_PARAMETER, ERROR_INVALID_FUNCTION,
};

// A new open file, without a name.
HANDLE file_of(DWORD bytes) {
  char path[64];
  std::snprintf(path, sizeof path, "/tmp/winmem-faults-section-%d", static_cast<int>(getpid()));
  HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                            nullptr, CREATE_ALWAYS, 0, nullptr);
  FAULTS_REQUIRE(file != INVALID_HANDLE_VALUE && unlink(path) == 0);
  FAULTS_REQUIRE(SetFilePointer(file, static_cast<LONG>(bytes), nullptr, FILE_BEGIN) == bytes && SetEndOfFile(file));
  SetLastError(0);
  return file;
}

HANDLE section_on(HANDLE file) {
  HANDLE made = CreateFileMappingA(file, nullptr, PAGE_READWRITE, 0, 0, nullptr);
  FAULTS_REQUIRE(made != nullptr);
  return made;
}

NTSTATUS make_section_on(HANDLE file, DWORD bytes, ULONG protection = PAGE_READWRITE, ULONG attributes = SEC_COMMIT) {
  LARGE_INTEGER size;
  size.QuadPart = bytes;
  HANDLE made = nullptr;
  NTSTATUS status = NtCreateSection(&made, SECTION_ALL_ACCESS, nullptr, &size, protection, attributes, file);
  return status == 0 ? NtClose(made) : status;
}

inline constexpr std::uint32_t kNoSectionOfFile[] = {0xC0000017, 0xC0000022, 0xC000009A, 0xC000007F,
                                                     0xC0000185, 0xC000000D, 0xC0000010};

SCENARIO(section_of_a_file, kNoSectionOfFile) {
  HANDLE file = file_of(3 * kPage);
  trial.call([=] { return make_section_on(file, 3 * kPage); });
}

SCENARIO(section_that_lengthens_its_file, kNoSectionOfFile) {
  HANDLE file = file_of(kPage);
  trial.call([=] {
    NTSTATUS status = make_section_on(file, 3 * kPage);
    DWORD before = GetLastError();
    DWORD bytes = GetFileSize(file, nullptr);
    SetLastError(before);
    FAULTS_REQUIRE(bytes == (status == 0 ? 3 * kPage : kPage) || bytes == INVALID_FILE_SIZE);
    return status;
  });
}

SCENARIO(section_of_a_file_that_is_no_image, kNoSectionOfFile) {
  HANDLE file = file_of(kPage);
  trial.call([=] {
    NTSTATUS status = make_section_on(file, 0, PAGE_READONLY, SEC_IMAGE);
    FAULTS_REQUIRE(status != 0);
    return status == static_cast<NTSTATUS>(0xC000007B) ? 0 : status;
  });
}

SCENARIO(view_of_a_file, kNoViewThere) {
  HANDLE made = section_on(file_of(16 * kPage));
  char* there = free_place(made);
  trial.call([=] { return MapViewOfFileEx(made, FILE_MAP_WRITE, 0, 0, 0, there) == there; });
}

SCENARIO(flush_of_a_file_s_view, kNoFileSection) {
  char* made = view(section_on(file_of(4 * kPage)));
  fill(made, 4);
  trial.call([=] { return FlushViewOfFile(made, 0) != 0; });
}

SCENARIO(section_of_a_file_that_gets_longer, kNoSectionOfFile) {
  HANDLE file = file_of(kPage);
  HANDLE made = nullptr;
  FAULTS_REQUIRE(NtCreateSection(&made, SECTION_ALL_ACCESS, nullptr, nullptr, PAGE_READWRITE, SEC_COMMIT, file) == 0);
  trial.call([=] {
    LARGE_INTEGER size;
    size.QuadPart = 3 * kPage;
    return NtExtendSection(made, &size);
  });
}

inline constexpr std::uint32_t kNoName[] = {ERROR_FILE_INVALID, ERROR_NOACCESS};

SCENARIO(name_of_a_file_that_is_mapped, kNoName) {
  char* made = view(section_on(file_of(4 * kPage)));
  trial.call([=] {
    char name[300];
    return K32GetMappedFileNameA(GetCurrentProcess(), made, name, sizeof name) != 0;
  });
}

SCENARIO(cut_of_a_file_with_a_view, kNoFileSection) {
  HANDLE file = file_of(4 * kPage);
  view(section_on(file));
  trial.call([=] { // where there are no locks nothing is known of the view
    return SetFilePointer(file, 8 * kPage, nullptr, FILE_BEGIN) == 8 * kPage && SetEndOfFile(file) &&
           SetFilePointer(file, 4 * kPage, nullptr, FILE_BEGIN) == 4 * kPage && SetEndOfFile(file);
  });
}

} // namespace
} // namespace faults
