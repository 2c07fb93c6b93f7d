// Sections of files, beside those of other threads.
#include "file_section_calls.h"

#include "history.h"
#include "winapi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <psapi.h>
#include <unistd.h>

namespace stress {
namespace {

HANDLE self() { return GetCurrentProcess(); }

// An open file of the calling thread's, without a name.
struct NamelessFile {
  explicit NamelessFile(DWORD bytes) {
    char path[] = "/dev/shm/winmem-stress-XXXXXX"; // where a flush is cheap
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
      std::strcpy(path, "/tmp/winmem-stress-XXXXXX");
      descriptor = mkstemp(path);
    }
    MUST(descriptor >= 0 && close(descriptor) == 0);
    handle = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
    MUST(handle != INVALID_HANDLE_VALUE && unlink(path) == 0);
    MUST(SetFilePointer(handle, static_cast<LONG>(bytes), nullptr, FILE_BEGIN) == bytes && SetEndOfFile(handle));
  }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  ~NamelessFile() { MUST(CloseHandle(handle)); }

  HANDLE handle;
};

bool is_lengthened(HANDLE section, LONGLONG bytes, bool by_drivers) {
  LARGE_INTEGER size;
  size.QuadPart = bytes;
  return (by_drivers ? ZwExtendSection : NtExtendSection)(section, &size) == 0 && size.QuadPart == bytes;
}

HANDLE section_on(HANDLE file, bool by_drivers) {
  HANDLE section = nullptr;
  MUST((by_drivers ? ZwCreateSectionEx : NtCreateSectionEx)(&section, SECTION_ALL_ACCESS, nullptr, nullptr,
                                                            PAGE_READWRITE, SEC_COMMIT, file, nullptr, 0) == 0);
  return section;
}

bool has_name(void* at) {
  char text[300];
  WCHAR wide[300];
  DWORD length = K32GetMappedFileNameA(self(), at, text, 300);
  return length != 0 && std::strlen(text) == length && GetMappedFileNameA(self(), at, text, 300) == length &&
         K32GetMappedFileNameW(self(), at, wide, 300) == length && GetMappedFileNameW(self(), at, wide, 300) == length;
}

} // namespace

void file_sections(Random& random) {
  bool by_drivers = random.one_in(2);
  auto bytes = static_cast<DWORD>(random.between(1, 40) * 1000);
  NamelessFile file(bytes);
  HANDLE section = section_on(file.handle, by_drivers);
  PVOID view = nullptr;
  SIZE_T length = 0;
  MUST((by_drivers ? ZwMapViewOfSectionEx : NtMapViewOfSectionEx)(section, self(), &view, nullptr, &length, 0,
                                                                  PAGE_READWRITE, nullptr, 0) == 0);
  auto* shown = static_cast<char*>(view);
  shown[bytes - 1] = 1;
  MUST(shown[length - 1] == (length == bytes ? 1 : 0) && FlushViewOfFile(view, 0) && has_name(shown + bytes / 2));
  MUST(SetFilePointer(file.handle, 0, nullptr, FILE_BEGIN) == 0 && !SetEndOfFile(file.handle) &&
       GetLastError() == ERROR_USER_MAPPED_FILE);
  MUST(VirtualAlloc(view, kPage, MEM_COMMIT, PAGE_READWRITE) == nullptr && GetLastError() == ERROR_ACCESS_DENIED);
  MUST(is_lengthened(section, bytes + 5000, by_drivers) && GetFileSize(file.handle, nullptr) == bytes + 5000);
  MUST(UnmapViewOfFile(view) && CloseHandle(section));
  MUST(SetEndOfFile(file.handle) || GetLastError() == ERROR_USER_MAPPED_FILE); // a fork's child may have it still
}

void file_mappings(Random& random) {
  auto bytes = static_cast<DWORD>(random.between(1, 40) * 1000);
  NamelessFile file(0);
  HANDLE grown = CreateFileMapping2(file.handle, nullptr, FILE_MAP_ALL_ACCESS, PAGE_READWRITE, SEC_COMMIT, bytes,
                                    nullptr, nullptr, 0);
  MUST(grown != nullptr && GetFileSize(file.handle, nullptr) == bytes);
  SECTION_BASIC_INFORMATION info{};
  MUST(ZwQuerySection(grown, SectionBasicInformation, &info, sizeof info, nullptr) == 0 &&
       info.AllocationAttributes == SEC_FILE && info.MaximumSize.QuadPart == bytes);
  HANDLE reads = nullptr;
  MUST(ZwCreateSection(&reads, SECTION_MAP_READ, nullptr, nullptr, PAGE_READONLY, SEC_COMMIT, file.handle) == 0);
  auto* written = static_cast<char*>(MapViewOfFile(grown, FILE_MAP_WRITE, 0, 0, 0));
  auto* read = static_cast<char*>(MapViewOfFile(reads, FILE_MAP_READ, 0, 0, 0));
  auto* copied = static_cast<char*>(MapViewOfFile(reads, FILE_MAP_COPY, 0, 0, 0));
  MUST(written != nullptr && read != nullptr && copied != nullptr);
  copied[0] = 7;
  written[0] = 3;
  MUST(read[0] == 3 && copied[0] == 7);
  MUST(CloseHandle(grown) && CloseHandle(reads));
  MUST(UnmapViewOfFile(written) && UnmapViewOfFile(read) && UnmapViewOfFile(copied));
}

} // namespace stress
