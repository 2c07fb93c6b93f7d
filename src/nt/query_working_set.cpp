#include "query_working_set.h"

#include "../host/page_residence.h"
#include "process_handle.h"
#include "protection.h"
#include "user_memory.h"
#include "virtual_memory.h"
#include "working_set_page.h"

#include <winternl.h>

namespace winmem::nt {

namespace {

using Entry = MEMORY_WORKING_SET_EX_INFORMATION;

constexpr unsigned kHighestNode = 63;

ULONG_PTR attributes_of(host::PageResidenceReader& reader, Address at) {
  Address page = round_down(at, kPage);
  if (at >= kUserEnd) {
    return 0;
  }
  WorkingSetPage what = working_set_page(vm::describe(page));
  host::PageResidence where = what.may_be_valid ? reader.at(page) : host::PageResidence{};
  if (!where.is_present) {
    return 0;
  }
  MEMORY_WORKING_SET_EX_BLOCK block{};
  block.Valid = 1;
  block.Win32Protection = what.protection & 0x7FF;
  block.Shared = where.is_shared ? 1 : 0;
  block.ShareCount = share_count(where) & 7;
  unsigned node = host::node_of(page);
  block.Node = (node < kHighestNode ? node : kHighestNode) & kHighestNode;
  block.Locked = vm::is_locked(page) ? 1 : 0;
  return block.Flags;
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
  if (!can_write_bytes_to_user(buffer, count * sizeof(Entry)) ||
      (returned != nullptr && !can_write_to_user(returned))) {
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
