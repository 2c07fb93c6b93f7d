// File mappings: sections and their views by their Win32 names.
#include "../nt/object_name.h"
#include "../nt/protection.h"
#include "../nt/section.h"
#include "../nt/user_memory.h"
#include "last_error.h"

using namespace winmem;
using win32::fail;
using win32::set_last_error;

namespace {

Address to_address(const void* pointer) { return reinterpret_cast<Address>(pointer); }
std::uint64_t join(DWORD high, DWORD low) { return std::uint64_t{high} << 32 | low; }

constexpr DWORD kAttributes = SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE |
                              SEC_LARGE_PAGES | SEC_PROTECTED_IMAGE | SEC_64K_PAGES;

// S11: what the handle of a new section may be used for.
ACCESS_MASK access_of(DWORD protection) {
  ACCESS_MASK access = STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_READ;
  if (protection == PAGE_READWRITE || protection == PAGE_EXECUTE_READWRITE) {
    access |= SECTION_MAP_WRITE;
  }
  return nt::is_executable(protection) ? access | SECTION_MAP_EXECUTE : access;
}

Status is_inherited(const SECURITY_ATTRIBUTES* given, bool& out) {
  SECURITY_ATTRIBUTES attributes{};
  if (given != nullptr && !nt::read_from_user(attributes, given)) {
    return Status::access_violation;
  }
  out = attributes.bInheritHandle != FALSE;
  return Status::ok;
}

template <typename Character>
HANDLE create(HANDLE file, const SECURITY_ATTRIBUTES* security, DWORD protection, DWORD attributes, std::uint64_t size,
              const Character* name, ACCESS_MASK access) {
  nt::SectionRequest request{.access = access,
                             .size = static_cast<std::int64_t>(size),
                             .protection = protection,
                             .attributes = attributes == 0 ? DWORD{SEC_COMMIT} : attributes,
                             .file = file == INVALID_HANDLE_VALUE ? nullptr : file};
  HANDLE handle = nullptr;
  object::Name kept;
  request.name = &kept;
  request.opens_existing = true;
  Status status = is_inherited(security, request.is_inherited);
  status = status == Status::ok ? nt::read_name(name, kept) : status;
  status = status == Status::ok ? nt::create_section(request, handle) : status;
  if (status != Status::ok && status != Status::object_name_exists) {
    fail(status);
    return nullptr; // S10
  }
  set_last_error(status == Status::ok ? ERROR_SUCCESS : ERROR_ALREADY_EXISTS);
  return handle;
}

// S23. What FILE_MAP_ words ask of a handle: a copy needs to read, and execution has a bit of its own.
ACCESS_MASK handle_access(DWORD access) {
  if (access == FILE_MAP_COPY) {
    return SECTION_MAP_READ;
  }
  return (access & FILE_MAP_EXECUTE) != 0 ? (access & ~DWORD{FILE_MAP_EXECUTE}) | SECTION_MAP_EXECUTE : access;
}

template <typename Character> HANDLE open(DWORD access, BOOL is_inherited, const Character* name) {
  HANDLE handle = nullptr;
  object::Name kept;
  Status status = name != nullptr ? nt::read_name(name, kept) : Status::invalid_parameter;
  status = status == Status::ok ? nt::open_section(kept, handle_access(access), is_inherited != FALSE, handle) : status;
  if (status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return handle;
}

template <typename Character>
HANDLE create(HANDLE file, const SECURITY_ATTRIBUTES* security, DWORD protect, DWORD high, DWORD low,
              const Character* name) {
  DWORD protection = protect & ~kAttributes;
  return create(file, security, protection, protect & kAttributes, join(high, low), name, access_of(protection));
}

// S30, C20.
DWORD protection_of(DWORD access) {
  bool executes = (access & FILE_MAP_EXECUTE) != 0;
  if ((access & FILE_MAP_WRITE) != 0) {
    return executes ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
  }
  if ((access & FILE_MAP_READ) != 0) {
    return executes ? PAGE_EXECUTE_READ : PAGE_READONLY;
  }
  constexpr DWORD kIgnored = FILE_MAP_EXECUTE | FILE_MAP_LARGE_PAGES | FILE_MAP_TARGETS_INVALID | FILE_MAP_RESERVE;
  if ((access & ~kIgnored) == FILE_MAP_COPY) {
    return executes ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
  }
  return PAGE_NOACCESS;
}

LPVOID map(const nt::ViewRequest& request) {
  nt::Viewed viewed = nt::map_section(request);
  if (viewed.status != Status::ok) {
    fail(viewed.status);
    return nullptr;
  }
  return reinterpret_cast<LPVOID>(viewed.range.begin);
}

LPVOID map_here(HANDLE section, DWORD access, std::uint64_t offset, SIZE_T size, const void* base,
                DWORD node = NUMA_NO_PREFERRED_NODE) {
  nt::Placement placement;
  if (Status status = nt::prefer(node, placement); status != Status::ok) {
    fail(status); // Y92
    return nullptr;
  }
  return map({.section = section,
              .process = GetCurrentProcess(),
              .at = to_address(base),
              .offset = offset,
              .size = size,
              .protection = protection_of(access),
              .placement = placement});
}

PVOID map_anywhere(HANDLE section, HANDLE process, PVOID base, ULONG64 offset, SIZE_T size, ULONG type,
                   ULONG protection, MEM_EXTENDED_PARAMETER* parameters, ULONG count) {
  nt::Placement placement;
  Status status = nt::placement_of_parameters(parameters, count, placement);
  if (status == Status::ok) {
    status = nt::check_view_placement(placement, to_address(base));
  }
  if (status != Status::ok) {
    fail(status);
    return nullptr;
  }
  return map({.section = section,
              .process = process == nullptr ? GetCurrentProcess() : process, // C29
              .at = to_address(base),
              .offset = offset,
              .size = size,
              .type = type,
              .protection = protection,
              .placement = placement,
              .takes_placeholders = true});
}

BOOL unmap(HANDLE process, const void* base, ULONG flags) {
  Status status = nt::unmap_section(process, to_address(base), flags);
  return status == Status::ok ? TRUE : fail(status);
}

bool refuses_execution(bool executes) {
  if (executes) {
    fail(Status::invalid_parameter); // C29
  }
  return executes;
}

template <typename Character>
HANDLE create_from_app(HANDLE file, const SECURITY_ATTRIBUTES* security, DWORD protection, std::uint64_t size,
                       const Character* name) {
  if (refuses_execution(nt::is_executable(protection))) {
    return nullptr;
  }
  return create(file, security, protection, static_cast<DWORD>(size >> 32), static_cast<DWORD>(size), name);
}

template <typename Character>
HANDLE create2(HANDLE file, const SECURITY_ATTRIBUTES* security, ULONG access, ULONG protection, ULONG attributes,
               std::uint64_t size, const Character* name, const MEM_EXTENDED_PARAMETER* parameters, ULONG count) {
  if (Status status = nt::check_section_parameters(parameters, count); status != Status::ok) {
    fail(status);
    return nullptr;
  }
  ACCESS_MASK execute = (access & FILE_MAP_EXECUTE) != 0 ? ACCESS_MASK{SECTION_MAP_EXECUTE} : 0;
  return create(file, security, protection, attributes, size, name, access | execute);
}

} // namespace

HANDLE WINAPI CreateFileMappingA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                                 DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCSTR lpName) {
  return create(hFile, lpFileMappingAttributes, flProtect, dwMaximumSizeHigh, dwMaximumSizeLow, lpName);
}

HANDLE WINAPI CreateFileMappingNumaA(HANDLE hFile, LPSECURITY_ATTRIBUTES lpFileMappingAttributes, DWORD flProtect,
                                     DWORD dwMaximumSizeHigh, DWORD dwMaximumSizeLow, LPCSTR lpName, DWORD) {
  return CreateFileMappingA(hFile, lpFileMappingAttributes, flProtect, dwMaximumSizeHigh, dwMaximumSizeLow, lpName);
}

HANDLE WINAPI OpenFileMappingA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName) {
  return open(dwDesiredAccess, bInheritHandle, lpName);
}

LPVOID WINAPI MapViewOfFile(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                            DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap) {
  return map_here(hFileMappingObject, dwDesiredAccess, join(dwFileOffsetHigh, dwFileOffsetLow), dwNumberOfBytesToMap,
                  nullptr);
}

LPVOID WINAPI MapViewOfFileEx(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                              DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress) {
  return map_here(hFileMappingObject, dwDesiredAccess, join(dwFileOffsetHigh, dwFileOffsetLow), dwNumberOfBytesToMap,
                  lpBaseAddress);
}

LPVOID WINAPI MapViewOfFileExNuma(HANDLE hFileMappingObject, DWORD dwDesiredAccess, DWORD dwFileOffsetHigh,
                                  DWORD dwFileOffsetLow, SIZE_T dwNumberOfBytesToMap, LPVOID lpBaseAddress,
                                  DWORD nndPreferred) {
  return map_here(hFileMappingObject, dwDesiredAccess, join(dwFileOffsetHigh, dwFileOffsetLow), dwNumberOfBytesToMap,
                  lpBaseAddress, nndPreferred);
}

PVOID WINAPI MapViewOfFileFromApp(HANDLE hFileMappingObject, ULONG DesiredAccess, ULONG64 FileOffset,
                                  SIZE_T NumberOfBytesToMap) {
  return refuses_execution((DesiredAccess & FILE_MAP_EXECUTE) != 0)
             ? nullptr
             : map_here(hFileMappingObject, DesiredAccess, FileOffset, NumberOfBytesToMap, nullptr);
}

PVOID WINAPI MapViewOfFileNuma2(HANDLE FileMappingHandle, HANDLE ProcessHandle, ULONG64 Offset, PVOID BaseAddress,
                                SIZE_T ViewSize, ULONG AllocationType, ULONG PageProtection, ULONG PreferredNode) {
  MEM_EXTENDED_PARAMETER node{};
  node.Type = MemExtendedParameterNumaNode;
  node.ULong = PreferredNode;
  return map_anywhere(FileMappingHandle, ProcessHandle, BaseAddress, Offset, ViewSize, AllocationType, PageProtection,
                      &node, 1);
}

PVOID WINAPI MapViewOfFile3(HANDLE FileMapping, HANDLE Process, PVOID BaseAddress, ULONG64 Offset, SIZE_T ViewSize,
                            ULONG AllocationType, ULONG PageProtection, MEM_EXTENDED_PARAMETER* ExtendedParameters,
                            ULONG ParameterCount) {
  return map_anywhere(FileMapping, Process, BaseAddress, Offset, ViewSize, AllocationType, PageProtection,
                      ExtendedParameters, ParameterCount);
}

PVOID WINAPI MapViewOfFile3FromApp(HANDLE FileMapping, HANDLE Process, PVOID BaseAddress, ULONG64 Offset,
                                   SIZE_T ViewSize, ULONG AllocationType, ULONG PageProtection,
                                   MEM_EXTENDED_PARAMETER* ExtendedParameters, ULONG ParameterCount) {
  return refuses_execution(nt::is_executable(PageProtection))
             ? nullptr
             : MapViewOfFile3(FileMapping, Process, BaseAddress, Offset, ViewSize, AllocationType, PageProtection,
                              ExtendedParameters, ParameterCount);
}

BOOL WINAPI UnmapViewOfFile(LPCVOID lpBaseAddress) { return unmap(GetCurrentProcess(), lpBaseAddress, 0); }

BOOL WINAPI UnmapViewOfFileEx(PVOID BaseAddress, ULONG UnmapFlags) {
  return unmap(GetCurrentProcess(), BaseAddress, UnmapFlags);
}

BOOL WINAPI UnmapViewOfFile2(HANDLE Process, PVOID BaseAddress, ULONG UnmapFlags) {
  return unmap(Process, BaseAddress, UnmapFlags);
}

BOOL WINAPI FlushViewOfFile(LPCVOID lpBaseAddress, SIZE_T dwNumberOfBytesToFlush) {
  Status status = nt::flush_section(GetCurrentProcess(), to_address(lpBaseAddress), dwNumberOfBytesToFlush).status;
  return status == Status::ok ? TRUE : fail(status);
}

// ---- with names, once for wide characters of 16 and once for those of 32 bits ----

extern "C" {

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                                   DWORD high, DWORD low, const char16_t* name) {
  return create(file, security, protect, high, low, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingW_utf32(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                                         DWORD high, DWORD low, const char32_t* name) {
  return create(file, security, protect, high, low, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingNumaW(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                                       DWORD high, DWORD low, const char16_t* name, DWORD) {
  return create(file, security, protect, high, low, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingNumaW_utf32(HANDLE file, LPSECURITY_ATTRIBUTES security, DWORD protect,
                                                             DWORD high, DWORD low, const char32_t* name, DWORD) {
  return create(file, security, protect, high, low, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingFromApp(HANDLE file, PSECURITY_ATTRIBUTES security, ULONG protection,
                                                         ULONG64 size, const char16_t* name) {
  return create_from_app(file, security, protection, size, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMappingFromApp_utf32(HANDLE file, PSECURITY_ATTRIBUTES security,
                                                               ULONG protection, ULONG64 size, const char32_t* name) {
  return create_from_app(file, security, protection, size, name);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMapping2(HANDLE file, SECURITY_ATTRIBUTES* security, ULONG access,
                                                   ULONG protection, ULONG attributes, ULONG64 size,
                                                   const char16_t* name, MEM_EXTENDED_PARAMETER* parameters,
                                                   ULONG count) {
  return create2(file, security, access, protection, attributes, size, name, parameters, count);
}

WINMEM_API HANDLE WINAPI winmem_CreateFileMapping2_utf32(HANDLE file, SECURITY_ATTRIBUTES* security, ULONG access,
                                                         ULONG protection, ULONG attributes, ULONG64 size,
                                                         const char32_t* name, MEM_EXTENDED_PARAMETER* parameters,
                                                         ULONG count) {
  return create2(file, security, access, protection, attributes, size, name, parameters, count);
}

WINMEM_API HANDLE WINAPI winmem_OpenFileMappingW(DWORD access, BOOL is_inherited, const char16_t* name) {
  return open(access, is_inherited, name);
}

WINMEM_API HANDLE WINAPI winmem_OpenFileMappingW_utf32(DWORD access, BOOL is_inherited, const char32_t* name) {
  return open(access, is_inherited, name);
}

WINMEM_API HANDLE WINAPI winmem_OpenFileMappingFromApp(ULONG access, BOOL is_inherited, const char16_t* name) {
  return open(access, is_inherited, name);
}

WINMEM_API HANDLE WINAPI winmem_OpenFileMappingFromApp_utf32(ULONG access, BOOL is_inherited, const char32_t* name) {
  return open(access, is_inherited, name);
}

} // extern "C"
