// Sections and views with Windows' arguments: what is legal, and in which order it is judged.
//
// These take values; nt/section_calls.cpp adds pointers that may be bad, and win32 adds the last error.
#pragma once

#include "../object/name.h"
#include "handles.h"
#include "virtual_memory.h"

#include <winnt.h>
#include <winternl.h>

namespace winmem::nt {

struct SectionRequest {
  ACCESS_MASK access = 0;
  std::int64_t size = 0;
  std::uint32_t protection = 0; // PAGE_...
  std::uint32_t attributes = 0; // SEC_...
  HANDLE file = nullptr;        // null: of the page file
  bool is_inherited = false;
  const object::Name* name = nullptr; // null or empty: none
  bool opens_existing = false;        // a section that has the name already will do
};

// S1, S2, S3, S20 to S22, S80. object_name_exists is a success: the section was there.
Status create_section(const SectionRequest& request, HANDLE& out);

// The extended parameters of NtCreateSectionEx and CreateFileMapping2 (S85): a preferred node, which is ignored.
Status check_section_parameters(const MEM_EXTENDED_PARAMETER* parameters, ULONG count);

// S23. object_path_syntax_bad: an empty name.
Status open_section(const object::Name& name, ACCESS_MASK access, bool is_inherited, HANDLE& out);

struct ViewRequest {
  HANDLE section = nullptr;
  HANDLE process = nullptr;
  Address at = 0;
  std::uint64_t offset = 0;
  Bytes size = 0;
  std::uint32_t type = 0;       // 0 or MEM_TOP_DOWN
  std::uint32_t protection = 0; // PAGE_...
  Bytes commit = 0;             // pages of the view's beginning to be committed, where that is done one by one
  Placement placement{};
  bool takes_placeholders = false; // MEM_REPLACE_PLACEHOLDER is known, to the extended calls alone
};

struct Viewed {
  Status status = Status::ok;
  AddressRange range{};
};

// What views need not have: a base beside requirements on it, or an alignment (S74, V89).
inline Status check_view_placement(const Placement& placement, Address base) {
  bool is_legal = !placement.is_required || (base == 0 && placement.alignment == kGranule);
  return is_legal ? Status::ok : Status::invalid_parameter;
}

// S31 to S36, S81.
Viewed map_section(const ViewRequest& request);

// `flags` are UnmapViewOfFileEx's (S43).
Status unmap_section(HANDLE process, Address at, std::uint32_t flags);

// The pages of a view that `size` bytes from `at` on touch, to the end of the view if that is 0 (S44).
Viewed flush_section(HANDLE process, Address at, Bytes size);

Status query_section(HANDLE handle, SECTION_INFORMATION_CLASS what, Bytes length, SECTION_BASIC_INFORMATION& out);

} // namespace winmem::nt
