#include "query_region.h"

#include "../vm/allocation.h"
#include "process_handle.h"
#include "protection.h"
#include "user_memory.h"
#include "virtual_memory.h"

namespace winmem::nt {

namespace {

// As newer versions of Windows have it; each of them added to the end.
struct RegionInformation {
  Address allocation_base;
  ULONG allocation_protect;
  ULONG flags; // zero for private memory on Windows too, although documented otherwise
  SIZE_T region_size;
  SIZE_T commit_size;      // from 32 bytes on
  ULONG_PTR partition;     // from 40
  LONG_PTR preferred_node; // from 48; -1 is none
};
static_assert(sizeof(RegionInformation) == 48);

constexpr ULONG kMappedDataFile = 2;
constexpr ULONG kMappedImage = 4;

RegionInformation to_region_information(const vm::Allocation& allocation) {
  RegionInformation info{};
  info.allocation_base = allocation.range.begin;
  info.region_size = allocation.range.size();
  info.commit_size = allocation.committed;
  info.preferred_node = -1;
  const vm::Description& there = allocation.there;
  if (there.owner == vm::Owner::winmem) {
    info.allocation_protect = protection_value(there.initial, there.caching);
  } else {
    info.allocation_protect = static_cast<ULONG>(there.foreign.allocation_protection);
    info.flags = there.foreign.kind == vm::ForeignKind::image    ? kMappedImage
                 : there.foreign.kind == vm::ForeignKind::mapped ? kMappedDataFile
                                                                 : 0;
  }
  return info;
}

template <Bytes Size> bool write_first(void* buffer, const RegionInformation& info) {
  struct Part {
    unsigned char bytes[Size];
  } part;
  std::memcpy(part.bytes, &info, Size);
  return write_to_user(static_cast<Part*>(buffer), part);
}

} // namespace

Status query_region(HANDLE process, Address at, void* buffer, Bytes length, SIZE_T* returned) {
  constexpr Bytes kShortest = 24;
  if (length < kShortest) {
    return Status::info_length_mismatch;
  }
  if (at >= kUserEnd) {
    return Status::invalid_parameter;
  }
  if (Status status = check_process(process, PROCESS_QUERY_INFORMATION); status != Status::ok) {
    return status;
  }
  if (returned != nullptr && !can_write_to_user(returned)) {
    return Status::access_violation;
  }
  vm::Allocation allocation = vm::describe_allocation(round_down(at, kPage));
  if (allocation.there.owner == vm::Owner::nobody) {
    return Status::invalid_address;
  }
  RegionInformation info = to_region_information(allocation);
  Bytes size = length >= sizeof info ? sizeof info : round_down(length, sizeof(SIZE_T));
  bool written = size == 24   ? write_first<24>(buffer, info)
                 : size == 32 ? write_first<32>(buffer, info)
                 : size == 40 ? write_first<40>(buffer, info)
                              : write_first<48>(buffer, info);
  if (!written || (returned != nullptr && !write_to_user(returned, SIZE_T{size}))) {
    return Status::access_violation;
  }
  return Status::ok;
}

} // namespace winmem::nt
