// Virtual memory with Windows' arguments: what is legal, in which order it is judged, and how it is rounded.
//
// These take values; the Nt... functions (nt/native_calls.cpp) add pointers that may be bad, and win32 adds the last
// error.
#pragma once

#include "../base/status.h"
#include "../vm/vm.h"

#include <minwinbase.h>
#include <winnt.h>

namespace winmem::nt {

// Where a new region may lie; all zero is no requirement.
struct Placement {
  AddressRange within = {kLowestUser, kUserEnd};
  Bytes alignment = kGranule;
  bool is_required = false;
  std::uint32_t node = NUMA_NO_PREFERRED_NODE; // of NUMA, from which pages come if it has some
};

// invalid_parameter: there is no such node, and it is not NUMA_NO_PREFERRED_NODE either (Y91).
Status prefer(std::uint32_t node, Placement& out);

struct Allocation {
  Status status = Status::ok;
  AddressRange range{};
};

// The extended calls alone know placeholders (V2): to others their bits are none.
enum class Calls : std::uint8_t { plain, extended };

Allocation allocate(HANDLE process, Address at, Bytes size, std::uint32_t type, std::uint32_t protection,
                    const Placement& placement = {}, Calls calls = Calls::plain);

// ZeroBits of NtAllocateVirtualMemory (V111, C9).
Status placement_of_zero_bits(ULONG_PTR zero_bits, Placement& out);

// The extended parameters of VirtualAlloc2 (V88, V89, C28).
Status placement_of_parameters(const MEM_EXTENDED_PARAMETER* parameters, ULONG count, Placement& out);

struct Freeing {
  Status status = Status::ok;
  AddressRange range{};
  bool was_whole = false; // size 0 was given
};

// V30, V84.
bool is_free_type(std::uint32_t type);

Freeing free(HANDLE process, Address at, Bytes size, std::uint32_t type);

struct Protecting {
  Status status = Status::ok;
  AddressRange range{};
  std::uint32_t old = 0;
};

// `old` is where the caller wants the old protection; it is only looked at, since its turn comes between two checks
// (V40).
Protecting protect(HANDLE process, Address at, Bytes size, std::uint32_t protection, ULONG* old);

struct Locking {
  Status status = Status::ok; // was_locked is a success too
  AddressRange range{};
};

// `type` is MAP_PROCESS or MAP_SYSTEM.
Locking lock(HANDLE process, Address at, Bytes size, std::uint32_t type);
Locking unlock(HANDLE process, Address at, Bytes size, std::uint32_t type);

Status query_basic(HANDLE process, Address at, Bytes length, MEMORY_BASIC_INFORMATION& out);

} // namespace winmem::nt
