#include "section_calls.h"

#include "history.h"
#include "winapi.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace stress {
namespace {

HANDLE self() { return GetCurrentProcess(); }

// A section of the calling thread's.
struct Section {
  explicit Section(Random& random)
      : bytes(random.between(1, 40) * kPage), handle(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE,
                                                                        0, static_cast<DWORD>(bytes), nullptr)) {
    MUST(handle != nullptr);
  }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  ~Section() { MUST(CloseHandle(handle)); }

  std::size_t bytes;
  HANDLE handle;
};

volatile char& byte(void* view, std::size_t at) { return static_cast<volatile char*>(view)[at]; }

void must_be_view(void* view, std::size_t bytes, DWORD protection) {
  MEMORY_BASIC_INFORMATION info{};
  MUST(view != nullptr && reinterpret_cast<std::uintptr_t>(view) % kGranule == 0);
  MUST(VirtualQuery(view, &info, sizeof info) == sizeof info && info.Type == MEM_MAPPED &&
       info.AllocationBase == view && info.RegionSize == bytes && info.Protect == protection);
}

} // namespace

void mapped_views(Random& random) {
  Section section(random);
  void* first = MapViewOfFile(section.handle, FILE_MAP_WRITE, 0, 0, 0);
  void* second = MapViewOfFileEx(section.handle, FILE_MAP_READ, 0, 0, section.bytes, nullptr);
  must_be_view(first, section.bytes, PAGE_READWRITE);
  must_be_view(second, section.bytes, PAGE_READONLY);
  std::size_t place = random.below(section.bytes);
  byte(first, place) = 1;
  MUST(byte(second, place) == 1);
  MUST(MapViewOfFileEx(section.handle, FILE_MAP_READ, 0, 0, 0, first) == nullptr &&
       GetLastError() == ERROR_INVALID_ADDRESS);
  MUST(FlushViewOfFile(first, 0) && UnmapViewOfFile(static_cast<char*>(first) + place));
  MUST(byte(second, place) == 1 && UnmapViewOfFileEx(second, 0));
  MUST(!UnmapViewOfFile(nullptr) && GetLastError() == ERROR_INVALID_ADDRESS);
}

void copied_views(Random& random) {
  Section section(random);
  void* copy = MapViewOfFile(section.handle, FILE_MAP_COPY, 0, 0, 0);
  void* shared = MapViewOfFile(section.handle, FILE_MAP_WRITE, 0, 0, 0);
  must_be_view(copy, section.bytes, PAGE_WRITECOPY);
  byte(copy, 0) = 7;
  MEMORY_BASIC_INFORMATION info{};
  MUST(VirtualQuery(copy, &info, sizeof info) == sizeof info && info.Protect == PAGE_READWRITE);
  DWORD old = 0;
  MUST(VirtualProtect(shared, kPage, PAGE_WRITECOPY, &old) && old == PAGE_READWRITE);
  byte(shared, 1) = 8;
  MUST(VirtualProtect(shared, kPage, PAGE_READWRITE, &old) && old == PAGE_READWRITE);
  MUST(byte(copy, 1) == 0 && byte(shared, 0) == 0 && byte(shared, 1) == 8);
  MUST(UnmapViewOfFile(copy) && UnmapViewOfFile(shared));
}

// Pages of one section are committed through two views of it.
void reserved_views(Random& random) {
  std::size_t pages = random.between(2, 40);
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE | SEC_RESERVE, 0,
                                      static_cast<DWORD>(pages * kPage), nullptr);
  MUST(section != nullptr);
  auto* first = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  auto* second = static_cast<char*>(MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0));
  MUST(first != nullptr && second != nullptr && CloseHandle(section));
  std::size_t at = random.below(pages - 1) * kPage;
  MUST(VirtualAlloc(first + at, 1, MEM_COMMIT, PAGE_READWRITE) == first + at);
  byte(first, at) = 4;
  MEMORY_BASIC_INFORMATION info{};
  MUST(VirtualQuery(second + at, &info, sizeof info) == sizeof info && info.State == MEM_COMMIT &&
       info.Protect == PAGE_READONLY && info.RegionSize == kPage);
  MUST(VirtualQuery(second + at + kPage, &info, sizeof info) == sizeof info && info.State == MEM_RESERVE);
  MUST(byte(second, at) == 4 && UnmapViewOfFile(first) && UnmapViewOfFile(second));
}

void section_forms(Random& random) {
  auto bytes = static_cast<DWORD>(random.between(1, 40) * kPage);
  HANDLE sections[] = {
      CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr),
      CreateFileMappingNumaA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr, 0),
      CreateFileMappingNumaW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, bytes, nullptr, 0),
      CreateFileMappingFromApp(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, bytes, nullptr),
  };
  HANDLE section = sections[random.below(4)];
  MUST(section != nullptr);
  void* views[] = {
      MapViewOfFileExNuma(section, FILE_MAP_WRITE, 0, 0, 0, nullptr, 0),
      MapViewOfFileFromApp(section, FILE_MAP_WRITE, 0, 0),
      MapViewOfFile3(section, self(), nullptr, 0, 0, 0, PAGE_READWRITE, nullptr, 0),
      MapViewOfFile3FromApp(section, nullptr, nullptr, 0, 0, MEM_TOP_DOWN, PAGE_READWRITE, nullptr, 0),
      MapViewOfFileNuma2(section, self(), 0, nullptr, 0, 0, PAGE_READWRITE, 0),
      MapViewOfFile2(section, self(), 0, nullptr, 0, 0, PAGE_READWRITE),
  };
  for (HANDLE each : sections)
    MUST(CloseHandle(each));
  byte(views[0], 3) = 5;
  for (void* view : views) {
    must_be_view(view, bytes, PAGE_READWRITE);
    MUST(byte(view, 3) == 5);
    MUST(UnmapViewOfFile2(self(), view, MEM_UNMAP_WITH_TRANSIENT_BOOST));
  }
}

// Names that other threads use, too: what is found is a section of one page, whoever made it.
void named_sections(Random& random) {
  auto number = static_cast<unsigned>(random.below(4));
  char name[64];
  wchar_t wide[64];
  std::snprintf(name, sizeof name, "Local\\winmem-stress-%u-%u", static_cast<unsigned>(GetCurrentProcessId()), number);
  std::copy(name, name + sizeof name, wide);
  HANDLE made = CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, kPage, name);
  MUST(made != nullptr);
  HANDLE opened[] = {OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, name),
                     OpenFileMappingW(FILE_MAP_ALL_ACCESS, FALSE, wide),
                     OpenFileMappingFromApp(FILE_MAP_ALL_ACCESS, FALSE, wide)};
  void* view = MapViewOfFile(opened[random.below(3)], FILE_MAP_WRITE, 0, 0, 0);
  must_be_view(view, kPage, PAGE_READWRITE);
  for (HANDLE each : opened)
    MUST(each != nullptr && CompareObjectHandles(made, each) && CloseHandle(each));
  std::copy(name + 6, name + sizeof name, wide);
  std::wstring path = std::wstring(L"\\Sessions\\1\\BaseNamedObjects\\") + wide;
  UNICODE_STRING text{};
  text.Length = static_cast<USHORT>(path.size() * sizeof(wchar_t));
  text.MaximumLength = text.Length;
  text.Buffer = path.data();
  OBJECT_ATTRIBUTES attributes{};
  InitializeObjectAttributes(&attributes, &text, 0, nullptr, nullptr);
  HANDLE native = nullptr;
  MUST((random.one_in(2) ? ZwOpenSection : NtOpenSection)(&native, SECTION_ALL_ACCESS, &attributes) == 0 &&
       CompareObjectHandles(made, native));
  MUST(CloseHandle(native) && UnmapViewOfFile(view) && CloseHandle(made));
}

void native_sections(Random& random) {
  LARGE_INTEGER size;
  size.QuadPart = static_cast<LONGLONG>(random.between(1, 40) * kPage);
  HANDLE section = nullptr;
  MUST(NtCreateSection(&section, SECTION_ALL_ACCESS, nullptr, &size, PAGE_READWRITE, SEC_COMMIT, nullptr) == 0);
  SECTION_BASIC_INFORMATION info{};
  MUST(NtQuerySection(section, SectionBasicInformation, &info, sizeof info, nullptr) == 0 &&
       info.MaximumSize.QuadPart == size.QuadPart);
  bool by_drivers = random.one_in(2);
  PVOID view = nullptr;
  SIZE_T bytes = 0;
  MUST((by_drivers ? ZwMapViewOfSection : NtMapViewOfSection)(section, self(), &view, 0, 0, nullptr, &bytes, ViewShare,
                                                              0, PAGE_READWRITE) == 0);
  must_be_view(view, bytes, PAGE_READWRITE);
  byte(view, 0) = 1;
  IO_STATUS_BLOCK io{};
  PVOID at = view;
  SIZE_T length = 0;
  MUST((by_drivers ? ZwFlushVirtualMemory : NtFlushVirtualMemory)(self(), &at, &length, &io) == 0 && at == view &&
       length == bytes);
  MUST(random.one_in(2) ? (by_drivers ? ZwUnmapViewOfSection : NtUnmapViewOfSection)(self(), view) == 0
                        : (by_drivers ? ZwUnmapViewOfSectionEx : NtUnmapViewOfSectionEx)(self(), view, 0) == 0);
  MUST(NtUnmapViewOfSection(self(), nullptr) == STATUS_NOT_MAPPED_VIEW);
  MUST(CloseHandle(section));
}

} // namespace stress
