#include "query_working_set.h"

#include "../host/page_residence.h"
#include "process_handle.h"
#include "protection.h"
#include "user_memory.h"
#include "virtual_memory.h"

#include <winternl.h>

namespace winmem::nt {

namespace {

using Entry = MEMORY_WORKING_SET_EX_INFORMATION;

constexpr unsigned kHighestNode = 63;

// What a page is as far as the books tell, and whether it can be valid at all: a page that nobody may touch is not.
struct Page {
  bool may_be_valid = false;
  ULONG protection = 0;
};

Page page_at(Address page) {
  vm::Description there = vm::describe(page);
  switch (there.owner) {
  case vm::Owner::nobody:
    break;
  case vm::Owner::winmem:
    return {vm::access_of(there.state) != host::Access::none && !vm::is_guarded(there.state),
            protection_value(there.state, there.caching)};
  case vm::Owner::foreign:
    return {there.foreign.state == vm::ForeignState::committed &&
                there.foreign.protection != vm::ForeignProtection::no_access,
            static_cast<ULONG>(there.foreign.protection)};
  }
  return {};
}

ULONG_PTR attributes_of(host::PageResidenceReader& reader, Address at) {
  Address page = round_down(at, kPage);
  if (at >= kUserEnd) {
    return 0;
  }
  Page what = page_at(page);
  host::PageResidence where = what.may_be_valid ? reader.at(page) : host::PageResidence{};
  if (!where.is_present) {
    return 0;
  }
  MEMORY_WORKING_SET_EX_BLOCK block{};
  block.Valid = 1;
  block.Win32Protection = what.protection & 0x7FF;
  block.Shared = where.is_shared ? 1 : 0;
  // How many others there are the kernel does not tell: one more at least.
  block.ShareCount = !where.is_shared ? 0 : where.is_sole ? 1 : 2;
  unsigned node = host::node_of(page);
  block.Node = (node < kHighestNode ? node : kHighestNode) & kHighestNode;
  block.Locked = vm::is_locked(page) ? 1 : 0;
  return block.Flags;
}

// Whether every byte can be written, found out before any is.
bool is_writable(void* buffer, Bytes length) {
  auto begin = reinterpret_cast<Address>(buffer);
  if (begin >= kUserEnd || length > kUserEnd - begin) {
    return false;
  }
  for (Address at = begin; at < begin + length; at = round_down(at, kPage) + kPage) {
    if (!can_write_to_user(reinterpret_cast<char*>(at))) {
      return false;
    }
  }
  return true;
}

} // namespace

Status query_working_set(HANDLE process, void* buffer, Bytes length, SIZE_T* returned) {
  Bytes count = length / sizeof(Entry);
  if (count == 0) {
    return Status::info_length_mismatch;
  }
  if (Status status = check_process(process, PROCESS_QUERY_INFORMATION); status != Status::ok) {
    return status;
  }
  if (!is_writable(buffer, count * sizeof(Entry)) || (returned != nullptr && !can_write_to_user(returned))) {
    return Status::access_violation;
  }
  host::PageResidenceReader reader;
  auto* entries = static_cast<Entry*>(buffer);
  for (Bytes i = 0; i < count; ++i) {
    PVOID address = nullptr;
    if (!read_from_user(address, &entries[i].VirtualAddress) ||
        !write_to_user(&entries[i].VirtualAttributes.Flags,
                       attributes_of(reader, reinterpret_cast<Address>(address)))) {
      return Status::access_violation; // taken away by another thread meanwhile
    }
  }
  if (returned != nullptr && !write_to_user(returned, SIZE_T{count * sizeof(Entry)})) {
    return Status::access_violation;
  }
  return Status::ok;
}

} // namespace winmem::nt
