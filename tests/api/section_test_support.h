// Sections and views that tests own, and the calls that mingw-w64's headers or import libraries lack, by name.
#pragma once

#include "memory_map.h"
#include "owned_handle.h"

#include <cstring>

namespace apitest {

using Section = OwnedHandle;

// Of the page file.
inline Section section_of(std::size_t bytes, DWORD protect = PAGE_READWRITE) {
  Section section(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, protect, static_cast<DWORD>(bytes >> 32),
                                     static_cast<DWORD>(bytes), nullptr));
  EXPECT_NE(static_cast<HANDLE>(section), nullptr) << GetLastError();
  return section;
}

// A view; unmapped at the end of the scope.
class View {
public:
  explicit View(void* base) : base_(static_cast<char*>(base)) {}
  View(View&& other) noexcept : base_(other.base_) { other.forget(); }
  View& operator=(View&&) = delete;
  ~View() {
    if (base_ != nullptr) {
      EXPECT_TRUE(UnmapViewOfFile(base_));
    }
  }

  char* base() const { return base_; }
  char* page(std::size_t index) const { return base_ + index * kPage; }
  void forget() { base_ = nullptr; }
  char& operator[](std::size_t index) const { return base_[index]; }

private:
  char* base_;
};

inline View view_of(HANDLE section, DWORD access, std::size_t offset = 0, std::size_t bytes = 0) {
  View view(MapViewOfFile(section, access, static_cast<DWORD>(offset >> 32), static_cast<DWORD>(offset), bytes));
  EXPECT_NE(view.base(), nullptr) << GetLastError();
  return view;
}

// VirtualProtect; the old protection, or 0 if it failed.
inline DWORD protect(void* start, std::size_t pages, DWORD protection) {
  DWORD old = 0;
  return VirtualProtect(start, pages * kPage, protection, &old) ? old : 0;
}

namespace nt {

using CreateSection = NTSTATUS(NTAPI*)(PHANDLE, ACCESS_MASK, void*, LARGE_INTEGER*, ULONG, ULONG, HANDLE);
using MapViewOfSection = NTSTATUS(NTAPI*)(HANDLE, HANDLE, PVOID*, ULONG_PTR, SIZE_T, LARGE_INTEGER*, SIZE_T*, int,
                                          ULONG, ULONG);
using UnmapViewOfSection = NTSTATUS(NTAPI*)(HANDLE, PVOID);
using QuerySection = NTSTATUS(NTAPI*)(HANDLE, int, void*, SIZE_T, SIZE_T*);

inline NTSTATUS create_section(HANDLE* out, ACCESS_MASK access, LONGLONG size, ULONG protection, ULONG attributes) {
  static const auto call = lookup<CreateSection>("ntdll", "NtCreateSection");
  LARGE_INTEGER bytes;
  bytes.QuadPart = size;
  return call(out, access, nullptr, size != 0 ? &bytes : nullptr, protection, attributes, nullptr);
}

inline NTSTATUS create_section_on(HANDLE file, HANDLE* out, ACCESS_MASK access, LONGLONG size, ULONG protection,
                                  ULONG attributes) {
  static const auto call = lookup<CreateSection>("ntdll", "NtCreateSection");
  LARGE_INTEGER bytes;
  bytes.QuadPart = size;
  return call(out, access, nullptr, size != 0 ? &bytes : nullptr, protection, attributes, file);
}

struct MapArguments {
  SIZE_T commit = 0;
  HANDLE process = GetCurrentProcess();
  PVOID base = nullptr;
  ULONG_PTR zero_bits = 0;
  LONGLONG offset = 0;
  SIZE_T size = 0;
  int inherit = 1;
  ULONG type = 0;
  ULONG protection = PAGE_READWRITE;
};

inline NTSTATUS map_section(HANDLE section, MapArguments& arguments) {
  static const auto call = lookup<MapViewOfSection>("ntdll", "NtMapViewOfSection");
  LARGE_INTEGER offset;
  offset.QuadPart = arguments.offset;
  return call(section, arguments.process, &arguments.base, arguments.zero_bits, arguments.commit, &offset,
              &arguments.size, arguments.inherit, arguments.type, arguments.protection);
}

inline NTSTATUS unmap_section(HANDLE process, void* base) {
  static const auto call = lookup<UnmapViewOfSection>("ntdll", "NtUnmapViewOfSection");
  return call(process, base);
}

struct BasicInformation {
  PVOID base;
  ULONG attributes;
  LARGE_INTEGER size;
};

inline NTSTATUS query_section(HANDLE section, void* out, SIZE_T length, SIZE_T* returned = nullptr, int what = 0) {
  static const auto call = lookup<QuerySection>("ntdll", "NtQuerySection");
  return call(section, what, out, length, returned);
}

} // namespace nt

namespace app {

using MapViewOfFile3 = PVOID(WINAPI*)(HANDLE, HANDLE, PVOID, ULONG64, SIZE_T, ULONG, ULONG, MEM_EXTENDED_PARAMETER*,
                                      ULONG);
using UnmapViewOfFile2 = BOOL(WINAPI*)(HANDLE, PVOID, ULONG);

inline PVOID map3(HANDLE section, HANDLE process, PVOID base, ULONG64 offset, SIZE_T size, ULONG type, ULONG protection,
                  MEM_EXTENDED_PARAMETER* parameters = nullptr, ULONG count = 0) {
  static const auto call = lookup<MapViewOfFile3>("kernelbase", "MapViewOfFile3");
  return call != nullptr ? call(section, process, base, offset, size, type, protection, parameters, count) : nullptr;
}

inline BOOL unmap2(HANDLE process, PVOID base, ULONG flags) {
  static const auto call = lookup<UnmapViewOfFile2>("kernelbase", "UnmapViewOfFile2");
  return call != nullptr && call(process, base, flags);
}

} // namespace app

} // namespace apitest
