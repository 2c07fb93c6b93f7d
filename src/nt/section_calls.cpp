// NtCreateSection and its company: what stands behind the caller's pointers is read first and written last, and stays
// untouched on failure.
#include "file_section.h"
#include "handles.h"
#include "mapped_name.h"
#include "object_name.h"
#include "section.h"
#include "user_memory.h"

#include <cstring>
#include <utility>

using namespace winmem;

namespace {

NTSTATUS to_ntstatus(Status status) { return static_cast<NTSTATUS>(status); }

template <class Character>
Status create(PHANDLE out, const OBJECT_ATTRIBUTES* given, const LARGE_INTEGER* size, nt::SectionRequest request) {
  if (!nt::can_write_to_user(out)) {
    return Status::access_violation;
  }
  LARGE_INTEGER bytes{};
  if (size != nullptr && !nt::read_from_user(bytes, size)) {
    return Status::access_violation;
  }
  request.size = bytes.QuadPart;
  nt::ObjectAttributes attributes;
  if (Status status = nt::read_attributes<Character>(given, attributes); status != Status::ok) {
    return status;
  }
  request.is_inherited = attributes.flags == object::Flags::inherit;
  request.name = &attributes.name;
  request.opens_existing = attributes.opens_existing;
  HANDLE handle = nullptr;
  Status status = nt::create_section(request, handle);
  return nt::hand_out(out, handle, status);
}

template <class Character> Status open(PHANDLE out, ACCESS_MASK access, const OBJECT_ATTRIBUTES* given) {
  if (!nt::can_write_to_user(out)) {
    return Status::access_violation;
  }
  if (given == nullptr) {
    return Status::invalid_parameter;
  }
  nt::ObjectAttributes attributes;
  if (Status status = nt::read_attributes<Character>(given, attributes); status != Status::ok) {
    return status;
  }
  HANDLE handle = nullptr;
  Status status = nt::open_section(attributes.name, access, attributes.flags == object::Flags::inherit, handle);
  return nt::hand_out(out, handle, status);
}

struct InOut {
  PVOID* base;
  PSIZE_T size;
  LARGE_INTEGER* offset; // may be null
  PVOID at = nullptr;
  SIZE_T length = 0;
  LARGE_INTEGER from{};

  Status read() {
    bool readable = nt::read_from_user(at, base) && nt::read_from_user(length, size) &&
                    (offset == nullptr || nt::read_from_user(from, offset));
    bool writable = readable && nt::can_write_to_user(base) && nt::can_write_to_user(size) &&
                    (offset == nullptr || nt::can_write_to_user(offset));
    return writable ? Status::ok : Status::access_violation;
  }

  // Once the view is there the call has succeeded.
  void write(AddressRange range) const {
    static_cast<void>(nt::write_to_user(base, reinterpret_cast<PVOID>(range.begin)) &&
                      nt::write_to_user(size, SIZE_T{range.size()}));
  }
};

Status map(HANDLE section, HANDLE process, InOut arguments, ULONG type, ULONG protection,
           const nt::Placement& placement, Bytes commit = 0) {
  if (Status status = arguments.read(); status != Status::ok) {
    return status;
  }
  nt::Viewed viewed = nt::map_section({.section = section,
                                       .process = process,
                                       .at = reinterpret_cast<Address>(arguments.at),
                                       .offset = static_cast<std::uint64_t>(arguments.from.QuadPart),
                                       .size = arguments.length,
                                       .type = type,
                                       .protection = protection,
                                       .commit = commit,
                                       .placement = placement});
  if (viewed.status == Status::ok) {
    arguments.write(viewed.range);
  }
  return viewed.status;
}

} // namespace

NTSTATUS NTAPI NtExtendSection(HANDLE SectionHandle, PLARGE_INTEGER NewSectionSize) {
  LARGE_INTEGER size{};
  if (!nt::read_from_user(size, NewSectionSize) || !nt::can_write_to_user(NewSectionSize)) {
    return to_ntstatus(Status::access_violation);
  }
  Status status = nt::extend_section(SectionHandle, size.QuadPart);
  if (status == Status::ok) {
    static_cast<void>(nt::write_to_user(NewSectionSize, size)); // the section is longer by now
  }
  return to_ntstatus(status);
}

NTSTATUS NTAPI NtMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress, ULONG_PTR ZeroBits,
                                  SIZE_T CommitSize, PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
                                  SECTION_INHERIT InheritDisposition, ULONG AllocationType, ULONG PageProtection) {
  nt::Placement placement;
  if (InheritDisposition != ViewShare && InheritDisposition != ViewUnmap) {
    return to_ntstatus(Status::invalid_parameter_8);
  }
  Status status = nt::placement_of_zero_bits(ZeroBits, placement);
  if (status != Status::ok) {
    return to_ntstatus(status == Status::invalid_parameter_3 ? Status::invalid_parameter_4 : status); // C9
  }
  return to_ntstatus(map(SectionHandle, ProcessHandle, {BaseAddress, ViewSize, SectionOffset}, AllocationType,
                         PageProtection, placement, CommitSize));
}

NTSTATUS NTAPI NtMapViewOfSectionEx(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress,
                                    PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize, ULONG AllocationType,
                                    ULONG PageProtection, PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                    ULONG ExtendedParameterCount) {
  nt::Placement placement;
  PVOID base = nullptr;
  Status status = nt::placement_of_parameters(ExtendedParameters, ExtendedParameterCount, placement);
  if (status == Status::ok && !nt::read_from_user(base, BaseAddress)) {
    status = Status::access_violation;
  }
  if (status == Status::ok) {
    status = nt::check_view_placement(placement, reinterpret_cast<Address>(base));
  }
  return to_ntstatus(status == Status::ok ? map(SectionHandle, ProcessHandle, {BaseAddress, ViewSize, SectionOffset},
                                                AllocationType, PageProtection, placement)
                                          : status);
}

NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress) {
  return to_ntstatus(nt::unmap_section(ProcessHandle, reinterpret_cast<Address>(BaseAddress), 0));
}

NTSTATUS NTAPI NtUnmapViewOfSectionEx(HANDLE ProcessHandle, PVOID BaseAddress, ULONG Flags) {
  return to_ntstatus(nt::unmap_section(ProcessHandle, reinterpret_cast<Address>(BaseAddress), Flags));
}

NTSTATUS NTAPI NtQuerySection(HANDLE SectionHandle, SECTION_INFORMATION_CLASS SectionInformationClass,
                              PVOID SectionInformation, SIZE_T SectionInformationLength, PSIZE_T ReturnLength) {
  SECTION_BASIC_INFORMATION info{};
  Status status = nt::query_section(SectionHandle, SectionInformationClass, SectionInformationLength, info);
  if (status != Status::ok) {
    return to_ntstatus(status);
  }
  bool written = nt::write_to_user(static_cast<SECTION_BASIC_INFORMATION*>(SectionInformation), info) &&
                 (ReturnLength == nullptr || nt::write_to_user(ReturnLength, SIZE_T{sizeof info}));
  return to_ntstatus(written ? Status::ok : Status::access_violation);
}

NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                    PIO_STATUS_BLOCK IoStatus) {
  InOut arguments{BaseAddress, RegionSize, nullptr};
  if (Status status = arguments.read(); status != Status::ok) {
    return to_ntstatus(status);
  }
  if (!nt::can_write_to_user(IoStatus)) {
    return to_ntstatus(Status::access_violation);
  }
  nt::Viewed flushed = nt::flush_section(ProcessHandle, reinterpret_cast<Address>(arguments.at), arguments.length);
  if (flushed.status == Status::ok) {
    IO_STATUS_BLOCK result{};
    result.Status = 0;
    result.Information = flushed.range.size();
    arguments.write(flushed.range);
    static_cast<void>(nt::write_to_user(IoStatus, result));
  }
  return to_ntstatus(flushed.status);
}

NTSTATUS NTAPI NtAreMappedFilesTheSame(PVOID File1MappedAsAnImage, PVOID File2MappedAsFile) {
  HANDLE self = reinterpret_cast<HANDLE>(LONG_PTR{-1});
  char first[file::kPathRoom];
  char second[file::kPathRoom];
  for (auto [at, path] : {std::pair(File1MappedAsAnImage, &first), std::pair(File2MappedAsFile, &second)}) {
    if (nt::mapped_name(self, reinterpret_cast<Address>(at), *path) != Status::ok) {
      return to_ntstatus(Status::invalid_address);
    }
  }
  return to_ntstatus(std::strcmp(first, second) == 0 ? Status::ok : Status::not_same_device);
}

// The Zw names are the same functions.
#define WINMEM_ZW_NAME(name)                                                                                           \
  extern "C" __attribute__((visibility("default"), alias("winmem_Nt" #name))) decltype(Nt##name) Zw##name
WINMEM_ZW_NAME(AreMappedFilesTheSame);
WINMEM_ZW_NAME(ExtendSection);
WINMEM_ZW_NAME(FlushVirtualMemory);
WINMEM_ZW_NAME(MapViewOfSection);
WINMEM_ZW_NAME(MapViewOfSectionEx);
WINMEM_ZW_NAME(QuerySection);
WINMEM_ZW_NAME(UnmapViewOfSection);
WINMEM_ZW_NAME(UnmapViewOfSectionEx);
#undef WINMEM_ZW_NAME

// ---- with names, once for wide characters of 16 and once for those of 32 bits ----

extern "C" {

WINMEM_API NTSTATUS NTAPI winmem_NtCreateSection(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                                 PLARGE_INTEGER size, ULONG protection, ULONG kind, HANDLE file) {
  return to_ntstatus(create<char16_t>(out, attributes, size,
                                      {.access = access, .protection = protection, .attributes = kind, .file = file}));
}

WINMEM_API NTSTATUS NTAPI winmem_NtCreateSection_utf32(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                                       PLARGE_INTEGER size, ULONG protection, ULONG kind, HANDLE file) {
  return to_ntstatus(create<char32_t>(out, attributes, size,
                                      {.access = access, .protection = protection, .attributes = kind, .file = file}));
}

WINMEM_API NTSTATUS NTAPI winmem_NtCreateSectionEx(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                                   PLARGE_INTEGER size, ULONG protection, ULONG kind, HANDLE file,
                                                   PMEM_EXTENDED_PARAMETER parameters, ULONG count) {
  Status status = nt::check_section_parameters(parameters, count);
  return status == Status::ok ? winmem_NtCreateSection(out, access, attributes, size, protection, kind, file)
                              : to_ntstatus(status);
}

WINMEM_API NTSTATUS NTAPI winmem_NtCreateSectionEx_utf32(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                                         PLARGE_INTEGER size, ULONG protection, ULONG kind, HANDLE file,
                                                         PMEM_EXTENDED_PARAMETER parameters, ULONG count) {
  Status status = nt::check_section_parameters(parameters, count);
  return status == Status::ok ? winmem_NtCreateSection_utf32(out, access, attributes, size, protection, kind, file)
                              : to_ntstatus(status);
}

WINMEM_API NTSTATUS NTAPI winmem_NtOpenSection(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return to_ntstatus(open<char16_t>(out, access, attributes));
}

WINMEM_API NTSTATUS NTAPI winmem_NtOpenSection_utf32(PHANDLE out, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return to_ntstatus(open<char32_t>(out, access, attributes));
}

// The Zw names again.
#define WINMEM_ZW_NAME(name)                                                                                           \
  __attribute__((visibility("default"), alias("winmem_Nt" #name))) decltype(winmem_Nt##name) winmem_Zw##name
WINMEM_ZW_NAME(CreateSection);
WINMEM_ZW_NAME(CreateSection_utf32);
WINMEM_ZW_NAME(CreateSectionEx);
WINMEM_ZW_NAME(CreateSectionEx_utf32);
WINMEM_ZW_NAME(OpenSection);
WINMEM_ZW_NAME(OpenSection_utf32);
#undef WINMEM_ZW_NAME

} // extern "C"
