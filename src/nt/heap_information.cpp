// ntdll's heap calls: all heaps, all blocks of one, and what is kept beside a block.
#include "../heap/handles.h"
#include "../heap/walk.h"
#include "heap_calls.h"
#include "user_memory.h"

#include <winternl.h>

#include <ntstatus.h>

using namespace winmem;
using heap::Heap;
using nt::is_serialized;

namespace {

heap::Element element_of(const RTL_HEAP_WALK_ENTRY& entry) {
  if (entry.DataAddress == nullptr) {
    return heap::Element::start;
  }
  if ((entry.Flags & RTL_HEAP_SEGMENT) != 0) {
    return heap::Element::region;
  }
  if ((entry.Flags & RTL_HEAP_UNCOMMITTED_RANGE) != 0) {
    return heap::Element::uncommitted;
  }
  return (entry.Flags & RTL_HEAP_BUSY) != 0 ? heap::Element::live : heap::Element::free;
}

// What is kept beside a live block. The handle that owns it counts as its value (G3).
Heap::UserInfo user_of(Heap& heap, const void* block, bool serialized) {
  Heap::UserInfo info;
  if (heap::Entry* owner = heap::handles::owner_of(block)) {
    return {heap::handles::handle_of(*owner), HEAP_SETTABLE_USER_FLAG1};
  }
  heap.user_of(block, info, serialized);
  return info;
}

void describe_block(Heap& heap, RTL_HEAP_WALK_ENTRY& entry) {
  entry.Flags = RTL_HEAP_BUSY;
  Heap::UserInfo user = user_of(heap, entry.DataAddress, heap.options().serialized);
  if (user.flags != 0) {
    constexpr unsigned kShift = 4; // from HEAP_SETTABLE_USER_FLAG1 to RTL_HEAP_SETTABLE_FLAG1
    entry.Flags |= static_cast<USHORT>(RTL_HEAP_SETTABLE_VALUE | (user.flags & HEAP_SETTABLE_USER_FLAGS) >> kShift);
    entry.Block.Settable = reinterpret_cast<SIZE_T>(user.value);
  }
}

RTL_HEAP_WALK_ENTRY to_entry(Heap& heap, const heap::WalkEntry& element) {
  constexpr Bytes kMostOverhead = 255; // H91
  constexpr unsigned kRegionNumbers = 255;
  RTL_HEAP_WALK_ENTRY entry{};
  entry.DataAddress = reinterpret_cast<PVOID>(element.at);
  entry.DataSize = element.size;
  entry.OverheadBytes = static_cast<UCHAR>(element.overhead < kMostOverhead ? element.overhead : kMostOverhead);
  entry.SegmentIndex = static_cast<UCHAR>(element.region % kRegionNumbers);
  switch (element.kind) {
  case heap::Element::region:
    entry.Flags = RTL_HEAP_SEGMENT;
    entry.Segment.CommittedSize = static_cast<ULONG>(element.committed);
    entry.Segment.UnCommittedSize = static_cast<ULONG>(element.uncommitted);
    entry.Segment.FirstEntry = reinterpret_cast<PVOID>(element.blocks.begin);
    entry.Segment.LastEntry = reinterpret_cast<PVOID>(element.blocks.end);
    break;
  case heap::Element::uncommitted:
    entry.Flags = RTL_HEAP_UNCOMMITTED_RANGE;
    break;
  case heap::Element::live:
    describe_block(heap, entry);
    break;
  default:
    break;
  }
  return entry;
}

} // namespace

NTSTATUS NTAPI RtlWalkHeap(HANDLE HeapHandle, PRTL_HEAP_WALK_ENTRY Entry) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr) {
    return STATUS_INVALID_HANDLE;
  }
  RTL_HEAP_WALK_ENTRY entry;
  if (!nt::read_from_user(entry, Entry)) {
    return STATUS_INVALID_PARAMETER; // H98
  }
  heap::WalkEntry place{.kind = element_of(entry), .at = reinterpret_cast<Address>(entry.DataAddress)};
  switch (heap::next_element(*heap, place, heap->options().serialized)) {
  case heap::Walked::element:
    return nt::write_to_user(Entry, to_entry(*heap, place)) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
  case heap::Walked::end:
    return STATUS_NO_MORE_ENTRIES; // H113
  case heap::Walked::no_such_place:
    break;
  }
  return STATUS_INVALID_PARAMETER;
}

ULONG NTAPI RtlGetProcessHeaps(ULONG NumberOfHeaps, PVOID* ProcessHeaps) {
  // A stretch at a time over the stack, so that nothing of the caller's is touched under the registry's lock.
  constexpr unsigned kStretch = 64;
  Address some[kStretch];
  unsigned count = heap::count();
  for (ULONG done = 0; done < NumberOfHeaps;) {
    ULONG left = NumberOfHeaps - done;
    unsigned got = heap::copy_handles(done, some, left < kStretch ? left : kStretch);
    for (unsigned i = 0; i < got; ++i) {
      ProcessHeaps[done++] = reinterpret_cast<PVOID>(some[i]);
    }
    if (got < kStretch) {
      break;
    }
  }
  return count;
}

BOOLEAN NTAPI RtlGetUserInfoHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, PVOID* UserValue,
                                 PULONG UserFlags) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr || heap->size_of(BaseAddress, is_serialized(*heap, Flags)) == Heap::kNoSize) {
    return FALSE;
  }
  Heap::UserInfo info = user_of(*heap, BaseAddress, is_serialized(*heap, Flags));
  if (UserValue != nullptr && info.flags != 0 && !nt::write_to_user(UserValue, info.value)) {
    return FALSE;
  }
  if (UserFlags != nullptr && !nt::write_to_user(UserFlags, ULONG{info.flags} & HEAP_SETTABLE_USER_FLAGS)) {
    return FALSE;
  }
  return TRUE;
}

BOOLEAN NTAPI RtlSetUserValueHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, PVOID UserValue) {
  Heap* heap = heap::from_handle(HeapHandle);
  return heap != nullptr && heap->set_user_value(BaseAddress, UserValue, is_serialized(*heap, Flags)) ? TRUE : FALSE;
}

BOOLEAN NTAPI RtlSetUserFlagsHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, ULONG UserFlagsReset,
                                  ULONG UserFlagsSet) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr || ((UserFlagsReset | UserFlagsSet) & ~ULONG{HEAP_SETTABLE_USER_FLAGS}) != 0) {
    return FALSE;
  }
  return heap->set_user_flags(BaseAddress, static_cast<std::uint16_t>(UserFlagsReset),
                              static_cast<std::uint16_t>(UserFlagsSet), is_serialized(*heap, Flags))
             ? TRUE
             : FALSE;
}

NTSTATUS NTAPI RtlEnumProcessHeaps(PRTL_ENUM_HEAPS_ROUTINE EnumRoutine, PVOID Parameter) {
  // One after the other, so that no lock is held in the program's code: it may make and destroy heaps.
  Address handle = 0;
  for (unsigned i = 0; heap::copy_handles(i, &handle, 1) == 1; ++i) {
    NTSTATUS status = EnumRoutine(reinterpret_cast<PVOID>(handle), Parameter);
    if (!NT_SUCCESS(status)) {
      return status;
    }
  }
  return STATUS_SUCCESS;
}

VOID NTAPI RtlFlushHeaps() { heap::trim_all(); }
