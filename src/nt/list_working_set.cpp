// NtQueryVirtualMemory's class 1: every page that is in physical memory (Y55).
#include "../host/page_residence.h"
#include "process_handle.h"
#include "protection.h"
#include "query_working_set.h"
#include "user_memory.h"
#include "working_set_page.h"

#include <winternl.h>

namespace winmem::nt {

namespace {

// Protections have five bits here: one of eight, and two for what stands beside it.
ULONG_PTR short_protection(ULONG value) {
  constexpr ULONG kBare[] = {PAGE_NOACCESS,  PAGE_READONLY,  PAGE_EXECUTE,           PAGE_EXECUTE_READ,
                             PAGE_READWRITE, PAGE_WRITECOPY, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};
  constexpr ULONG_PTR kNoCache = 8;
  constexpr ULONG_PTR kWriteCombine = 24;
  ULONG_PTR shortened = 0;
  for (ULONG_PTR i = 0; i < std::size(kBare); ++i) {
    shortened = (value & 0xFF) == kBare[i] ? i : shortened;
  }
  return shortened | ((value & PAGE_NOCACHE) != 0 ? kNoCache : (value & PAGE_WRITECOMBINE) != 0 ? kWriteCombine : 0);
}

// Entries on their way into the caller's array: counted all, written as far as there is room.
class EntryWriter {
public:
  EntryWriter(ULONG_PTR* to, Bytes room) : to_(to), room_(room) {}

  void add(ULONG_PTR entry) {
    if (count_ < room_) {
      waiting_[held_++] = entry;
    }
    ++count_;
    if (held_ == std::size(waiting_)) {
      write();
    }
  }
  bool finish() {
    write();
    return is_written_;
  }
  Bytes count() const { return count_; }

private:
  void write() {
    is_written_ = is_written_ && (held_ == 0 || write_array_to_user(to_ + written_, waiting_, held_));
    written_ += held_;
    held_ = 0;
  }

  ULONG_PTR* to_;
  Bytes room_;
  Bytes count_ = 0;
  Bytes written_ = 0;
  std::size_t held_ = 0;
  bool is_written_ = true;
  ULONG_PTR waiting_[256];
};

ULONG_PTR entry_of(Address page, ULONG protection, const host::PageResidence& where) {
  MEMORY_WORKING_SET_BLOCK block{};
  block.Protection = short_protection(protection) & 0x1F;
  block.Shared = where.is_shared ? 1 : 0;
  block.ShareCount = share_count(where) & 7;
  block.VirtualPage = bytes_to_pages(page) & ((ULONG_PTR{1} << 52) - 1);
  ULONG_PTR word = 0;
  static_assert(sizeof block == sizeof word);
  std::memcpy(&word, &block, sizeof word);
  return word;
}

void add_present(AddressRange range, ULONG protection, host::PageResidenceReader& reader, EntryWriter& out) {
  for (Address at = range.begin; at < range.end;) {
    AddressRange some = reader.perhaps_present({at, range.end});
    for (at = some.begin; at < some.end; at += kPage) {
      if (host::PageResidence where = reader.at(at); where.is_present) {
        out.add(entry_of(at, protection, where));
      }
    }
  }
}

} // namespace

Status list_working_set(HANDLE process, void* buffer, Bytes length, SIZE_T* returned) {
  if (length < sizeof(ULONG_PTR)) {
    return Status::info_length_mismatch;
  }
  if (Status status = check_process(process, PROCESS_QUERY_INFORMATION); status != Status::ok) {
    return status;
  }
  auto* count = static_cast<ULONG_PTR*>(buffer);
  if (!can_write_to_user(count) || (returned != nullptr && !can_write_to_user(returned))) {
    return Status::access_violation;
  }
  host::PageResidenceReader reader;
  EntryWriter out(count + 1, length / sizeof(ULONG_PTR) - 1);
  for (Address at = kLowestUser; at < kUserEnd;) {
    vm::Description there = vm::describe(at);
    WorkingSetPage what = working_set_page(there);
    if (what.may_be_valid) {
      add_present(there.range, what.protection, reader, out);
    }
    at = there.range.end;
  }
  bool written = out.finish() && write_to_user(count, ULONG_PTR{out.count()}) &&
                 (returned == nullptr || write_to_user(returned, SIZE_T{(out.count() + 1) * sizeof(ULONG_PTR)}));
  if (!written) {
    return Status::access_violation;
  }
  return out.count() + 1 > length / sizeof(ULONG_PTR) ? Status::info_length_mismatch : Status::ok;
}

} // namespace winmem::nt
