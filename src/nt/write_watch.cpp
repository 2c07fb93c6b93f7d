#include "write_watch.h"

#include "process_handle.h"
#include "user_memory.h"

#include <algorithm>
#include <winternl.h>

namespace winmem::nt {

namespace {

// V73: not aligned, but exact to the byte; regions end with a page, so whole pages say the same.
Status check_range(Address base, Bytes size) {
  return size == 0 || base >= kUserEnd || size > kUserEnd - base ? Status::invalid_parameter : Status::ok;
}

AddressRange pages_of(Address base, Bytes size) { return AddressRange{base, base + size}.round_out(kPage); }

// Addresses on their way into the caller's array, which was looked at before.
class Listing {
public:
  explicit Listing(PVOID* to) : to_(to) {}

  void add(AddressRange pages) {
    for (Address page = pages.begin; page < pages.end; page += kPage) {
      waiting_[waiting_count_++] = reinterpret_cast<PVOID>(page);
      if (waiting_count_ == kMostWaiting) {
        flush();
      }
    }
  }
  // False when the array is no longer there.
  bool flush() {
    fits_ = fits_ && write_array_to_user(to_ + written_, waiting_, waiting_count_);
    written_ += waiting_count_;
    waiting_count_ = 0;
    return fits_;
  }
  ULONG_PTR count() const { return written_ + waiting_count_; }

private:
  static constexpr unsigned kMostWaiting = 128;
  PVOID* to_;
  ULONG_PTR written_ = 0;
  PVOID waiting_[kMostWaiting];
  unsigned waiting_count_ = 0;
  bool fits_ = true;
};

Status list_written(AddressRange range, bool forgets, ULONG_PTR room, PVOID* addresses, ULONG_PTR& count) {
  Listing listing(addresses);
  for (bool more = true; more && listing.count() < room;) {
    vm::WrittenRuns found = vm::find_written(range, room - listing.count(), forgets);
    if (found.status != Status::ok) {
      return found.status;
    }
    for (unsigned i = 0; i < found.count; ++i) {
      listing.add(found.runs[i]);
    }
    if (!listing.flush()) { // another thread took the array away: nobody was told of these
      for (unsigned i = 0; i < found.count && forgets; ++i) {
        vm::note_write(found.runs[i]);
      }
      return Status::access_violation;
    }
    range.begin = found.count != 0 ? found.end : range.end;
    more = found.is_cut && !range.empty();
  }
  count = listing.count();
  return Status::ok;
}

} // namespace

Status get_write_watch(HANDLE process, ULONG flags, Address base, Bytes size, PVOID* addresses, ULONG_PTR* count,
                       ULONG* granularity) {
  ULONG_PTR room = 0;
  if ((flags & ~ULONG{WRITE_WATCH_FLAG_RESET}) != 0) {
    return Status::invalid_parameter;
  }
  if (!read_from_user(room, count) || !can_write_to_user(count)) {
    return Status::access_violation;
  }
  if (room == 0) {
    return Status::invalid_parameter;
  }
  if (addresses == nullptr || !can_write_to_user(granularity)) {
    return Status::access_violation;
  }
  if (Status status = check_range(base, size); status != Status::ok) {
    return status;
  }
  AddressRange range = pages_of(base, size);
  room = std::min(room, bytes_to_pages(range.size()));
  if (!can_write_bytes_to_user(addresses, room * sizeof(PVOID))) {
    return Status::access_violation;
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return status;
  }
  ULONG_PTR found = 0;
  if (Status status = list_written(range, flags != 0, room, addresses, found); status != Status::ok) {
    return status;
  }
  return write_to_user(count, found) && write_to_user(granularity, ULONG{kPage}) ? Status::ok
                                                                                 : Status::access_violation;
}

Status reset_write_watch(HANDLE process, Address base, Bytes size) {
  if (Status status = check_range(base, size); status != Status::ok) {
    return status;
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return status;
  }
  return vm::forget_written(pages_of(base, size));
}

} // namespace winmem::nt

using namespace winmem;

NTSTATUS NTAPI NtGetWriteWatch(HANDLE ProcessHandle, ULONG Flags, PVOID BaseAddress, SIZE_T RegionSize,
                               PVOID* UserAddressArray, PULONG_PTR EntriesInUserAddressArray, PULONG Granularity) {
  return static_cast<NTSTATUS>(nt::get_write_watch(ProcessHandle, Flags, reinterpret_cast<Address>(BaseAddress),
                                                   RegionSize, UserAddressArray, EntriesInUserAddressArray,
                                                   Granularity));
}

NTSTATUS NTAPI NtResetWriteWatch(HANDLE ProcessHandle, PVOID BaseAddress, SIZE_T RegionSize) {
  return static_cast<NTSTATUS>(
      nt::reset_write_watch(ProcessHandle, reinterpret_cast<Address>(BaseAddress), RegionSize));
}

// The Zw names are the same functions.
#define WINMEM_ZW(name)                                                                                                \
  extern "C" __attribute__((visibility("default"), alias("winmem_Nt" #name))) decltype(Nt##name) Zw##name
WINMEM_ZW(GetWriteWatch);
WINMEM_ZW(ResetWriteWatch);
#undef WINMEM_ZW
